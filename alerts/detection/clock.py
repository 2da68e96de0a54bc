"""The clocks of an audience: when they change, and what is known of each hour moves with them. Pure.

What is usual is remembered by hours of UTC. When a zone's clocks go forward by an hour, what was usual at 7
UTC is from then on to be expected at 6.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from alerts.detection.state import HOURS_OF_DAY, HOURS_OF_WEEK, State

Hours = NDArray[np.int64]
"""[S]: by how many hours the clocks of each series go forward; negative: back."""


def changes(zone: ZoneInfo, first: int, until: int) -> dict[int, int]:
    """Minutes in [first, until) before which the tables turn, and by how many hours the clocks went forward.

    One minute after the change: by then the hour before it is in the tables. Shifts by parts of an hour are
    left out.
    """
    found = {}
    for minute in range(-(-(first - 1) // 60) * 60, until - 1, 60):
        shift = round((ahead_of_utc(zone, minute) - ahead_of_utc(zone, minute - 1)) / 60, 2)
        if shift and shift == int(shift):
            found[minute + 1] = int(shift)
    return found


def clocks_moved(state: State, hours: Hours) -> State:
    """The state with what is known of each hour of day and week moved along with the clocks."""
    of_day, of_week = list(state.of_day), list(state.of_week)
    for shift in {int(one) for one in hours} - {0}:
        moved = hours == shift
        for d in range(HOURS_OF_DAY):
            of_day[d] = np.where(moved, state.of_day[(d + shift) % HOURS_OF_DAY], of_day[d])
        for w in range(HOURS_OF_WEEK):
            of_week[w] = np.where(moved, state.of_week[(w + shift) % HOURS_OF_WEEK], of_week[w])
    return replace(state, of_day=tuple(of_day), of_week=tuple(of_week))


def ahead_of_utc(zone: ZoneInfo, minute: int) -> float:
    """Minutes that the zone's clocks are ahead of UTC."""
    shown = datetime.fromtimestamp(60 * minute, UTC).astimezone(zone).utcoffset()
    return shown.total_seconds() / 60 if shown is not None else 0.0
