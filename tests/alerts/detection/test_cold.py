"""The first day: what would be enough later is not enough yet, and no window reaches far back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alerts.detection.live import BALANCED, Evidence, Settings, State, advance

FIRST = 29_000_160
DAY = 1440


def claims(counts: list[float], settings: Settings = BALANCED, history: int = 0) -> list[Evidence]:
    """Of one series with so many minutes of history, what each minute's claim is."""
    state, found = replace(State.empty(1), history=np.array([history], np.int32)), []
    for minute, count in enumerate(counts, FIRST):
        state, claim = advance(state, np.array([float(count)]), minute=minute, settings=settings)
        found.append(claim)
    return found


def opens(counts: list[float], settings: Settings = BALANCED) -> bool:
    return any(claim.opened[0] for claim in claims(counts, settings))


FOURTEEN_AT_ONCE = [1.0] * 60 + [14.0]
"""17 nats, fourteen times the usual: enough for 14 nats, and not for 21."""
FOUR_TIMES = [10.0] * 60 + [40.0] * 10
"""Hundreds of nats, four times the usual: enough for 2.5 times, and not for six."""


@pytest.mark.parametrize(
    ("counts", "as_later"),
    [(FOURTEEN_AT_ONCE, {"cold_factor": 1.0}), (FOUR_TIMES, {"cold_ratio": 1.0})],
)
def test_more_is_needed_than_when_a_day_is_known(counts: list[float], as_later: dict[str, float]) -> None:
    assert not opens(counts)
    assert opens(counts, replace(BALANCED, **as_later))


def test_of_harm_no_more_is_needed() -> None:
    harm = replace(State.empty(1), harm=np.array([True]))
    for minute, count in enumerate([0.0] * 30 + [3.0] * 2, FIRST):
        harm, claim = advance(harm, np.array([count]), minute=minute)
    assert claim.cold[0]
    assert BALANCED.harm_score < claim.score[0]
    assert claim.firing[0]


def test_what_rises_slowly_is_compared_with_the_last_hour_and_a_half_alone() -> None:
    risen = [1.0] * 200 + [3.0] * 120
    assert max(int(claim.window[0]) for claim in claims(risen)) == 90
    assert max(int(claim.window[0]) for claim in claims(risen, history=DAY)) > 90
