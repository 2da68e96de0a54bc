"""The live detector: what opens an alert, what does not, and that a restart changes nothing."""

import numpy as np
import pytest

from alerts.detection.live import State, advance, explain, peek, recompute

MONDAY = 29_000_160  # a Monday, midnight UTC, in unix minutes


def test_a_steady_series_opens_nothing_and_a_burst_opens_once() -> None:
    state, opened = State.empty(1), []
    rng = np.random.default_rng(1)
    for i in range(3 * 1440):
        count = rng.poisson(2.0) + (20 if i >= 3 * 1440 - 30 else 0)
        state, evidence = advance(state, [count], minute=MONDAY + i)
        if evidence.opened[0]:
            opened.append(i)
            assert recompute(explain(evidence, 0)) == evidence.score[0]
    assert len(opened) == 1
    assert 0 <= opened[0] - (3 * 1440 - 30) < 5


def test_a_restart_anywhere_gives_the_same_digits() -> None:
    rng = np.random.default_rng(2)
    partner = [-1, 0]
    straight = restarted = State.empty(2, partner=partner)
    for i in range(200):
        volume = rng.poisson(3.0)
        counts = [volume, rng.binomial(volume, 0.3)]
        straight, a = advance(straight, counts, minute=MONDAY + i)
        restarted, b = advance(State.from_bytes(restarted.to_bytes()), counts, minute=MONDAY + i)
        assert a.score.tobytes() == b.score.tobytes()
    assert straight.to_bytes() == restarted.to_bytes()


def test_peeking_changes_nothing_and_agrees_with_closing_the_minute() -> None:
    state = State.empty(1)
    for i in range(60):
        state, _ = advance(state, [2], minute=MONDAY + i)
    before = state.to_bytes()
    peeked = peek(state, [50], 1.0, minute=MONDAY + 60)
    _, closed = advance(state, [50], minute=MONDAY + 60)
    assert peeked.score[0] == closed.score[0]
    assert state.to_bytes() == before


@pytest.mark.parametrize("counts", [[-1.0], [float("inf")], [1.0, 2.0]])
def test_impossible_counts_are_refused(counts: list[float]) -> None:
    with pytest.raises(ValueError, match="counts"):
        advance(State.empty(1), counts, minute=MONDAY)
