"""Sources that people switch off: how much of each monitor they carried, so that nobody goes on expecting it.

The counts of a minute know no source. So what a source carried is counted once, from its mentions of the last
four weeks, when somebody has switched it off: a part of the monitors at a time, and of each what it brought
and what all did, by hours of the week. Whoever expects something of a monitor takes that part out from the
minute noted here, and puts it back in from the minute in which the source was switched on again.

What other sources brought that were switched off before it is none of what all brought: it is expected no
more, and of many that end together each would else leave too much. One that ends again within a week of
its return takes with it what came back; later, what it brought since then tells.

Not where it was all that the monitor heard: without it there is nothing to be compared, and its return is no
news. One that is switched off on its first day leaves nothing, for it has not become usual; switched on
later, it begins anew (`mentions.newcomers`).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ForeignKey, LargeBinary, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.core import Core
from kit.db import Base, ReadSession, WriteSession
from mentions.counts import minute_of, moment_of
from mentions.figures import HEARD_FROM, MOST_REACH, NEGATIVE, OWN, POSITIVE, VOICE
from mentions.monitor import Monitor
from mentions.newcomers import DAY
from mentions.source import Source, SourceHealth

STRETCH = 28 * DAY
"""Minutes before its end that tell what it carried: as long as what is usual is remembered."""
ENOUGH = 7 * DAY
"""Minutes after its return from which what it brought since then tells what it carries."""
SOME = 0.02
"""Share of a figure under which a source was nothing to a monitor."""
AT_ONCE = 100
"""Monitors in one transaction."""
HOURS = 168
"""Of the week, from Monday midnight UTC on."""
CARRIED = ("volume", "independent", "independent_negative", "independent_positive", "reach")
"""The figures that are known of each mention without reading it; harm is none."""

Figures = NDArray[np.int64]
"""[figure of CARRIED, hour of the week]"""


class SourceLeft(Base):
    """What a source carried of a monitor when it was switched off."""

    __tablename__ = "source_left"

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True)
    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True, index=True)
    """Since 1970: before it, its part is taken out of what is expected,"""
    back: Mapped[int | None] = mapped_column(index=True)
    """and before this one put in again; None: it is still off."""
    since: Mapped[int]
    """From this minute on it was counted,"""
    until: Mapped[int]
    """and until before this one."""
    counted: Mapped[bytes] = mapped_column(LargeBinary)
    """`Carried.of_it` and `Carried.of_all`, compressed."""


class Carried(NamedTuple):
    """What a source and all sources brought to a monitor."""

    monitor_id: int
    of_it: Figures
    of_all: Figures

    @property
    def matters(self) -> bool:
        """Whether it was a part of the monitor that is worth while, and not all of it."""
        part, whole = self.of_it.sum(axis=1), self.of_all.sum(axis=1)
        return bool(part[0] < whole[0] and (part > SOME * whole).any())

    def packed(self) -> bytes:
        """For the database."""
        return zlib.compress(np.stack([self.of_it, self.of_all]).astype("<i8").tobytes())


class Left(NamedTuple):
    """As `SourceLeft`, read."""

    carried: Carried
    minute: int
    back: int | None
    since: int
    until: int


async def switched_off(session: WriteSession, source_id: int, now: datetime) -> None:
    """Note that nothing more comes of it; what it carried is counted by `leave_due`."""
    off = update(SourceHealth).where(SourceHealth.source_id == source_id)
    await session.execute(off.values(ended_at=now, left_to=0))


async def switched_on(session: WriteSession, source_id: int, now: datetime) -> None:
    """Expect again what it carried; who was switched off on its first day has another one."""
    row = SourceHealth
    health = await session.scalar(select(row).where(row.source_id == source_id).with_for_update())
    if health is None:
        return
    if health.ended_at is not None and _was_new(health):
        health.heard_since = now
    health.ended_at = health.left_to = None
    gone = update(SourceLeft).where(SourceLeft.source_id == source_id, SourceLeft.back.is_(None))
    await session.execute(gone.values(back=func.greatest(SourceLeft.minute, minute_of(now))))


def _was_new(health: SourceHealth) -> bool:
    """Whether it was switched off before it had been heard for a day."""
    heard, ended = health.heard_since, health.ended_at
    return heard is not None and ended is not None and minute_of(ended) < minute_of(heard) + DAY


async def leave_due(core: Core) -> int:
    """Count what one source carried of some monitors; returns how many were looked at, and 1 for an end."""
    async with core.database.unit_of_work() as session:
        health = await _next(session)
        if health is None or health.ended_at is None or health.heard_since is None or _was_new(health):
            if health is not None:
                health.left_to = None
            return 0
        listening = select(Monitor.id).where(Monitor.enabled, Monitor.id > health.left_to)
        monitors = (await session.scalars(listening.order_by(Monitor.id).limit(AT_ONCE))).all()
        found = await _leaves(session, health, monitors)
        told = {"source_id": health.source_id, "minute": minute_of(core.clock.now()) + 1}  # not judged yet
        rows = [
            {
                **told, "monitor_id": one.carried.monitor_id, "since": one.since, "until": one.until,
                "counted": one.carried.packed(),
            }
            for one in found
        ]  # fmt: skip
        if rows:
            put = insert(SourceLeft)
            key = [SourceLeft.source_id, SourceLeft.monitor_id, SourceLeft.minute]
            # it came back, and was switched off again, within a minute
            await session.execute(put.on_conflict_do_update(index_elements=key, set_={"back": None}), rows)
        health.left_to = monitors[-1] if len(monitors) == AT_ONCE else None
        return len(monitors) or 1


async def _next(session: WriteSession) -> SourceHealth | None:
    """Of the source that was switched off first and is not done, which nobody switches meanwhile.

    The source is held, as those do who switch it. What is noted of its health by who stores what it brought
    waits for nobody: to count takes a while.
    """
    row = SourceHealth
    query = select(row).join(Source, Source.id == row.source_id).where(row.left_to.is_not(None))
    first = query.order_by(row.ended_at, row.source_id).limit(1)
    health: SourceHealth | None = await session.scalar(
        first.with_for_update(of=Source, key_share=True, skip_locked=True)
    )
    if health is not None:
        await session.refresh(health)  # another worker may just have done a part
    return health


async def _leaves(session: ReadSession, health: SourceHealth, monitors: Sequence[int]) -> list[Left]:
    """What it takes with it from each of these monitors of which it was a part."""
    assert health.ended_at is not None
    assert health.heard_since is not None
    until = minute_of(health.ended_at) + 1
    begin = max(until - STRETCH, minute_of(health.heard_since))
    came = await _came_back(session, health.source_id, monitors)
    again = {one for one, left in came.items() if left.back is not None and until - left.back < ENOUGH}
    found = [came[one]._replace(back=None) for one in monitors if one in again]
    of_since: dict[int, list[int]] = {}
    for one in monitors:
        if one not in again:
            since = max(begin, came[one].back or 0) if one in came else begin
            of_since.setdefault(since, []).append(one)
    gone = await _gone_before(session, health, moment_of(begin))
    for since, those in of_since.items():
        carried = await _carried(session, health.source_id, those, since, until, gone)
        found += [Left(one, 0, None, since, until) for one in carried]
    return found


async def _came_back(session: ReadSession, source_id: int, monitors: Sequence[int]) -> dict[int, Left]:
    """By monitor what came back when the source was last switched on again."""
    row = SourceLeft
    query = select(row).where(row.source_id == source_id, row.monitor_id == func.any(list(monitors)))
    rows = await session.scalars(query.where(row.back.is_not(None)).order_by(row.minute))
    return {one.monitor_id: _read(one) for one in rows}


async def _gone_before(session: ReadSession, health: SourceHealth, since: datetime) -> list[int]:
    """The sources that were switched off since then, and before this one."""
    row = SourceHealth
    before = tuple_(row.ended_at, row.source_id) < tuple_(health.ended_at, health.source_id)
    return list(await session.scalars(select(row.source_id).where(before, row.ended_at > since)))


_HOUR = "(({} - 5760) / 60) % 168"
"""Of the week; the first Monday began 5,760 minutes after 1970 did."""
_SUMS = ", ".join(f"sum({name})" for name in CARRIED)
_OF_ALL = text(f"""
    SELECT monitor_id, {_HOUR.format("minute")} AS hour, {_SUMS} FROM minute_count
    WHERE monitor_id = ANY(:monitors) AND minute >= :since AND minute < :until GROUP BY 1, 2""")  # noqa: S608
# as `mentions.figures.figures` counts it
_OF_SOME = text(f"""
    SELECT monitor_id, {_HOUR.format("minute")} AS hour, its, {_SUMS} FROM (
        SELECT match.monitor_id, mention.source_id = :source AS its,
            CAST(floor(extract(epoch FROM match.arrived_at) / 60) AS bigint) AS minute,
            1 AS volume,
            CAST(NOT copy AND firsts & {OWN} > 0 AS int) AS independent,
            CAST(sentiment = 'negative' AND NOT copy AND firsts & {NEGATIVE | OWN} > 0 AS int)
                AS independent_negative,
            CAST(sentiment = 'positive' AND NOT copy AND firsts & {POSITIVE | OWN} > 0 AS int)
                AS independent_positive,
            CASE WHEN firsts & {VOICE} > 0 THEN least({MOST_REACH}, round(100 * log(
                greatest(coalesce(reach, followers, 0), {HEARD_FROM}) / {HEARD_FROM}.0))) ELSE 0 END AS reach
        FROM mention_match AS match
        JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
        WHERE match.monitor_id = ANY(:monitors) AND mention.source_id = ANY(:sources)
          AND match.arrived_at >= :begin AND match.arrived_at < :end
          AND mention.arrived_at >= :begin AND mention.arrived_at < :end) AS said
    GROUP BY 1, 2, 3""")  # noqa: S608


async def _carried(
    session: ReadSession,
    source_id: int,
    monitors: Sequence[int],
    since: int,
    until: int,
    gone: Sequence[int] = (),
) -> list[Carried]:
    """Of those of these monitors of which it was a part in these minutes. gone: none of all any more."""
    asked = {"monitors": list(monitors), "source": source_id, "since": since, "until": until}
    asked |= {"begin": moment_of(since), "end": moment_of(until), "sources": [source_id, *gone]}
    of_it, of_gone, of_all = np.zeros((3, len(monitors), len(CARRIED), HOURS), np.int64)
    place = {monitor_id: at for at, monitor_id in enumerate(monitors)}
    for monitor_id, hour, its, *figures in await session.execute(_OF_SOME, asked):
        (of_it if its else of_gone)[place[monitor_id], :, hour] = figures
    for monitor_id, hour, *figures in await session.execute(_OF_ALL, asked):
        of_all[place[monitor_id], :, hour] = figures
    np.maximum(of_all - of_gone, of_it, out=of_all)
    found = (Carried(one, of_it[at], of_all[at]) for at, one in enumerate(monitors))
    return [one for one in found if one.matters]


async def left(session: ReadSession, monitor_ids: Collection[int], first: int, until: int) -> list[Left]:
    """Who left these monitors, or came back to them, in the minutes [first, until)."""
    row = SourceLeft
    inside = [(column >= first) & (column < until) for column in (row.minute, row.back)]
    query = select(row).where(or_(*inside)).where(row.monitor_id == func.any(list(monitor_ids)))
    rows = await session.scalars(query.order_by(row.source_id, row.monitor_id, row.minute))
    return [_read(one) for one in rows]


def _read(one: SourceLeft) -> Left:
    carried = Carried(one.monitor_id, *_unpacked(one.counted))
    return Left(carried, one.minute, one.back, one.since, one.until)


def _unpacked(counted: bytes) -> NDArray[np.int64]:
    """[2, figure, hour]."""
    return np.frombuffer(zlib.decompress(counted), "<i8").astype(np.int64).reshape(2, len(CARRIED), HOURS)
