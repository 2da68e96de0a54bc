"""What is usual is said in the same figures wherever people read it."""

from __future__ import annotations

import pytest

from alerts.detection.crises import _Claim, _described
from alerts.detection.rounded import usual


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1240.4, "1.240"),
        (6.5, "6,5"),
        (6.03, "6"),
        (0.322, "0,32"),
        (0.0123, "0,012"),
        (7.4e-05, "gairebé res"),
        (0.0, "gairebé res"),
    ],
)
def test_what_is_hardly_usual_takes_words(value: float, expected: str) -> None:
    assert usual(value, "ca", "gairebé res") == expected


def test_the_reason_of_an_incident_says_it_so_too() -> None:
    claim = _Claim("in 20 min", 0.3, 40.0, 50.0, 0.004, "evidence 80.0 nats")
    assert "where hardly any are usual" in _described("almadia", 0, "sudden", claim).reason
