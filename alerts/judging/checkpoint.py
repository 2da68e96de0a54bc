"""The detector's memory between two ticks, and its warm-up over the stored past.

The checkpoint stands some minutes behind the present (`SETTLE_MINUTES`): counts that arrive late, while a
queue is worked off, still find their minute open. Each tick judges the minutes behind it anew.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from alerts.alert import DetectorState
from alerts.campaigns.lift import lift_of
from alerts.detection.clock import changes
from alerts.detection.lift import Lift
from alerts.detection.live import Settings, State
from alerts.detection.newcomers import Newcomers
from alerts.judging.leaving import turned
from alerts.judging.newcomers import asides, beside, taken_out
from alerts.judging.roster import (
    EACH,
    FIGURES,
    MANY_MINUTES,
    SIGNALS,
    Around,
    Deaf,
    Latch,
    Table,
    Turns,
    advanced,
    joined,
    lifted,
    selected,
    spread,
    table,
    warmed,
)  # fmt: skip
from alerts.tuning.chosen import settings_for
from kit.db import ReadSession, WriteSession, computed
from mentions.counting.counts import minute_of, series
from mentions.monitor import MinuteCount, Monitor
from mentions.sources.outage import deaf_minutes
from people.organisations import Brand

log = structlog.get_logger(__name__)

T = TypeVar("T")

SETTLE_MINUTES = 10
HELD_MINUTES = 60
"""How much longer minutes stay open at most while batches of theirs wait for a worker."""
HORIZON_MINUTES = 14 * 1440
"""How much of the stored past a new monitor learns from."""
TOGETHER = 50
"""Monitors whose long stretches of minutes are in memory at once: a fortnight of one takes some 5 MB."""


@dataclass(frozen=True)
class Watched:
    """A monitor in the checkpoint: the minute from which it was watched live, and what it learned from."""

    monitor_id: int
    live_since: int
    past_volume: int
    """Mentions in the fortnight before that: when more are stored there later, it learns anew."""
    learned_from: int = 0
    """The first minute that it knows; 0 where an older version of this code did not note it."""

    @property
    def entry(self) -> list[int]:
        """As it is stored."""
        return [self.monitor_id, self.live_since, self.past_volume, self.learned_from]


@dataclass(frozen=True)
class Checkpoint:
    """The state after a minute that is closed for good, and whose series are in it, in order."""

    state: State
    watched: tuple[Watched, ...]


class Heard(NamedTuple):
    """What arrived, in which minutes it cannot have been all, and what is too new to be compared."""

    counts: Table
    """Without what is put aside."""
    deaf: Deaf
    newcomers: Newcomers | None


async def load(session: ReadSession, shard: int = 0) -> Checkpoint | None:
    """A ticker's stored checkpoint; None when there is none, or another version of this code wrote it."""
    row = await session.get(DetectorState, shard)
    return None if row is None else read(row)


def read(row: DetectorState) -> Checkpoint | None:
    """The checkpoint of a row; None when another version of this code wrote it."""
    try:
        state = State.from_bytes(row.arrays)
        watched = tuple(Watched(*(int(value) for value in entry)) for entry in row.series)
    except (ValueError, TypeError, KeyError) as error:
        log.warning("checkpoint.unreadable", error=str(error))
        return None
    return Checkpoint(state, watched) if state.series == EACH * len(watched) else None


def entries(checkpoint: Checkpoint) -> list[list[int]]:
    """Whose series are in it, ready for JSON."""
    return [one.entry for one in checkpoint.watched]


async def save(session: WriteSession, checkpoint: Checkpoint, shard: int = 0, shards: int = 1) -> None:
    """Put the checkpoint into the caller's transaction, next to the alerts that it led to.

    It is that of ticker number `shard` of `shards`.
    """
    values = {
        "shards": shards,
        "minute": checkpoint.state.minute,
        "series": entries(checkpoint),
        "arrays": checkpoint.state.to_bytes(),
    }
    await session.execute(
        insert(DetectorState)
        .values(shard=shard, **values)
        .on_conflict_do_update(index_elements=[DetectorState.shard], set_=values)
    )


