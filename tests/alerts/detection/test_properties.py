"""What holds of the live detector whatever is said: of busier monitors, and of a past told in two parts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from alerts.detection import compiled
from alerts.detection.live import State
from alerts.detection.settings import BALANCED
from alerts.judging import roster

FIRST = 29_000_160
DAY = 1440


def risen(calm: int, times: int) -> NDArray[np.float64]:
    """[signal, minute]: a day of as many each minute, then four hours of so many times as many."""
    minutes = np.where(np.arange(DAY + 240) < DAY, calm, calm * times).astype(float)
    told = [minutes if name in {"volume", "independent"} else 0 * minutes for name in roster.SIGNALS]
    return np.stack(told)


def course(counts: NDArray[np.float64], state: State, first: int) -> compiled.Course:
    return compiled.run(state, counts, first, each=roster.EACH, alarming=roster.ALARMING, settings=BALANCED)


def opening(counts: NDArray[np.float64]) -> int:
    """Minutes from the rise until an alert opens."""
    _, minutes = np.nonzero(course(counts, roster.empty(1), FIRST).opened)
    return int(minutes.min()) - DAY


@settings(max_examples=25)
@given(calm=st.integers(1, 20), more=st.integers(1, 500), times=st.integers(3, 12))
def test_the_same_rise_is_never_told_later_where_more_is_said(calm: int, more: int, times: int) -> None:
    assert 0 <= opening(risen(calm * more, times)) <= opening(risen(calm, times)) < 60


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 399))
def test_a_past_in_two_parts_comes_to_what_it_is_in_one(seed: int, cut: int) -> None:
    counts = np.random.default_rng(seed).poisson(1.5, (roster.EACH, 400)).astype(float)
    counts[:, 300:330] += 30
    whole = course(counts, roster.empty(1), FIRST)
    one = course(counts[:, :cut], roster.empty(1), FIRST)
    two = course(counts[:, cut:], one.state, FIRST + cut)
    assert two.state.to_bytes() == whole.state.to_bytes()
    assert np.array_equal(np.concatenate([one.opened, two.opened], axis=1), whole.opened)
