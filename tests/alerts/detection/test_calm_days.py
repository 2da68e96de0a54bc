"""The rhythm of ordinary days opens nothing, wherever in the day a series begins."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.detection.live import State, advance

HOURS = np.array(
    [2, 1.2, 0.8, 0.6, 0.6, 1, 2, 4, 6, 7, 7.5, 8, 8, 8.5, 8, 7.5, 8, 8.5, 9, 9.5, 10, 9.5, 7, 4]
)
SEEDS = range(6)


def calm(rng: np.random.Generator, mean: float, first: int, minutes: int) -> np.ndarray:
    """Mentions per minute with a strong rhythm of the day and some days busier than others."""
    rhythm = HOURS / HOURS.mean()
    clock = np.arange(first, first + minutes)
    days = rng.gamma(20, 1 / 20, minutes // 1440 + 2)
    return rng.poisson(mean * rhythm[clock // 60 % 24] * days[(clock - first) // 1440])


@pytest.mark.parametrize("mean", [0.05, 0.3, 1.2, 10.0])
@pytest.mark.parametrize("hour", [3, 11, 18])
def test_a_fortnight_of_calm_opens_nothing(mean: float, hour: int) -> None:
    first, minutes = 26_000_000 // 1440 * 1440 + hour * 60, 14 * 1440
    counts = np.stack([calm(np.random.default_rng(seed), mean, first, minutes) for seed in SEEDS])
    state, opened = State.empty(len(SEEDS)), np.zeros(len(SEEDS), dtype=int)
    for offset in range(minutes):
        state, evidence = advance(state, counts[:, offset], minute=first + offset)
        opened += evidence.opened
    assert opened.tolist() == [0] * len(SEEDS)


def test_what_has_lasted_for_days_becomes_normal_and_the_alert_ends() -> None:
    rng, first, week = np.random.default_rng(1), 26_000_000, 7 * 1440
    counts = np.concatenate([calm(rng, 1.0, first, week), calm(rng, 4.0, first + week, week)])
    state, opened, ended = State.empty(1), 0, 0
    for offset, count in enumerate(counts):
        state, evidence = advance(state, [count], minute=first + offset)
        opened += int(evidence.opened[0])
        ended += int(evidence.ended[0])
    assert (opened, ended) == (1, 1)
    assert not state.firing[0]
