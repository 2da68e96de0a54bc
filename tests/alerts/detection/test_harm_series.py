"""Harm that arrives slowly: few voices are enough where it is never said, and not where it is said anyway."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.detection import compiled
from alerts.detection.settings import BALANCED, FEWER, Settings
from alerts.judging.roster import EACH, SIGNALS, empty
from tests.alerts.calm import DAY

BEGAN = 29_000_160
FORTNIGHT = 14 * DAY
HARM = SIGNALS.index("harm")


def opened_after(said: list[int], every: int = 0, settings: Settings = BALANCED) -> int | None:
    """Minutes after a fortnight at which it opens when harm is told of at these; before: once in `every`."""
    counts = np.zeros((EACH, FORTNIGHT + 400))
    if every:
        counts[HARM, every // 2 : FORTNIGHT : every] = 1
    np.add.at(counts[HARM], [FORTNIGHT + minute for minute in said], 1)
    course = compiled.run(empty(1), counts, BEGAN, each=EACH, settings=settings)
    return next((int(minute) - FORTNIGHT for minute in np.flatnonzero(course.opened[HARM])), None)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ([0, 5], 5),
        ([0, 12], 12),
        ([0, 52, 73], 73),  # two in an hour are not enough, a third one after it is
        ([0, 150, 165], 165),
        ([0, 60], None),
        ([0], None),
        ([0, 300], None),
    ],
)
def test_where_harm_was_never_said_two_voices_at_once_or_three_in_hours_are_enough(
    said: list[int], at: int | None
) -> None:
    assert opened_after(said) == at


@pytest.mark.parametrize("said", [[0, 5], [0, 52, 73]])
def test_where_it_is_said_every_day_they_are_not(said: list[int]) -> None:
    assert opened_after(said, every=DAY) is None
    assert opened_after(said, every=6 * 60) is None


def test_the_preset_fewer_waits_for_a_third_voice() -> None:
    assert opened_after([0, 5, 20], settings=FEWER) == 20
