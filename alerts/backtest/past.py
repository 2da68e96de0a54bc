"""The stored past of a monitor, as the live detector would have read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from alerts.detection import baseline
from alerts.judging.checkpoint import lift_in, turns_in
from alerts.judging.leaving import turned
from alerts.judging.newcomers import asides, beside
from alerts.judging.roster import FIGURES, Around, Table, spread, table
from kit.db import ReadSession
from mentions.counting.counts import Sums, every_figure, minute_of
from mentions.monitor import MinuteCount, Monitor
from mentions.sources.outage import deaf_minutes


@dataclass(frozen=True)
class Past:
    """The minutes from `first` on. counts [signal, minute], and what the detector goes by beside them.

    What is put aside of newcomers is in no figure. total [figure, minute + 1]: the sums of each of `Sums`
    before that minute.
    """

    first: int
    counts: Table
    around: Around
    total: NDArray[np.int64]

    @property
    def until(self) -> int:
        """The minute after the last."""
        return self.first + len(self.counts.T)

    def total_of(self, figure: str) -> NDArray[np.int64]:
        """[minute + 1]: the sums of one figure."""
        found: NDArray[np.int64] = self.total[Sums._fields.index(figure)]
        return found

    def counted(self, since: int, minute: int) -> Sums:
        """What was counted from `since` on until `minute`, both in; minutes outside count nothing."""
        last = self.total.shape[1] - 1
        begin, end = (min(max(at - self.first, 0), last) for at in (since, minute + 1))
        return Sums(*(self.total[:, end] - self.total[:, begin]).tolist())


async def beginning_of(session: ReadSession, monitor: Monitor) -> int:
    """The first minute that is known of a monitor: that in which it was made, or an earlier stored one."""
    query = select(func.min(MinuteCount.minute)).where(MinuteCount.monitor_id == monitor.id)
    stored: int | None = await session.scalar(query)
    made = minute_of(monitor.created_at)
    return made if stored is None else min(stored, made)


async def too_young(session: ReadSession, monitor: Monitor, now: datetime) -> bool:
    """Whether less than a day is known of a monitor: its detector has "insufficient history"."""
    known_from = minute_of(now) - baseline.DAY
    return minute_of(monitor.created_at) > known_from and await beginning_of(session, monitor) > known_from


async def past_of(session: ReadSession, monitor: Monitor, first: int, until: int, begun: int) -> Past:
    """The monitor's minutes [first, until), of which those from `begun` on are known (`beginning_of`)."""
    found = await every_figure(session, monitor.id, first, until)
    apart = await asides(session, [monitor.id], first, until)
    for one in apart:
        then = found[:, one.part]
        np.maximum(then - one.figures, 0, out=then)
    figures = dict(zip(Sums._fields, found[:, None], strict=True))
    known = np.arange(first, until)[None] >= begun
    counts = table([figures[figure] for figure in FIGURES.values()], known)
    total = np.zeros((len(found), until - first + 1), np.int64)
    np.cumsum(found, axis=1, out=total[:, 1:])
    deaf = spread(await deaf_minutes(session, [monitor.id], first, until))
    lift = await lift_in(session, [monitor], first, until)
    turns = await turns_in(session, [monitor], first, until)
    gone = await turned(session, [monitor.id], first, until)
    newcomers = beside(apart, [monitor.id], until - first, gone)
    around = Around(deaf=deaf, lift=lift, turns=turns, newcomers=newcomers)
    return Past(first, counts, around, total)
