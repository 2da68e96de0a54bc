"""When most was said in an incident: of the counts that are stored, so that it needs no keeping."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from kit.db import ReadSession
from mentions.counting.counts import moment_of


@dataclass(frozen=True)
class Peak:
    """The fullest minute, the first of several, and the mentions in it, copies included."""

    at: datetime
    mentions: int


_PEAKS = text("""
    SELECT DISTINCT ON (incident.id) incident.id, counted.minute, counted.volume
    FROM incident
    JOIN incident_alert AS link ON link.incident_id = incident.id
    JOIN alert ON alert.id = link.alert_id
    JOIN minute_count AS counted ON counted.monitor_id = alert.monitor_id
        AND counted.minute >= floor(extract(epoch FROM alert.since) / 60)
        AND counted.minute <= coalesce(
            extract(epoch FROM least(alert.ended_at, incident.resolved_at)) / 60, 'infinity')
    WHERE incident.id = ANY(:incidents) AND counted.volume > 0
    ORDER BY incident.id, counted.volume DESC, counted.minute""")


async def peaks_of(session: ReadSession, incident_ids: Collection[int]) -> dict[int, Peak]:
    """By incident, which came through its door before: the peak of what its alerts' monitors counted.

    From each alert's onset until it ended or the incident was resolved, by the monitor that counted most in
    a minute; monitors that overlap are not added up. Those of which nothing was counted are left out.
    """
    rows = await session.execute(_PEAKS, {"incidents": list(incident_ids)})
    return {key: Peak(moment_of(minute), mentions) for key, minute, mentions in rows}
