"""What is usual for one brand, learned hour by hour: weighted mentions a minute, share of negative ones."""

from typing import NamedTuple

import numpy as np

from alerts.detection.baseline import LEAST_RATE, hour_of_day, hour_of_week
from alerts.detection.formulae import Floats

DAY_HOURS = 24
WEEK_HOURS = 168
DAYS_KEPT = 5
WEEKS_KEPT = 4
LEVEL_WEIGHT = 5.0
LEVEL_RANGE = (0.25, 4.0)
CUT_LOW, CUT_HIGH, CUT_FREE = 0.4, 2.0, 3.0
"""An hour teaches at least 0.4 and at most 2 times what was expected, plus three mentions."""

SHARE_PRIOR = (5.0, 20.0)
SHARE_CUT = 1.3
MIDDLES = (np.arange(60) + 0.5) / 60


class Hour(NamedTuple):
    """expected, season [60]: mentions in each minute, with and without the level; share: 0..1."""

    expected: Floats
    season: Floats
    share: float


class Usual:
    """The expectation of one brand."""

    def __init__(self) -> None:
        self.hours = 0
        self._of_day = [0.0] * DAY_HOURS
        self._of_week = [0.0] * WEEK_HOURS
        self._days = [0] * DAY_HOURS
        self._weeks = [0] * WEEK_HOURS
        self._trailing = self._learned = self._season = 0.0
        self._part = self._whole = 0.0

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
        share = (self._part + SHARE_PRIOR[0]) / (self._whole + SHARE_PRIOR[1])
        return Hour(np.maximum(season * level, LEAST_RATE), season, share)

    def learn(self, hour: int, expected: Hour, mentions: float, negative: float) -> None:
        """Takes in a past hour's weighted sums, bursts and silences cut; the first day is taken as it is."""
        usual = float(expected.expected.sum())
        learned = mentions
        if self.hours >= DAY_HOURS:
            learned = min(max(mentions, CUT_LOW * usual), CUT_HIGH * usual + CUT_FREE)
            negative = min(negative, SHARE_CUT * expected.share * mentions + 0.5)
        fade = 2 ** (-1 / WEEK_HOURS)
        self._part, self._whole = self._part * fade + negative, self._whole * fade + mentions
        fade = 1 - 1 / DAY_HOURS
        self._learned = self._learned * fade + learned
        self._season = self._season * fade + float(expected.season.sum())
        rate = learned / 60
        self._trailing += (rate - self._trailing) / min(self.hours + 1, DAY_HOURS)
        _average(self._of_day, self._days, hour_of_day(hour), rate, DAYS_KEPT)
        _average(self._of_week, self._weeks, hour_of_week(hour), rate, WEEKS_KEPT)
        self.hours += 1

    def _rate(self, hour: int) -> float:
        """The seasonal rate: week shrunk to day shrunk to trailing, as in baseline.shrunk_rate."""
        day, week = int(hour_of_day(hour)), int(hour_of_week(hour))
        rate = self._trailing
        rate += self._days[day] / (self._days[day] + 0.5) * (self._of_day[day] - rate)
        return rate + self._weeks[week] / (self._weeks[week] + 1) * (self._of_week[week] - rate)


def _average(means: list[float], seen: list[int], i: int, value: float, most: int) -> None:
    """Moves means[i] towards `value`: a plain mean at first, one that forgets after `most` values."""
    seen[i] = min(seen[i] + 1, most)
    means[i] += (value - means[i]) / seen[i]
