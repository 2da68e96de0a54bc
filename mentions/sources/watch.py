"""Watching over the sources: what is silent or failing is written down, told to admins once, and ended.

One worker at a time looks, every few seconds. The same look learns the rhythm from the gaps it sees.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import locks
from kit.bell import SIGNALS, ring_later
from kit.core import Core
from kit.db import ReadSession, WriteSession, passing, savepoint
from kit.events import record
from mentions.counting import leaving
from mentions.source import Source, SourceHealth
from mentions.sources import contact, notices, silence
from mentions.sources.health import HOURS, Health, Seen, Slot, hours_between, judge, lesson, taught
from mentions.sources.outage import SourceHeard, SourceOutage, SourceRhythm, carried
from mentions.sources.registry import KINDS

log = structlog.get_logger(__name__)

SELDOM = timedelta(seconds=30)  # gaps shorter than this teach nothing that silence is judged by


@dataclass(frozen=True)
class Watched:
    """A source, what was seen of it, its outage if it has one, what was learnt last, and its health now."""

    source: Source
    seen: SourceHealth
    outage: SourceOutage | None
    heard: SourceHeard | None
    health: Health
    evidence: dict[str, Any]
    """From what that was judged (`silence.evidence`); of a source that is out."""


async def watch_sources(core: Core) -> int:
    """One look at every source; returns how many outages began, changed or ended."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        if not await locks.is_alone(session, locks.WATCHING_SOURCES):
            return 0
        changed = 0
        for one in await watched(session, now):
            changed += await _looked(session, one, now)
        if changed:
            ring_later(session, SIGNALS)
        return changed


async def _looked(session: WriteSession, one: Watched, now: datetime) -> bool:
    """Whether its outage changed; a source that cannot be looked at stops no other."""
    name = one.source.name
    try:
        async with savepoint(session):
            changed = await _noted(session, one, now)
            await _learned(session, one)
            return changed
    except Exception as error:
        if passing(error):
            raise
        log.exception("source.not_looked_at", source=name)
        return False


async def watched(session: ReadSession, now: datetime) -> list[Watched]:
    """Every source with its health, in the order of their names."""
    rows = await session.execute(
        select(Source, SourceHealth, SourceOutage, SourceHeard)
        .outerjoin(SourceHealth, SourceHealth.source_id == Source.id)
        .outerjoin(SourceOutage, (SourceOutage.source_id == Source.id) & SourceOutage.ended_at.is_(None))
        .outerjoin(SourceHeard, SourceHeard.source_id == Source.id)
        .order_by(Source.name)
    )
    rhythms: dict[int, dict[int, float]] = {}
    for slot in await session.scalars(select(SourceRhythm)):
        rhythms.setdefault(slot.source_id, {})[slot.slot] = max(slot.usual, slot.running)
    found = []
    for source, health, outage, heard in rows:
        seen = health or SourceHealth(source_id=source.id, received=0, duplicates=0, rejected=0, unmatched=0)
        known, usual = _seen(source, seen), rhythms.get(source.id, {})
        judged = judge(known, usual, now)
        evidence = silence.evidence(known, usual, judged, now) if judged.deaf else {}
        found.append(Watched(source, seen, outage, heard, judged, evidence))
    return found


def _seen(source: Source, health: SourceHealth) -> Seen:
    kind = KINDS.get(source.kind)
    return Seen(
        enabled=source.enabled,
        by_hand=kind is None or not (kind.poll or kind.stream or kind.receive),
        every=timedelta(seconds=kind.every) if kind is not None and kind.poll else None,
        pushed=_pushed(source),
        enabled_at=source.enabled_at,
        expected=timedelta(minutes=source.expected_minutes) if source.expected_minutes else None,
        last_received_at=health.last_received_at,
        last_tried_at=health.last_tried_at,
        failing_since=health.failing_since,
    )


def _pushed(source: Source) -> bool:
    kind = KINDS.get(source.kind)
    return kind is not None and kind.receive is not None


