"""What is usual for one brand, learned hour by hour: mentions a minute, and the shares of some of them.

Expected = the hour of the day (a mean over a fortnight, smoothed by its neighbours) x what weekends are like
x the level of the last eight hours. Few numbers, for a small brand says little in an hour: a table of all
hours of the week was off by half as much again.
"""

from typing import NamedTuple

import numpy as np

from alerts.detection.baseline import LEAST_RATE, hour_of_day, hour_of_week
from alerts.detection.formulae import Floats

DAY_HOURS = 24
WEEK_HOURS = 168
WORKING_HOURS = 5 * DAY_HOURS
DAYS_KEPT = 14
WEEKEND_WEIGHT = 30.0
"""Mentions that the weekend is worth as a working day before it is known ..."""

WEEKEND_FADE = 0.996
"""... and what of it is kept an hour of weekend later."""

LEVEL_HOURS = 8
LEVEL_WEIGHT = 20.0
LEVEL_RANGE = (0.25, 4.0)
CUT_LOW, CUT_HIGH, CUT_FREE = 0.4, 1.5, 2.0
"""An hour teaches at least 0.4 and at most 1.5 times what was expected, plus two mentions."""

SHARE_CUT = 1.3
NEGATIVE_PRIOR, POSITIVE_PRIOR, SMALL_PRIOR = (5.0, 20.0), (5.0, 18.0), (3.0, 10.0)
MIDDLES = (np.arange(60) + 0.5) / 60


class Hour(NamedTuple):
    """expected, season [60]: mentions in each minute, with and without the level.

    negative, positive: their shares of all mentions; small: that of small accounts; 0..1.
    """

    expected: Floats
    season: Floats
    negative: float
    positive: float
    small: float


class Heard(NamedTuple):
    """Weighted sums of a past hour: ordinary mentions, negative and positive ones; all, of small accounts."""

    mentions: float
    negative: float
    positive: float
    whole: float
    small: float


class _Share:
    """A share with a memory of a week."""

    def __init__(self, part: float, whole: float) -> None:
        self._prior = np.array([part, whole])
        self._sums = np.zeros(2)

    def learn(self, part: float, whole: float) -> None:
        """A weight that another mention takes back may leave a part larger than the whole."""
        self._sums = self._sums * 2 ** (-1 / WEEK_HOURS) + (min(part, whole), whole)

    @property
    def now(self) -> float:
        part, whole = self._sums + self._prior
        return float(part / whole)


class Usual:
    """The expectation of one brand."""

    def __init__(self) -> None:
        self.hours = 0
        self._of_day = np.zeros(DAY_HOURS)
        self._days = np.zeros(DAY_HOURS)
        self._trailing = self._learned = self._season = 0.0
        self._weekend = np.zeros(2)
        self._negative, self._positive, self._small = (
            _Share(*prior) for prior in (NEGATIVE_PRIOR, POSITIVE_PRIOR, SMALL_PRIOR)
        )

    @property
    def lately(self) -> float:
        """Weighted mentions a minute over about the last day, bursts cut; never 0."""
        return max(self._trailing, LEAST_RATE)

    def expect(self, hour: int) -> Hour:
        """What hour `hour` (counted from 1970) should bring, from the hours learned so far."""
        before, here, after = (self._rate(hour + step) for step in (-1, 0, 1))
        first, second = before + (here - before) * (0.5 + MIDDLES), here + (after - here) * (MIDDLES - 0.5)
        season = np.where(MIDDLES < 0.5, first, second)
        level = (self._learned + LEVEL_WEIGHT) / (self._season + LEVEL_WEIGHT)
        level = min(max(level, LEVEL_RANGE[0]), LEVEL_RANGE[1])
        shares = self._negative.now, self._positive.now, self._small.now
        return Hour(np.maximum(season * level, LEAST_RATE), season, *shares)

    def learn(self, hour: int, expected: Hour, heard: Heard) -> None:
        """Takes in a past hour, bursts and silences cut; the first day is taken as it is."""
        usual = float(expected.expected.sum())
        learned, negative = heard.mentions, heard.negative
        if self.hours >= DAY_HOURS:
            learned = min(max(learned, CUT_LOW * usual), CUT_HIGH * usual + CUT_FREE)
            negative = min(negative, SHARE_CUT * expected.negative * heard.mentions + 0.5)
        self._negative.learn(negative, heard.mentions)
        self._positive.learn(heard.positive, heard.mentions)
        self._small.learn(heard.small, heard.whole)
        fade = 1 - 1 / LEVEL_HOURS
        self._learned = self._learned * fade + learned
        self._season = self._season * fade + float(expected.season.sum())
        self._trailing += (learned / 60 - self._trailing) / min(self.hours + 1, DAY_HOURS)
        weekend = self._of_weekend(hour)
        if _in_weekend(hour):
            self._weekend = self._weekend * WEEKEND_FADE + (learned, usual / weekend)
        day = int(hour_of_day(hour))
        self._days[day] = min(self._days[day] + 1, DAYS_KEPT)
        self._of_day[day] += (learned / 60 / weekend - self._of_day[day]) / self._days[day]
        self.hours += 1

    def _rate(self, hour: int) -> float:
        """The seasonal rate; in the first day only the trailing one is known."""
        if self.hours < DAY_HOURS:
            return self._trailing
        day = int(hour_of_day(hour))
        around = self._of_day[day - 1] + self._of_day[(day + 1) % DAY_HOURS]
        return float(self._of_day[day] + around / 2) / 2 * self._of_weekend(hour)

    def _of_weekend(self, hour: int) -> float:
        """Mentions of a weekend over those of the same hour of a working day; 1 on working days."""
        seen, expected = self._weekend + WEEKEND_WEIGHT
        return float(seen / expected) if _in_weekend(hour) else 1.0


def _in_weekend(hour: int) -> bool:
    return bool(hour_of_week(hour) >= WORKING_HOURS)
