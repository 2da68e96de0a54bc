"""Tables over lengths of time as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kit.lengths import duration, short_duration


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0 min"),
        (59.9, "59 min"),
        (-4, "4 min"),
        (127, "2 h 07 min"),
        (1440, "1 d 0 h"),
        (4500, "3 d 3 h"),
    ],
)
def test_durations(minutes: float, expected: str) -> None:
    assert duration(timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (5, "5 min"),
        (59.7, "1 h"),
        (60, "1 h"),
        (90, "1 h 30 min"),
        (1440, "24 h"),
        (1500, "1 d 1 h"),
        (2880, "2 d"),
    ],
)
def test_deadlines(minutes: float, expected: str) -> None:
    assert short_duration(minutes) == expected
