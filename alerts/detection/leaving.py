"""A source that was switched off: what part of a monitor is left without it, what comes back. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alerts.detection import baseline
from alerts.detection.formulae import Floats
from alerts.detection.newcomers import Joined, Left
from alerts.detection.state import HOURS_OF_DAY, HOURS_OF_WEEK

Counted = NDArray[np.float64]
"""[hour of the week, series]"""
WORTH = 3.0
"""Mentions that the part of the day counts beside those of the same hour of the week, and that of all hours
beside those of the day: of a few mentions it would else be all or nothing."""
ENOUGH = 30
"""Minutes from which the rate of an hour of the week is its own, not that of the day."""


def minutes_of(since: int, until: int) -> Floats:
    """[hour of the week]: minutes of it in [since, until)."""
    hours = baseline.hour_of_week(np.arange(since, until) // 60)
    return np.bincount(hours, minlength=HOURS_OF_WEEK).astype(np.float64)


def left(of_it: Counted, of_all: Counted) -> Left:
    """What is left of series when a source goes that brought `of_it` of all that they heard."""
    rest = np.maximum(of_all - of_it, 0.0)
    alls, rests = of_all.sum(axis=0), rest.sum(axis=0)
    mean = np.divide(rests, alls, out=np.ones_like(alls), where=alls > 0)
    of_day = _part(_by_day(rest), _by_day(of_all), mean)
    return Left(0, of_day, _part(rest, of_all, _each_day(of_day)), mean)


def back(of_it: Counted, minutes: Floats, hour: int) -> Joined:
    """What comes back in this hour since 1970 with a source that brought `of_it` in these minutes."""
    of_day = _by_day(of_it) / np.maximum(_by_day(minutes[:, None]), 1)
    of_hour = of_it / np.maximum(minutes[:, None], 1)
    of_week = np.where(minutes[:, None] >= ENOUGH, of_hour, _each_day(of_day))
    return Joined(0, of_day, of_week, of_week[baseline.hour_of_week(hour)])


def _part(rest: Floats, alls: Floats, beside: Floats) -> Floats:
    return (rest + WORTH * beside) / (alls + WORTH)


def _by_day(hours: Floats) -> Floats:
    """[hour of the day, series]: sums over the days of the week."""
    total: Floats = hours.reshape(-1, HOURS_OF_DAY, hours.shape[1]).sum(axis=0)
    return total


def _each_day(hours: Floats) -> Floats:
    """[hour of the week, series]: the same on each day."""
    return np.tile(hours, (HOURS_OF_WEEK // HOURS_OF_DAY, 1))
