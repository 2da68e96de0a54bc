"""Ordinary days open next to nothing, and what lasts becomes ordinary."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.detection.compiled import run
from alerts.detection.formulae import Floats
from alerts.detection.state import State

HOURS = np.array(
    [2, 1.2, 0.8, 0.6, 0.6, 1, 2, 4, 6, 7, 7.5, 8, 8, 8.5, 8, 7.5, 8, 8.5, 9, 9.5, 10, 9.5, 7, 4]
)
MEANS = (0.05, 0.3, 1.2, 10.0)
EACH = 15  # series of each mean
DAYS = 5
MOST_PER_WEEK = 0.3


def calm(rng: np.random.Generator, mean: float, first: int, minutes: int) -> Floats:
    """Mentions per minute with a strong rhythm of the day and some days busier than others."""
    rhythm = HOURS / HOURS.mean()
    clock = np.arange(first, first + minutes)
    days = rng.gamma(20, 1 / 20, minutes // 1440 + 2)
    said: Floats = rng.poisson(mean * rhythm[clock // 60 % 24] * days[(clock - first) // 1440]).astype(float)
    return said


@pytest.mark.parametrize("hour", [3, 18])
def test_the_rhythm_of_days_is_no_crisis_even_before_it_is_known(hour: int) -> None:
    """Alarms per series and week, over brands of every size that begin in the night or in the evening."""
    first, minutes = 26_000_000 // 1440 * 1440 + hour * 60, DAYS * 1440
    rng = np.random.default_rng(hour)
    counts = np.stack([calm(rng, mean, first, minutes) for mean in MEANS for _ in range(EACH)])
    opened = run(State.empty(len(counts)), counts, first, each=1).opened.sum()
    assert opened / (len(counts) * DAYS / 7) <= MOST_PER_WEEK


def test_what_has_lasted_for_days_becomes_normal_and_the_alert_ends() -> None:
    rng, first, week = np.random.default_rng(1), 26_000_000, 7 * 1440
    counts = np.concatenate([calm(rng, 1.0, first, week), calm(rng, 4.0, first + week, week)])
    course = run(State.empty(1), counts[None], first, each=1)
    assert course.opened.sum() == 1
    assert sum(bool(claim.evidence.ended[0]) for claim in course.claims) == 1
    assert not course.state.firing[0]


@pytest.mark.parametrize(("mean", "within"), [(0.06, 90), (10_000.0, 10)])
def test_the_smallest_and_the_largest_are_calm_in_calm_and_tell_of_a_burst(mean: float, within: int) -> None:
    """0.3 mentions in five minutes, and 10,000 a minute; at noon six times as much."""
    rng, first, weeks = np.random.default_rng(3), 26_000_000 // 1440 * 1440, 3
    minutes = weeks * 10_080 + 12 * 60
    counts = np.stack([calm(rng, mean, first, minutes) for _ in range(EACH)])
    course = run(State.empty(EACH), counts, first, each=1)
    assert course.opened.sum() / (EACH * weeks) <= MOST_PER_WEEK
    burst = rng.poisson(6 * mean * HOURS[12] / HOURS.mean(), (EACH, within)).astype(float)
    assert run(course.state, burst, first + minutes, each=1).opened.any(axis=1).mean() > 0.9
