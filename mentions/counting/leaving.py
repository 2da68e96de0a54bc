"""Sources that end: how much of each monitor they carried, so that nobody goes on expecting it.

A source ends when somebody switches it off, or when it has been silent for days (`SILENT_FOR`): it is still
told as silent then. It returns when it is switched on, answers or speaks again.

The counts of a minute know no source. So what a source carried is counted once, from its mentions of the last
four weeks in which it spoke, when it has ended: a part of the monitors at a time, all sources that wait for
it in one go, and of each monitor what it brought and what all did, by hours of the week. Whoever expects
something of a monitor takes that part out from the minute noted here, and puts it back in from the minute in
which the source returned.

What other sources brought that ended before it is none of what all brought: it is expected no more, and of
many that end together each would else leave too much. One that ends again within a week of its return takes
with it what came back; later, what it brought since then tells.

What it brings of the time of its absence when it has returned is counted, and counted apart, too: nobody
expects it there (`away`).

Not where it was all that the monitor heard: without it there is nothing to be compared, and its return is no
news. One that is switched off on its first day leaves nothing, for it has not become usual; switched on
later, it begins anew (`mentions.counting.newcomers`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from kit import locks
from kit.core import Core
from kit.db import ReadSession, WriteSession
from mentions.counting.carried import Carried, Key, Stretch, carried
from mentions.counting.counts import minute_of, moment_of
from mentions.counting.left import Left, SourceLeft, read
from mentions.counting.newcomers import DAY
from mentions.monitor import Monitor
from mentions.source import Source, SourceHealth
from mentions.sources.outage import MUCH, SourceOutage

SILENT_FOR = timedelta(days=3)
"""How long it must be known to be out: longer than a weekend, as long as minutes can be taken again."""
STRETCH = 28 * DAY
"""Minutes before its end that tell what it carried: as long as what is usual is remembered."""
ENOUGH = 7 * DAY
"""Minutes after its return from which what it brought since then tells what it carries."""
TOGETHER = 50
"""Sources that are counted in one go,"""
AT_ONCE = 100
"""and monitors in one transaction; of many sources fewer, down to"""
FEWEST = 20


async def ended(session: WriteSession, source_id: int, now: datetime) -> None:
    """Note that nothing more comes of it; what it carried is counted by `leave_due`.

    One that fell silent before somebody switches it off ended then.
    """
    health = await _held(session, source_id)
    if health is not None and health.ended_at is None:
        health.ended_at, health.left_to = _last_heard(health, now), 0


async def returned(session: WriteSession, source_id: int, now: datetime) -> None:
    """Expect again what it carried; who was switched off on its first day has another one."""
    health = await _held(session, source_id)
    if health is None:
        return
    if health.ended_at is not None and _was_new(health):
        health.heard_since = now
    health.ended_at = health.left_to = None
    gone = update(SourceLeft).where(SourceLeft.source_id == source_id, SourceLeft.back.is_(None))
    await session.execute(gone.values(back=func.greatest(SourceLeft.minute, minute_of(now))))


async def spoke(session: WriteSession, source_ids: Collection[int], now: datetime) -> None:
    """Of these something new is being stored: who had fallen silent returns with it."""
    row = SourceHealth
    silent = select(row.source_id).join(Source, Source.id == row.source_id)
    silent = silent.where(row.source_id.in_(source_ids), row.ended_at.is_not(None), Source.enabled)
    for source_id in await session.scalars(silent.order_by(row.source_id)) if source_ids else ():
        await returned(session, source_id, now)


async def _held(session: WriteSession, source_id: int) -> SourceHealth | None:
    query = select(SourceHealth).where(SourceHealth.source_id == source_id).with_for_update()
    health: SourceHealth | None = await session.scalar(query, execution_options={"populate_existing": True})
    return health


def _last_heard(health: SourceHealth, now: datetime) -> datetime:
    """When it was heard last; not before the end of the first day, for by that it became usual."""
    if health.silent_since is None or health.heard_since is None:
        return now
    return min(now, max(health.silent_since, health.heard_since + timedelta(minutes=DAY)))


def _was_new(health: SourceHealth) -> bool:
    """Whether it was switched off before it had been heard for a day."""
    heard, end = health.heard_since, health.ended_at
    return heard is not None and end is not None and minute_of(end) < minute_of(heard) + DAY


async def leave_due(core: Core) -> int:
    """Count what those that ended carried of some monitors; returns how many were looked at, 1 for an end.

    One worker at a time: who ended before whom must be plain.
    """
    async with core.database.unit_of_work() as session:
        if not await locks.is_alone(session, locks.LEAVING):
            return 0
        going = await _going(session)
        if not going:
            return 0
        reached = going[0].reached
        most = max(FEWEST, AT_ONCE // len(going))
        query = select(Monitor.id).where(Monitor.id > reached).order_by(Monitor.id).limit(most)
        monitors = (await session.scalars(query)).all()
        found = await _leaves(session, going, monitors, minute_of(core.clock.now()) + 1)
        # whoever returned while we counted has left nothing; who stores what it brought waits a moment
        still = await _still(session, going)
        minute = minute_of(core.clock.now()) + 1  # not judged yet
        await _put(session, [_row(key, one, minute) for key, one in found.items() if key[0] in still])
        done = update(SourceHealth).where(SourceHealth.source_id.in_(still))
        await session.execute(done.values(left_to=monitors[-1] if len(monitors) == most else None))
        return len(monitors) or 1


async def recounted(session: WriteSession, monitor_id: int, since: datetime) -> None:
    """A monitor's past since then was counted anew: of who ended in it, it expects nothing, either.

    From its end on, for what is learned of that past is learned from its beginning. Not of those whose part
    was taken out when they ended.
    """
    row, health = SourceLeft, SourceHealth
    query = select(health).where(health.ended_at > since, health.left_to.is_(None))
    ended = (await session.scalars(query.order_by(health.ended_at, health.source_id))).all()
    going = [_gone(one) for one in ended if one.heard_since is not None and not _was_new(one)]
    there = select(row.source_id, row.minute).where(row.monitor_id == monitor_id, row.back.is_(None))
    known = {one[0]: one[1] for one in await session.execute(there)}
    fresh = [one for one in going if known.get(one.source_id, one.until) == one.until]
    asked = {(one.source_id, monitor_id): Stretch(one.since, one.until, one.until) for one in fresh}
    before = [one.source_id for one in going if one not in fresh]
    found = await carried(session, asked, before)
    await _put(session, [_row(key, one, one.until) for key, one in found.items()])


def _row(key: Key, one: Carried, minute: int) -> dict[str, Any]:
    """As it is stored."""
    return {
        "source_id": key[0], "monitor_id": key[1], "minute": minute,
        "since": one.since, "until": one.until, "counted": one.packed(),
    }  # fmt: skip


async def _put(session: WriteSession, rows: Sequence[dict[str, Any]]) -> None:
    """Also what is there: it came back, and was switched off again, within a minute."""
    if rows:
        put = insert(SourceLeft)
        key = [SourceLeft.source_id, SourceLeft.monitor_id, SourceLeft.minute]
        values = {"back": None, "counted": put.excluded.counted}
        await session.execute(put.on_conflict_do_update(index_elements=key, set_=values), list(rows))


class _Going(NamedTuple):
    """A source that has ended: the minutes that tell what it carried, and how far that is counted."""

    source_id: int
    ended_at: datetime
    since: int
    until: int
    reached: int


async def _going(session: WriteSession) -> list[_Going]:
    """Those that are counted next: those that were begun with, else all that wait, the first to end first."""
    row = SourceHealth
    query = select(row).where(row.left_to.is_not(None)).order_by(row.ended_at, row.source_id)
    found: list[_Going] = []
    nothing: list[int] = []
    for health in await session.scalars(query):
        if (
            health.ended_at is None
            or health.left_to is None
            or health.heard_since is None
            or _was_new(health)
        ):
            nothing.append(health.source_id)
        else:
            found.append(_gone(health))
    if nothing:
        await session.execute(update(row).where(row.source_id.in_(nothing)).values(left_to=None))
    begun = max((one.reached for one in found), default=0)
    return [one for one in found if one.reached == begun][:TOGETHER]


def _gone(health: SourceHealth) -> _Going:
    assert health.ended_at is not None
    assert health.heard_since is not None
    end = minute_of(health.ended_at) + 1
    since = max(end - STRETCH, minute_of(health.heard_since))
    return _Going(health.source_id, health.ended_at, since, end, health.left_to or 0)


async def _still(session: WriteSession, going: Sequence[_Going]) -> set[int]:
    """Those of them that have not returned meanwhile; they are held."""
    row = SourceHealth
    query = select(row.source_id, row.ended_at, row.left_to).where(
        row.source_id.in_([one.source_id for one in going])
    )
    now = {tuple(one) for one in await session.execute(query.order_by(row.source_id).with_for_update())}
    return {one.source_id for one in going if (one.source_id, one.ended_at, one.reached) in now}


async def _leaves(
    session: ReadSession, going: Sequence[_Going], monitors: Sequence[int], now: int
) -> dict[Key, Carried]:
    """What they take with them from each of these monitors of which they were a part."""
    came = await _came_back(session, [one.source_id for one in going], monitors)
    deaf = await _deaf_since(session, going)
    asked = {
        (one.source_id, monitor_id): Stretch(
            _since(one, came.get((one.source_id, monitor_id))),
            one.until,
            max(one.until, min(now, deaf.get((one.source_id, monitor_id), now))),
        )
        for one in going
        for monitor_id in monitors
    }
    found = await carried(session, asked, await _gone_before(session, going))
    ends = {one.source_id: one.until for one in going}
    soon = (left for left in came.values() if ends[left.source_id] - (left.back or 0) < ENOUGH)
    return found | {(left.source_id, left.monitor_id): left.carried for left in soon}


async def _deaf_since(session: ReadSession, going: Sequence[_Going]) -> dict[Key, int]:
    """From which minute on a monitor taught nothing any more, because it was deaf without that source."""
    row = SourceOutage
    query = select(row).where(row.source_id.in_([one.source_id for one in going]))
    ends = {one.source_id: one.ended_at for one in going}
    return {
        (outage.source_id, int(monitor_id)): minute_of(outage.noticed_at)
        for outage in await session.scalars(query.order_by(row.id))
        if outage.ended_at is None or outage.ended_at > ends[outage.source_id]
        for monitor_id, share in outage.carries.items()
        if share >= MUCH
    }


def _since(one: _Going, came: Left | None) -> int:
    return one.since if came is None else max(one.since, came.back or 0)


async def _came_back(
    session: ReadSession, sources: Sequence[int], monitors: Sequence[int]
) -> dict[Key, Left]:
    """What came back when it last returned."""
    row = SourceLeft
    query = select(row).where(row.source_id.in_(sources), row.monitor_id == func.any(list(monitors)))
    last = query.ext(distinct_on(row.source_id, row.monitor_id)).where(row.back.is_not(None))
    rows = await session.scalars(last.order_by(row.source_id, row.monitor_id, row.minute.desc()))
    return {(one.source_id, one.monitor_id): read(one) for one in rows}


async def _gone_before(session: ReadSession, going: Sequence[_Going]) -> list[int]:
    """The sources that had ended before, and that brought something in these minutes."""
    row = SourceHealth
    gone = select(row.source_id).where(row.ended_at > moment_of(min(one.since for one in going)))
    return list(await session.scalars(gone.where(row.left_to.is_(None))))
