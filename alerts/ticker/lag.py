"""How long it takes from a change in what is said to the alert about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text

from alerts.alert import Alert
from kit.db import ReadSession


async def alerted_lag(session: ReadSession, since: datetime) -> float | None:
    """The median of the seconds from onset to alert, of the detector's alerts opened since then.

    The onset is known to the minute, so up to a minute of this may not have passed.
    """
    seconds = func.extract("epoch", Alert.opened_at - Alert.since)
    query = select(func.percentile_cont(0.5).within_group(seconds)).where(
        Alert.opened_at >= since, Alert.monitor_id.is_not(None)
    )
    found = await session.scalar(query)
    return None if found is None else float(found)


_BY_SOURCE = text("""
    SELECT source_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
        SELECT heard.source_id, extract(epoch FROM alert.opened_at - min(heard.arrived_at)) AS seconds
        FROM (SELECT * FROM alert WHERE opened_at >= :since AND monitor_id IS NOT NULL
              ORDER BY opened_at DESC LIMIT :alerts) AS alert
        CROSS JOIN LATERAL (
            SELECT mention.source_id, mention.arrived_at
            FROM (SELECT mention_id, arrived_at FROM mention_match
                  WHERE monitor_id = alert.monitor_id AND arrived_at BETWEEN alert.since AND alert.opened_at
                  ORDER BY arrived_at LIMIT :mentions) AS match
            JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
        ) AS heard
        GROUP BY alert.id, alert.opened_at, heard.source_id) AS lag
    GROUP BY source_id""")

ALERTS = 20
"""The newest ones that are looked at,"""
MENTIONS = 500
"""and of each the first mentions."""


async def by_source(session: ReadSession, since: datetime) -> dict[int, float]:
    """For each source the median of the seconds from its first mention after an onset to the alert.

    Of the detector's alerts opened since then; sources that brought nothing in between have none.
    """
    values = {"since": since, "alerts": ALERTS, "mentions": MENTIONS}
    return {source: float(seconds) for source, seconds in await session.execute(_BY_SOURCE, values)}
