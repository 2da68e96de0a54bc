"""Sources that ended and returned: what monitors expect from then on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from alerts.detection.formulae import Floats
from alerts.detection.leaving import back, left, minutes_of
from alerts.detection.newcomers import Joined, Left
from alerts.judging.roster import EACH, FIGURES, SIGNALS, UNITS
from kit.db import ReadSession
from mentions.counting import left as ends
from mentions.counting.carried import CARRIED, HOURS, Figures

Turned = Mapping[int, Sequence[tuple[int, Joined | Left]]]
"""By the minute before which it happens: monitors, and what is put to their series."""


async def turned(session: ReadSession, monitor_ids: Collection[int], first: int, until: int) -> Turned:
    """Who left these monitors, or came back to them, in the minutes [first, until)."""
    found: dict[int, list[tuple[int, Joined | Left]]] = {}
    for one in await ends.left(session, monitor_ids, first, until):
        monitor_id, of_it = one.monitor_id, _series(one.carried.of_it)
        if first <= one.minute < until:
            gone = left(of_it, _series(one.carried.of_all))
            found.setdefault(one.minute, []).append((monitor_id, gone))
        if one.back is not None and first <= one.back < until:
            again = back(of_it, minutes_of(one.carried.since, one.carried.until), one.back // 60)
            found.setdefault(one.back, []).append((monitor_id, again))
    return found


def _series(figures: Figures) -> Floats:
    """[hour of the week, series] of figures [figure, hour]; of harm, which is not known, nothing."""
    series = np.zeros((HOURS, EACH))
    for at, signal in enumerate(SIGNALS):
        if (figure := FIGURES[signal]) in CARRIED:
            series[:, at] = figures[CARRIED.index(figure)] / UNITS.get(signal, 1.0)
    return series
