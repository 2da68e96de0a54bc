"""Tickers side by side: each judges the monitors whose id leaves its number as remainder.

Each has a lock and a checkpoint of its own; any worker takes whichever is free, so that more workers share
the work by themselves, and one that is left does all of it. How many there are is a setting. When it changes,
the checkpoints are divided anew, by one who is alone: the monitors' states stay what they are, to the digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import delete, func, select, text

from alerts.alert import DetectorState
from alerts.judging.checkpoint import Checkpoint, brought_up, read, save, side_by_side
from alerts.judging.roster import selected
from kit import locks
from kit.db import ReadSession, WriteSession
from mentions.monitor import Monitor

log = structlog.get_logger(__name__)

LET_GO_AFTER = 30.0
"""Seconds without a word after which a ticker's turn goes to whoever asks: it hangs, or is cut off."""


class Shard(NamedTuple):
    """One of so many."""

    number: int
    of: int

    def has(self, monitor_id: int) -> bool:
        """Whether the monitor is one of its own."""
        return monitor_id % self.of == self.number


async def taken(session: WriteSession, shard: Shard) -> bool:
    """Whether this transaction may tick it: nobody else does, and nobody divides anew.

    It ends by itself when nothing is asked in it for LET_GO_AFTER.
    """
    if not await session.scalar(
        text("SELECT pg_try_advisory_xact_lock_shared(:key)"), {"key": locks.TICKING}
    ):
        return False
    own = text("""
        SELECT pg_try_advisory_xact_lock(CAST(:key AS integer), CAST(:number AS integer)),
            set_config('idle_in_transaction_session_timeout', :let_go_after, true)""")
    asked = {
        "key": locks.TICKING_SHARD,
        "number": shard.number,
        "let_go_after": f"{LET_GO_AFTER * 1000:.0f}",
    }
    return bool(await session.scalar(own, asked))


async def alone(session: WriteSession) -> None:
    """Wait until nobody ticks; until the transaction ends nobody does."""
    await locks.take_turn(session, locks.TICKING)


async def forget(session: WriteSession, shard: Shard) -> None:
    """Drop the checkpoint of one that has no monitor any more: it would stand still."""
    await session.execute(delete(DetectorState).where(DetectorState.shard == shard.number))


async def is_divided(session: ReadSession, of: int) -> bool:
    """Whether what is stored is divided by so many, or nothing is."""
    other = select(func.count()).select_from(DetectorState).where(DetectorState.shards != of)
    return not await session.scalar(other)


async def divide(
    session: WriteSession,
    monitors: Sequence[Monitor],
    latches: Mapping[tuple[int, str], tuple[int, str]],
    of: int,
) -> None:
    """Store the monitors' states as the checkpoints of so many tickers; `latches` as in `brought_up`."""
    rows = (await session.scalars(select(DetectorState).order_by(DetectorState.shard))).all()
    kept = [checkpoint for row in rows if (checkpoint := read(row)) is not None]
    until = max((checkpoint.state.minute for checkpoint in kept), default=0)
    parts = [await _at(session, one, monitors, until, latches) for one in kept]
    await session.execute(delete(DetectorState))
    if parts:
        whole = side_by_side(parts)
        for number in range(of):
            part = _part(whole, Shard(number, of))
            if part.watched:
                await save(session, part, number, of)
    log.info("detector.divided", of=of)


async def _at(
    session: ReadSession,
    checkpoint: Checkpoint,
    monitors: Sequence[Monitor],
    until: int,
    latches: Mapping[tuple[int, str], tuple[int, str]],
) -> Checkpoint:
    """Brought up to the minute of the newest: the tickers stand a minute apart, or more where one stood."""
    watched = {one.monitor_id for one in checkpoint.watched}
    own = [monitor for monitor in monitors if monitor.id in watched]
    return await brought_up(session, checkpoint, own, until, dict(latches))


def _part(whole: Checkpoint, shard: Shard) -> Checkpoint:
    places = [place for place, one in enumerate(whole.watched) if shard.has(one.monitor_id)]
    return Checkpoint(selected(whole.state, places), tuple(whole.watched[place] for place in places))
