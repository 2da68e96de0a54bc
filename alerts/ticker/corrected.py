"""What came late corrects what the detector has learned, and is judged as if it had come in time.

A monitor to whose closed minutes enough was added goes back to the newest state that was put aside before
them (`alerts.explained.basis`), and takes the minutes since again; what was put aside since is put aside
anew. So a backlog over its own minutes is no spike, and a crisis in it is heard if it still burns. Once a
minute at most, some monitors at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import text

from alerts.explained.basis import DAY, Pasts, remember_anew
from alerts.judging.checkpoint import HORIZON_MINUTES, Checkpoint, advanced_to, side_by_side
from alerts.judging.roster import selected
from kit.db import WriteSession
from mentions.monitor import Monitor

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""Monitors in one minute."""
ENOUGH = 3
"""Late mentions from which it is worth while; of a busy monitor,"""
SHARE = 0.1
"""so much of what it heard in an hour. One that speaks of harm is enough."""

_DUE = text("""
    SELECT late.monitor_id FROM (
        SELECT monitor_id, sum(volume) AS volume, sum(harm) AS harm
        FROM late_count WHERE minute <= :closed AND monitor_id = ANY(:monitors) GROUP BY monitor_id) AS late
    WHERE harm > 0 OR volume >= greatest(:enough, :share * (
        SELECT coalesce(sum(volume), 0) FROM minute_count AS heard
        WHERE heard.monitor_id = late.monitor_id AND heard.minute > :closed - 60 AND heard.minute <= :closed))
    ORDER BY harm DESC, volume DESC, late.monitor_id LIMIT :most""")

# no minute that is still open was closed without it: the tick reads its counts after this
_IN_TIME = text("DELETE FROM late_count WHERE minute > :closed AND monitor_id = ANY(:monitors)")

# what was committed since _DUE is taken along: the minute goes by what is taken, the counts are read after it
_TAKE = text("DELETE FROM late_count WHERE monitor_id = ANY(:due) RETURNING monitor_id, minute")

_TOO_OLD = text("DELETE FROM late_count WHERE minute <= :before")


async def corrected(
    session: WriteSession,
    checkpoint: Checkpoint,
    monitors: Sequence[Monitor],
    latches: dict[tuple[int, str], tuple[int, str]],
) -> Checkpoint:
    """The checkpoint at the same minute, without those monitors that must be warmed up anew."""
    closed = checkpoint.state.minute
    watched = {one.monitor_id: place for place, one in enumerate(checkpoint.watched)}
    listened = [one.id for one in monitors if one.id in watched]
    asked = {"closed": closed, "monitors": listened, "enough": ENOUGH, "share": SHARE, "most": AT_ONCE}
    await session.execute(_IN_TIME, {"closed": closed, "monitors": listened})
    found = (await session.scalars(_DUE, asked)).all()
    if not found:
        return checkpoint
    due: dict[int, int] = {}
    for monitor_id, minute in await session.execute(_TAKE, {"due": found}):
        due[monitor_id] = min(minute, due.get(monitor_id, minute))
    await session.execute(_TOO_OLD, {"before": closed - HORIZON_MINUTES})
    pasts = Pasts(session, checkpoint)
    parts = [_part(checkpoint, [place for one, place in watched.items() if one not in due])]
    befores: dict[int, list[Checkpoint]] = {}
    for monitor_id, minute in due.items():
        before = await _before(pasts, _part(checkpoint, [watched[monitor_id]]), minute)
        if before is not None:
            befores.setdefault(before.state.minute, []).append(before)
    for together in befores.values():
        part = side_by_side(together)
        for minute in await pasts.later(part, closed):  # else the next correction would undo this one
            part = await advanced_to(session, part, monitors, minute, latches)
            await remember_anew(session, part)
        if part.state.minute < closed:
            part = await advanced_to(session, part, monitors, closed, latches)
        parts.append(part)
    log.info("detector.corrected", monitors=len(due))
    return side_by_side(parts)


async def _before(pasts: Pasts, part: Checkpoint, minute: int) -> Checkpoint | None:
    """One monitor as it was before that minute, or as long before as is known; None: it learns all anew."""
    closed, (watched,) = part.state.minute, part.watched
    for wanted in (minute - 1, closed - DAY):
        _, state = await pasts.base(watched, wanted + DAY)
        if state is not None:
            return Checkpoint(state, (watched,))
    return None if watched.learned_from > closed - HORIZON_MINUTES else part


def _part(checkpoint: Checkpoint, places: Sequence[int]) -> Checkpoint:
    return Checkpoint(
        selected(checkpoint.state, places), tuple(checkpoint.watched[place] for place in places)
    )
