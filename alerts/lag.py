"""How long it takes from a change in what is said to the alert about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

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