def closed_for_good(saved: Checkpoint | None, minute: int, waiting: float | None) -> int:
    """The last minute that is closed for good when `minute` is the open one.

    waiting: since when the oldest batch waits to be counted (Unix seconds), None when none does. Our own
    backlog is no silence: what no worker has counted yet is not nothing. What is saved is never taken back
    for that; what came too late for a closed minute is learned by `alerts.ticker.corrected`.
    """
    settled = minute - 1 - SETTLE_MINUTES
    if waiting is None:
        return settled
    held = max(min(settled, int(waiting // 60) - 1), settled - HELD_MINUTES)
    return held if saved is None else max(held, min(saved.state.minute, settled))


async def brought_up(
    session: ReadSession,
    saved: Checkpoint | None,
    monitors: Sequence[Monitor],
    until: int,
    latches: dict[tuple[int, str], tuple[int, str]],
) -> Checkpoint:
    """The checkpoint of exactly these monitors after the minute `until`.

    Monitors that are gone are dropped, new ones and those whose past was filled in later are warmed.
    latches: (monitor id, signal) to (minute of opening, level) of each unended alert.
    """
    if saved is None or not -SETTLE_MINUTES <= until - saved.state.minute <= HORIZON_MINUTES:
        saved = Checkpoint(State.empty(0), ())  # nothing, too old, or of a clock that ran ahead
    kept = await _kept(session, saved, monitors)
    minute = kept.state.minute if kept.watched else until
    known = {one.monitor_id for one in kept.watched}
    fresh = [monitor for monitor in monitors if monitor.id not in known]
    parts = [kept] if known or not fresh else []
    parts += [await _warmed(session, part, minute, latches) for part in _groups(fresh)]
    kept = side_by_side(parts)
    if kept.state.minute >= until:
        return kept
    parts = _apart(kept) if until - kept.state.minute >= MANY_MINUTES else [kept]
    return side_by_side([await advanced_to(session, one, monitors, until, latches) for one in parts])


def _groups(monitors: Sequence[T]) -> list[Sequence[T]]:
    """So few at a time that what is read of them, and what is computed, fits into memory."""
    return [monitors[at : at + TOGETHER] for at in range(0, len(monitors), TOGETHER)]


def _apart(whole: Checkpoint) -> list[Checkpoint]:
    """The checkpoint in groups; itself where there is but one."""
    groups = _groups(range(len(whole.watched)))
    if len(groups) < 2:
        return [whole]
    return [
        Checkpoint(selected(whole.state, places), tuple(whole.watched[place] for place in places))
        for places in groups
    ]


def side_by_side(parts: Sequence[Checkpoint]) -> Checkpoint:
    """The monitors of the first and then those of the next; all stand at the same minute."""
    if len(parts) == 1:
        return parts[0]
    watched = tuple(one for part in parts for one in part.watched)
    return Checkpoint(joined(*(part.state for part in parts)), watched)


async def advanced_to(
    session: ReadSession,
    kept: Checkpoint,
    monitors: Sequence[Monitor],
    until: int,
    latches: dict[tuple[int, str], tuple[int, str]],
) -> Checkpoint:
    """The checkpoint after the minute `until`, which lies behind it."""
    ordered, first = monitors_in(kept, monitors), kept.state.minute + 1
    counts, around = await heard_in(session, ordered, first, until + 1)
    held = latches_of(kept.watched, latches)
    state, _ = await computed(session, partial(advanced, kept.state, counts, first, held, around))
    return Checkpoint(state, kept.watched)


async def heard_in(
    session: ReadSession, monitors: Sequence[Monitor], first: int, until: int
) -> tuple[Table, Around]:
    """All that the detector goes by in the minutes [first, until), for the series of these monitors."""
    counts, deaf, newcomers = await counts_of(session, monitors, first, until)
    return counts, Around(
        deaf=deaf,
        settings=await settings_of(session, monitors),
        lift=await lift_in(session, monitors, first, until),
        turns=await turns_in(session, monitors, first, until),
        newcomers=newcomers,
    )


async def settings_of(session: ReadSession, monitors: Sequence[Monitor]) -> Settings:
    """What people set these monitors' detectors to, for the series in their order."""
    return await settings_for(session, [monitor.id for monitor in monitors], EACH)


async def counts_of(session: ReadSession, monitors: Sequence[Monitor], first: int, until: int) -> Heard:
    """The minutes [first, until) as series; NaN before a monitor listened or has data.

    Deaf are the minutes in which a source that carries much of a monitor was silent or failing.
    """
    ids = [monitor.id for monitor in monitors]
    found, apart = await series(session, ids, first, until), await asides(session, ids, first, until)
    taken_out(found, apart, ids)
    beginnings = await _beginnings(session, monitors, min(first, until - HORIZON_MINUTES), until)
    known = np.arange(first, until)[None, :] >= beginnings[:, None]
    deaf = await deaf_minutes(session, ids, first, until)
    counts = table([getattr(found, figure) for figure in FIGURES.values()], known)
    who = await turned(session, ids, first, until)
    return Heard(counts, spread(deaf), beside(apart, ids, until - first, who))


async def lift_in(session: ReadSession, monitors: Sequence[Monitor], first: int, until: int) -> Lift | None:
    """What is announced in the minutes [first, until) for the series of these monitors."""
    return lifted(await lift_of(session, monitors, first, until))


async def turns_in(session: ReadSession, monitors: Sequence[Monitor], first: int, until: int) -> Turns:
    """When the clocks of the brands' zones change in [first, until), for the series of these monitors."""
    if first // 60 == until // 60 and first % 60 > 1:
        return {}  # within an hour, where no clock changes
    brands = {monitor.brand_id for monitor in monitors}
    rows = await session.execute(select(Brand.id, Brand.time_zone).where(Brand.id.in_(brands)))
    zone_of = {row[0]: row[1] for row in rows}
    of_zone = await asyncio.to_thread(_changes, set(zone_of.values()), first, until)
    changed = {brand: of_zone[zone] for brand, zone in zone_of.items()}
    minutes = {minute for monitor in monitors for minute in changed.get(monitor.brand_id, ())}
    return {
        minute: np.repeat([changed.get(one.brand_id, {}).get(minute, 0) for one in monitors], EACH)
        for minute in minutes
    }


def _changes(zones: Set[str], first: int, until: int) -> dict[str, dict[int, int]]:
    """When each zone's clocks change. In a thread: a year takes 30 ms."""
    return {zone: changes(ZoneInfo(zone), first, until) for zone in zones}


def needed_of(checkpoint: Checkpoint) -> dict[int, float]:
    """Monitor id to where its knob stands (`alerts.detection.knob`), where alarms a week are asked for."""
    knob = checkpoint.state.knob[::EACH].tolist()
    pairs = zip(checkpoint.watched, knob, strict=True)
    return {one.monitor_id: value for one, value in pairs if not math.isnan(value)}


def monitors_in(checkpoint: Checkpoint, monitors: Sequence[Monitor]) -> list[Monitor]:
    """The monitors in the order of the checkpoint's series."""
    by_id = {monitor.id: monitor for monitor in monitors}
    return [by_id[one.monitor_id] for one in checkpoint.watched]


def latches_of(watched: Sequence[Watched], latches: dict[tuple[int, str], tuple[int, str]]) -> list[Latch]:
    """The unended alerts as latches on the series of these monitors."""
    place = {one.monitor_id: EACH * i for i, one in enumerate(watched)}
    return [
        Latch(place[monitor_id] + SIGNALS.index(signal), minute, level)
        for (monitor_id, signal), (minute, level) in latches.items()
        if monitor_id in place and signal in SIGNALS
    ]


async def _kept(session: ReadSession, saved: Checkpoint, monitors: Sequence[Monitor]) -> Checkpoint:
    """Those of the checkpoint's monitors that are still there and whose past is what it was."""
    enabled = {monitor.id for monitor in monitors}
    # Older than a fortnight: what is filled in there is no longer learned from.
    young = [one for one in saved.watched if saved.state.minute - one.live_since < HORIZON_MINUTES]
    volumes = await _past_volumes(session, [(one.monitor_id, one.live_since) for one in young])
    places = [
        place
        for place, one in enumerate(saved.watched)
        if one.monitor_id in enabled and volumes.get(one.monitor_id, one.past_volume) == one.past_volume
    ]
    if len(places) == len(saved.watched):
        return saved
    return Checkpoint(selected(saved.state, places), tuple(saved.watched[place] for place in places))


async def _warmed(
    session: ReadSession,
    monitors: Sequence[Monitor],
    until: int,
    latches: dict[tuple[int, str], tuple[int, str]],
) -> Checkpoint:
    """New monitors after the minute `until`, having learned from the fortnight before."""
    horizon = until + 1 - HORIZON_MINUTES
    beginnings = await _beginnings(session, monitors, horizon, until + 1)
    first = int(min(max(int(beginnings.min()), horizon), until))
    counts, around = await heard_in(session, monitors, first, until + 1)
    volumes = await _past_volumes(session, [(monitor.id, until + 1) for monitor in monitors])
    watched = tuple(
        Watched(monitor.id, until + 1, volumes[monitor.id], max(first, int(begun)))
        for monitor, begun in zip(monitors, beginnings, strict=True)
    )
    held = latches_of(watched, latches)
    # in a thread: a fortnight takes seconds of arithmetic, and pages must go out meanwhile
    state = await computed(session, partial(warmed, counts, first, held, around))
    log.info("detector.warmed", monitors=len(monitors), minutes=until + 1 - first)
    return Checkpoint(state, watched)


async def _beginnings(
    session: ReadSession, monitors: Sequence[Monitor], horizon: int, until: int
) -> NDArray[np.int64]:
    """For each monitor the minute it was made, or that of its first count in the minutes [horizon, until)."""
    made = {monitor.id: minute_of(monitor.created_at) for monitor in monitors}
    young = [monitor_id for monitor_id, minute in made.items() if minute > horizon]
    query = (
        select(MinuteCount.monitor_id, func.min(MinuteCount.minute))
        .where(MinuteCount.monitor_id == func.any(young))
        .where(MinuteCount.minute >= horizon, MinuteCount.minute < until)
        .group_by(MinuteCount.monitor_id)
    )
    stored = {row[0]: row[1] for row in await session.execute(query)} if young else {}
    return np.array([min(minute, stored.get(monitor_id, until)) for monitor_id, minute in made.items()])


_PAST_VOLUMES = text("""
    SELECT watched.monitor_id, coalesce(sum(counted.volume), 0)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:until AS bigint[])) AS watched (monitor_id, until)
    LEFT JOIN minute_count AS counted
        ON counted.monitor_id = watched.monitor_id
        AND counted.minute >= watched.until - :horizon AND counted.minute < watched.until
    GROUP BY watched.monitor_id""")


async def _past_volumes(session: ReadSession, monitors: Sequence[tuple[int, int]]) -> dict[int, int]:
    """For (monitor id, minute): the monitor's mentions in the fortnight before that minute."""
    if not monitors:
        return {}
    ids, until = zip(*monitors, strict=True)
    rows = await session.execute(
        _PAST_VOLUMES, {"ids": list(ids), "until": list(until), "horizon": HORIZON_MINUTES}
    )
    return {monitor_id: int(volume) for monitor_id, volume in rows}
