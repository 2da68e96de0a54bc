"""What is expected of a series in a given minute, and how that is learned.

Expected = seasonal rate x level.

seasonal rate: the same hour of the week, shrunk towards the same hour of the day, shrunk towards the
    trailing rate, each by how often it was seen: w/(w+1) after w weeks, d/(d+0.5) after d days. Between
    the centres of two hours it is interpolated.
level: what was learned over what the season expected, with a memory of a day: drift and new growth.

On a holiday the audience may rise and go to bed at other hours: then the largest seasonal rate within
WIDE_HOURS is expected instead.

With no history only the trailing rate is left: a mean of the minutes so far, over three hours at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats
from alerts.detection.state import HOURS_OF_DAY, HOURS_OF_WEEK

DAY = 1440
"""Minutes in a day; a series with less history is cold."""

LEAST_RATE = 1 / 720
"""Mentions a minute that are expected of even the quietest series: two a day."""

COLD_RATE = 1 / 60
"""The same for a series with under a day of history: one an hour."""

TRAILING_MINUTES = 180
WEEKS_KEPT = 4
DAYS_KEPT = 4
LEVEL_MINUTES = 1440
LEVEL_WEIGHT = 5.0
"""Mentions that the level is worth before anything was learned: it starts at 1 and moves slowly."""

LEVEL_RANGE = (1.0, 4.0)
"""Never below 1: what has been usual at this hour in the last weeks is no crisis, and when a holiday, a pause
or an outage is over, its coming back is none."""
WIDE_HOURS = 2
"""By so many hours a holiday may shift the day of an audience."""
MONDAY = 4 * 24
"""1970-01-01 was a Thursday; this many hours later the first Monday began."""


@dataclass(frozen=True)
class Hour:
    """Where a minute lies: the two hours whose centres surround it, and how near the second one is.

    Plain numbers for one minute, arrays for many.
    """

    before: Any
    after: Any
    nearness: Floats

    @classmethod
    def of(cls, minute: Any) -> "Hour":
        """The hours (counted from 1970) around the middle of `minute`; nearness in 0..1."""
        position = (minute + 0.5) / 60 - 0.5
        before = np.floor(position).astype(np.int64)
        return cls(before, before + 1, position - before)


def hour_of_week(hour: Any) -> Any:
    """Index into State.of_week; 0 is Monday, midnight UTC."""
    return (hour - MONDAY) % HOURS_OF_WEEK


def hour_of_day(hour: Any) -> Any:
    """Index into State.of_day; UTC."""
    return hour % HOURS_OF_DAY


def parts_known(history: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """What the means of an hour of the day and of the week count beside what they are shrunk to. [S]."""
    days = np.minimum(np.maximum(history // DAY, 1), DAYS_KEPT)
    weeks = np.minimum(np.maximum(history // (7 * DAY), 1), WEEKS_KEPT)
    return days / (days + 0.5), weeks / (weeks + 1.0)


def shrunk_rate(
    of_week: NDArray[np.float32],
    of_day: NDArray[np.float32],
    trailing: Floats,
    day_part: Floats,
    week_part: Floats,
) -> Floats:
    """The rate of one hour, mentions a minute: week shrunk to day shrunk to trailing. All [S]."""
    rate = np.where(np.isnan(of_day), trailing, trailing + day_part * (of_day - trailing))
    return np.where(np.isnan(of_week), rate, rate + week_part * (of_week - rate))


def widest(rates: Sequence[Floats], nearness: Floats) -> Floats:
    """The largest seasonal rate within WIDE_HOURS of a minute, to either side.

    rates: of the hours from WIDE_HOURS before `Hour.before` to as many behind `Hour.after`. Between their
    centres they are interpolated, so the largest is at a centre within reach or at one of the two ends.
    """
    ends = (rates[0] + nearness * (rates[1] - rates[0]), rates[-2] + nearness * (rates[-1] - rates[-2]))
    return reduce(np.maximum, (*ends, *rates[1:-1]))


def level(learned: Floats, season: Floats) -> Floats:
    """How much more (or less) than its season a series has lately shown; dimensionless, [S]."""
    return np.clip((learned + LEVEL_WEIGHT) / (season + LEVEL_WEIGHT), *LEVEL_RANGE)


def unlifted(observed: Floats, expected: Floats, lift: Floats) -> Floats:
    """What the count would have been without what was announced; all [S], `expected` with the lift in it.

    Between the usual count and its lifted multiple nobody can tell how much the announcement brought: then it
    was the usual count. More than that is divided by the lift; less than usual is taken as it is.
    """
    lifted = lift > 1
    if not lifted.any():
        return observed
    return np.where(lifted, np.clip(expected / lift, observed / lift, observed), observed)


def learnable(
    observed: Floats, expected: Floats, *, cold: NDArray[np.bool_], held: NDArray[np.bool_]
) -> Floats:
    """The count that the baseline may learn from: bursts are cut, so that a crisis is not the new normal.

    Cut at twice the expected count plus three; while there is evidence (`held`) at 1.25 times, so that a
    lasting change of level is learned within days. A cold series learns all it sees: it knows no normal that
    a burst could be kept out of, and the rise of its first morning must not hold that normal down for ever.
    """
    bound = np.where(held, 1.25 * expected + 0.02, 2.0 * expected + 3.0)
    return np.where(cold, observed, np.minimum(observed, bound))


def folded(
    row: NDArray[np.float32], rate: Floats, seen: NDArray[np.bool_], weight: Floats
) -> NDArray[np.float32]:
    """A table's row after one more hour: a mean that forgets; `weight` [S] is that of the new hour."""
    old = np.where(np.isnan(row), rate, row)
    return np.where(seen, old + weight * (rate - old), row).astype(np.float32)
