"""The stored past of a monitor, as the live detector would have read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerts.checkpoint import counts_of, lift_in, turns_in
from alerts.detection.formulae import Floats
from alerts.roster import Deaf, Table, Turns
from kit.db import ReadSession
from mentions.counts import Sums, every_figure
from mentions.monitor import Monitor


@dataclass(frozen=True)
class Past:
    """The minutes from `first` on. counts, deaf, lift [signal, minute]: see `alerts.roster`.

    turns: when the audience's clocks change. total [figure, minute + 1]: the sums of each of `Sums` before
    that minute.
    """

    first: int
    counts: Table
    deaf: Deaf
    lift: Floats
    turns: Turns
    total: NDArray[np.int64]

    @property
    def until(self) -> int:
        """The minute after the last."""
        return self.first + len(self.counts.T)

    def counted(self, since: int, minute: int) -> Sums:
        """What was counted from `since` on until `minute`, both in; minutes outside count nothing."""
        last = self.total.shape[1] - 1
        begin, end = (min(max(at - self.first, 0), last) for at in (since, minute + 1))
        return Sums(*(self.total[:, end] - self.total[:, begin]).tolist())


async def past_of(session: ReadSession, monitor: Monitor, first: int, until: int) -> Past:
    """The monitor's minutes [first, until)."""
    heard = await counts_of(session, [monitor], first, until)
    found = await every_figure(session, monitor.id, first, until)
    total = np.zeros((len(found), until - first + 1), np.int64)
    np.cumsum(found, axis=1, out=total[:, 1:])
    lift = await lift_in(session, [monitor], first, until)
    turns = await turns_in(session, [monitor], first, until)
    known = np.ones(heard.counts.shape) if lift is None else lift
    return Past(first, heard.counts, heard.deaf, known, turns, total)
