"""The end of an alert by hysteresis, and the rest after it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alerts.detection.live import BALANCED, Evidence, Settings, State, advance

FIRST, DAY, USUAL = 29_000_160, 1440, 2.0
QUICK = replace(BALANCED, calm_minutes=1)


def known(series: int = 1) -> State:
    """An hour of the same, and a day of history."""
    state = State.empty(series)
    for minute in range(FIRST, FIRST + 60):
        state, _ = advance(state, np.full(series, USUAL), minute=minute)
    return replace(state, history=np.full(series, DAY, np.int32), dispersion=np.ones(series))


def claims(state: State, counts: list[float], settings: Settings) -> list[Evidence]:
    found = []
    for count in counts:
        state, claim = advance(state, np.array([count]), minute=state.minute + 1, settings=settings)
        found.append(claim)
    return found


def test_an_alert_goes_on_while_there_is_half_of_the_evidence_that_opens_one() -> None:
    told = claims(known(), [16.0] + [USUAL] * 60, QUICK)
    ends = next(i for i, claim in enumerate(told) if claim.ended[0])
    scores = [float(claim.score[0]) for claim in told]
    assert told[0].opened[0]
    assert scores[ends] < 0.5 * BALANCED.score <= min(scores[:ends])
    assert scores[ends - 1] < BALANCED.score, "between the two it neither opens nor ends"


BURST, AFTERWARDS = [16.0], [USUAL] * 60


@pytest.mark.parametrize(
    ("again", "changed", "opens"),
    [
        (16.0, {}, False),
        (60.0, {}, True),
        (16.0, {"rest_factor": 1.0}, True),
        (16.0, {"rest_minutes": 30}, True),
    ],
)
def test_after_an_alert_a_new_one_needs_more_for_a_while(
    again: float, changed: dict[str, float], *, opens: bool
) -> None:
    told = claims(known(), [*BURST, *AFTERWARDS, again], replace(QUICK, **changed))
    assert [bool(claim.opened[0]) for claim in told if claim.opened[0] or claim is told[-1]] == [True, opens]
