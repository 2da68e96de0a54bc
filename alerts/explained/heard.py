"""Claims that no series led to, computed again: who weighs from the counts, what arrives from the mentions.

Mentions expire, counts and the numbers in the evidence do not: what is left then says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from alerts.arrivals.claims import MOST_DAYS, from_numbers
from alerts.arrivals.found import of_arrived, window_of
from alerts.arrivals.window import look_again
from alerts.detection import severity
from alerts.detection.settings import BALANCED
from alerts.judging.notable import HELD_MINUTES, Heard, finding_of
from kit.db import ReadSession
from mentions.counting.counts import moment_of
from mentions.mention import Mention
from mentions.monitor import MinuteCount, Monitor

GONE = "No such thing is found in what is stored now: mentions were taken back, corrected or dropped."
CHANGED = "Mentions were taken back, corrected or dropped since, or stored late."
EXPIRED = "The mentions have expired: it is computed from the numbers that were kept with it."


THRESHOLDS = ("score", "lower", "floor", "red_floor", "red_ratio")
"""What a claim's severity says of the settings that it was weighed by."""


class Direct(NamedTuple):
    """What came out: figures under their names in the evidence; None: nothing, and `why`."""

    figures: dict[str, Any] | None
    first: int
    """Minute from which on something was read."""
    why: str = CHANGED
    """It may be another claim."""
    notes: tuple[str, ...] = ()
    """What else there is to know."""
    from_numbers: bool = False
    """Not from what is stored of those minutes, but from what the evidence itself says of them."""


async def heard_again(session: ReadSession, monitor: Monitor, claimed: Mapping[str, Any]) -> Direct:
    """How many mentions of authors who weigh the minutes hold; the open one as it was then."""
    minute: int = claimed["minute"]
    first = minute + 1 - HELD_MINUTES
    row = MinuteCount
    query = select(row.minute, row.notable).where(
        row.monitor_id == monitor.id, row.notable > 0, row.minute >= first, row.minute < minute
    )
    counts = {at: int(count) for at, count in await session.execute(query)}
    if claimed["in_open_minute"]:
        counts[minute] = claimed["in_open_minute"]
    if not counts:
        return Direct(None, first, GONE)
    heard = Heard(min(counts), max(counts), sum(counts.values()), claimed["in_open_minute"])
    said = claimed["severity"]["inputs"]
    settings = replace(BALANCED, **{name: said[name] for name in THRESHOLDS})
    finding = finding_of(monitor, heard, minute, settings)
    inputs = {**said, "notable": heard.mentions}
    weighed = severity.reweigh({**claimed["severity"], "inputs": inputs}, finding.inputs)
    notes = await _left(session, claimed.get("heard", []), first, minute)
    return Direct(_told({**finding.evidence, "signal": finding.signal}, weighed), first, notes=notes)


async def arrived_again(session: ReadSession, monitor: Monitor, claimed: Mapping[str, Any]) -> Direct:
    """The same look at the stored mentions; from the numbers of the evidence where they have expired."""
    first = 60 * (claimed["past"]["until"] - 24 * MOST_DAYS)
    found = await look_again(session, monitor.id, claimed)
    if found is not None:
        figures = {**found.evidence, "signal": found.signal}
        return Direct(_told(figures, severity.weigh(found.inputs)), first)
    since, until = window_of(claimed)
    there = select(Mention.id).where(
        of_arrived(claimed["arrived"]), Mention.arrived_at >= since, Mention.arrived_at < until
    )
    if await session.scalar(there.limit(1)) is not None:
        return Direct(None, first, GONE)
    figures = {**claimed, **from_numbers(claimed), "signal": claimed["kind"]}
    weighed = severity.reweigh(claimed["severity"])
    return Direct(_told(figures, weighed), first, notes=(EXPIRED,), from_numbers=True)


def _told(figures: Mapping[str, Any], weighed: severity.Severity) -> dict[str, Any]:
    names = ("level", "points", "told")
    return {**figures, **{name: value for name, value in asdict(weighed).items() if name in names}}


async def _left(session: ReadSession, heard: Collection[int], first: int, last: int) -> tuple[str, ...]:
    """What is left of the mentions that it rests on, where that is not all: none of it moves the counts."""
    since, until = map(moment_of, (first, last + 1))
    inside: list[ColumnElement[bool]] = [Mention.arrived_at >= since, Mention.arrived_at < until]
    query = select(Mention.id, Mention.deleted_at).where(Mention.id.in_(heard), *inside)
    there = [deleted_at for _, deleted_at in await session.execute(query)]
    expired, back = len(heard) - len(there), sum(at is not None for at in there)
    said = []
    if expired:
        said.append(f"The mentions have expired, {expired} of {len(heard)}; their counts have not.")
    if back:
        said.append(f"Of {len(heard)} mentions {back} were taken back or erased; they stay counted.")
    return tuple(said)
