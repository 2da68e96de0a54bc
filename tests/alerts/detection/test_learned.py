"""A crisis is no lesson: what is expected after it is what was expected before. How people talk is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alerts.detection.live import State, advance
from tests.alerts.detection.test_ending import DAY, USUAL, known


def after(state: State, counts: np.ndarray) -> State:
    """Having heard these counts [series, minute]."""
    for i in range(counts.shape[1]):
        state, _ = advance(state, counts[:, i], minute=state.minute + 1)
    return state


def test_a_burst_teaches_next_to_nothing_and_a_little_more_is_learned() -> None:
    hundred, thousands, little = np.full(60, 100.0), np.full(60, 10_000.0), np.full(60, 1.2 * USUAL)
    state = after(known(series=3), np.stack([hundred, thousands, little]))
    assert state.firing.tolist() == [True, True, False]
    expected = state.trailing / USUAL
    assert (expected[:2] < 1.2).all()
    assert 1.04 < expected[2] < 1.1


def test_the_first_day_teaches_as_it_comes() -> None:
    state = after(replace(known(), history=np.array([300], np.int32)), np.full((1, 10), 100.0))
    assert state.trailing[0] > 3 * USUAL


def test_a_brand_that_is_talked_of_in_conversations_is_known_for_it() -> None:
    """Half hours of three a minute and of one, or two all the time: as many, and judged otherwise."""
    clock = np.arange(DAY // 2)
    even, waves = np.full(len(clock), USUAL), np.where(clock // 30 % 2, 3.0, 1.0)
    state = after(known(series=2), np.stack([even, waves]))
    assert state.dispersion[0] == 1 < 1.15 < state.dispersion[1]
    _, claim = advance(state, np.full(2, 16.0), minute=state.minute + 1)
    assert claim.dispersion.tolist() == state.dispersion.tolist()
    assert claim.score[0] > 1.1 * claim.score[1] > 0