async def _noted(session: WriteSession, one: Watched, now: datetime) -> bool:
    """Bring the source's outage in line with its health."""
    if one.health.deaf and one.outage is None:
        await _began(session, one, now)
    elif one.health.deaf and one.outage is not None:
        reason = _reason(one)
        if now - one.outage.noticed_at >= leaving.SILENT_FOR and one.seen.ended_at is None:
            await leaving.ended(session, one.source.id, now)  # still told as silent, expected no more
        if (one.outage.state, one.outage.reason) == (one.health.state, reason):
            return False
        if one.outage.state != one.health.state and len(one.outage.judged) < silence.MOST:
            one.outage.judged = [*one.outage.judged, one.evidence]
        one.outage.state, one.outage.reason = one.health.state, reason
    elif one.outage is not None:
        await _ended(session, one, one.outage, now)
    else:
        return False
    return True


def _reason(one: Watched) -> str:
    """What is wrong: of a hook that only seems silent, that a call was refused since, and why."""
    seen, since = one.seen, one.health.since
    if seen.error:
        return seen.error
    refused = seen.refused_at is not None and since is not None and seen.refused_at > since
    return f"A call was refused: {seen.refused_why}" if refused and _pushed(one.source) else ""


async def _began(session: WriteSession, one: Watched, now: datetime) -> None:
    since = one.health.since or now
    outage = SourceOutage(
        source_id=one.source.id,
        state=one.health.state,
        reason=_reason(one),
        began_at=since,
        noticed_at=now,
        carries=await carried(session, one.source.id, since),
        judged=[one.evidence],
    )
    session.add(outage)
    await contact.silent(session, one.source.id, since)
    await session.flush()
    record(
        session,
        "source.went_out",
        at=now,
        source=one.source.name,
        source_id=one.source.id,
        state=outage.state,
        reason=outage.reason,
    )
    await notices.went_out(session, one.source, outage, now)


async def _ended(session: WriteSession, one: Watched, outage: SourceOutage, now: datetime) -> None:
    """It speaks again, or somebody switched it off, which nobody needs to be told."""
    outage.ended_at = now
    await contact.silent(session, one.source.id, None)
    record(session, "source.speaks", at=now, source=one.source.name, source_id=one.source.id)
    if one.health.state != "off":
        if one.seen.ended_at is not None:
            await leaving.returned(session, one.source.id, now)
        await notices.came_back(session, one.source, outage, now)


async def _learned(session: WriteSession, one: Watched) -> None:
    """Learn from the gap between the item that was last learnt from and the newest one."""
    newest, heard = one.seen.last_received_at, one.heard
    if newest is None or (heard is not None and not _tells(heard.heard_at, newest)):
        return
    if heard is not None and newest > heard.heard_at:
        await _teach(session, one, heard.heard_at, newest)
    row = insert(SourceHeard).values(source_id=one.source.id, heard_at=newest)
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_={"heard_at": newest}))


def _tells(before: datetime, after: datetime) -> bool:
    """Short gaps say nothing, but that a source never pauses is a rhythm, too: one lesson for each hour."""
    return after - before >= SELDOM or (after > before and len(hours_between(before, after)) > 1)


async def _teach(session: WriteSession, one: Watched, begin: datetime, end: datetime) -> None:
    gap = lesson(end - begin, one.health.allowed)
    hours = hours_between(begin, end)
    found = await session.scalars(
        select(SourceRhythm).where(
            SourceRhythm.source_id == one.source.id,
            SourceRhythm.slot.in_([hour % HOURS for hour in hours]),
        )
    )
    known = {row.slot: Slot(row.usual, row.hour, row.running) for row in found}
    rows = [
        {
            "source_id": one.source.id,
            "slot": hour % HOURS,
            **asdict(taught(known.get(hour % HOURS), hour, gap)),
        }
        for hour in hours
    ]
    row = insert(SourceRhythm).values(rows)
    columns = {name: row.excluded[name] for name in ("usual", "hour", "running")}
    await session.execute(row.on_conflict_do_update(index_elements=["source_id", "slot"], set_=columns))
