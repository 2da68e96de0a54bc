"""Minutes in which a source that carries much of a series was out: neither calm nor unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alerts.detection.live import State, advance

MONDAY = 29_000_160  # a Monday, midnight UTC, in unix minutes
DAY = 1440
DEAF, HEARD = np.array([True]), np.array([False])
LEARNT = ("history", "trailing", "recent_learned", "recent_season", "dispersion")


def lived(
    counts: NDArray[np.int64], state: State, *, deaf: NDArray[np.bool_] = HEARD
) -> tuple[State, list[bool]]:
    """The state after these minutes, and in which of them an alert was open."""
    firing = []
    first = max(state.minute + 1, MONDAY)
    for i, count in enumerate(counts):
        state, evidence = advance(state, [count], minute=first + i, deaf=deaf)
        firing.append(bool(evidence.firing[0]))
    return state, firing


def a_day() -> State:
    return lived(np.random.default_rng(1).poisson(3.0, DAY), State.empty(1))[0]


def test_silence_of_a_source_teaches_nothing_that_is_less_than_usual() -> None:
    before = a_day()
    after, firing = lived(np.zeros(50, np.int64), before, deaf=DEAF)
    assert not any(firing)
    for name in LEARNT:
        assert np.array_equal(getattr(after, name), getattr(before, name)), name
    calm, _ = lived(np.zeros(50, np.int64), before)
    assert calm.history[0] == before.history[0] + 50, "the same minutes teach, when they were heard"


def test_what_is_more_than_usual_opens_an_alert_and_teaches_nothing() -> None:
    before = a_day()
    after, firing = lived(np.full(20, 30), before, deaf=DEAF)
    assert any(firing[:5])
    for name in LEARNT:
        assert np.array_equal(getattr(after, name), getattr(before, name)), name


def test_an_alert_does_not_end_because_nobody_can_be_heard() -> None:
    burning, firing = lived(np.full(20, 30), a_day())
    assert firing[-1]
    nothing = np.zeros(600, np.int64)
    assert all(lived(nothing, burning, deaf=DEAF)[1])
    assert not all(lived(nothing, burning)[1]), "it would have ended by now"


def test_one_deaf_series_touches_no_other() -> None:
    state = State.empty(2)
    for i in range(100):
        state, _ = advance(state, [3, 3], minute=MONDAY + i)
    both, _ = advance(state, [0, 0], minute=MONDAY + 100, deaf=np.array([True, False]))
    assert both.history.tolist() == [100, 101]
