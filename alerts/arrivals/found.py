"""What the ticker is told of what arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from alerts.arrivals.arrival import ArrivalSeen
from alerts.arrivals.claims import WINDOW_MINUTES, Arrival
from alerts.detection.severity import Inputs
from alerts.judging.findings import Finding
from alerts.judging.notable import FRESH_MINUTES, NAMED, voice
from alerts.tuning.numbers import NUMBERS
from kit.db import ReadSession
from mentions.counting.counts import minute_of
from mentions.mention import Mention
from mentions.monitor import Monitor

LONGEST = int(NUMBERS["calm_minutes"].most)
"""Minutes after which a finding keeps no alert open any more, however it is set."""


async def arrived(session: ReadSession, monitors: Sequence[Monitor], now: datetime) -> list[Finding]:
    """The monitors at which something arrived, for as long as their detectors wait for calm."""
    minute, by_id = minute_of(now), {monitor.id: monitor for monitor in monitors}
    rows = await session.scalars(select(ArrivalSeen).where(ArrivalSeen.minute > minute - LONGEST))
    found = [
        finding_of(
            by_id[row.monitor_id],
            Arrival(row.signal, row.minute, row.evidence, Inputs(**row.inputs)),
            minute,
        )
        for row in rows
        if row.monitor_id in by_id
    ]
    return [one for one in found if one is not None]


def finding_of(monitor: Monitor, found: Arrival, minute: int) -> Finding | None:
    """What there is to say, in this minute, of what arrived before; None when that is over."""
    ago = minute - found.minute
    if ago >= found.evidence["thresholds"]["calm_minutes"]:
        return None
    return Finding(monitor, found.signal, ago <= FRESH_MINUTES, found.evidence, found.inputs)


async def voices(session: ReadSession, evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who uses the words, or copied the story, as `alerts.judging.notable.who` has it."""
    since, until = window_of(evidence)
    query = (
        select(Mention)
        .where(of_arrived(evidence["arrived"]), Mention.deleted_at.is_(None))
        .where(Mention.arrived_at >= since, Mention.arrived_at < until)
        .order_by(Mention.followers.desc().nulls_last(), Mention.id)
        .limit(NAMED)
    )
    return [voice(row) for row in await session.scalars(query)]


def window_of(evidence: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From when until before when the mentions arrived that it was found in."""
    until = datetime.fromisoformat(evidence["window"]["until"])
    return until - timedelta(minutes=WINDOW_MINUTES), until


def of_arrived(arrived: Mapping[str, Any]) -> ColumnElement[bool]:
    """Which mentions use the words, or tell the story."""
    if "story" in arrived:
        return Mention.story_id.in_([arrived["story"]])
    return Mention.id.in_(arrived["mentions"])
