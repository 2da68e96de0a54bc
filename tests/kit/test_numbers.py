"""Tables over whole numbers as they are typed."""

from __future__ import annotations

import pytest

from kit.numbers import natural


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1_000", None),
        (" 1", None),
        ("1.0", None),
        ("²", None),
        ("٣", None),
    ],
)
def test_whole_numbers(text: str, expected: int | None) -> None:
    assert natural(text) == expected


def test_fewer_digits_where_fewer_are_meant() -> None:
    assert [natural(one, digits=3) for one in ("999", "1000")] == [999, None]
