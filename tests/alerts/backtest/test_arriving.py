"""What is usual of texts moves on with the looks of a back-test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import RowMapping

from alerts.arrivals.reading import GAP_HOURS, Names
from alerts.backtest.arriving import HOURS, Material, arrived
from alerts.detection.settings import BALANCED
from mentions.counting.counts import moment_of

FIRST = 500_000
"""An hour."""


def row(number: int, arrived_at: datetime) -> RowMapping:
    """Somebody says the new word, in a wording of their own."""
    said: Mapping[str, Any] = {
        "id": number,
        "source_id": 1,
        "author": f"u{number}",
        "kind": "post",
        "domain": None,
        "sentiment": "negative",
        "arrived_at": arrived_at,
        "text": f"salmonella {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 4}",
    }
    return cast(RowMapping, said)


def material(looks: list[int], texts: list[tuple[str, str, int]]) -> Material:
    """Twenty say the new word in the hour before each look."""
    hours = [(look - 60) // 60 - GAP_HOURS for look in looks]
    return Material(
        looks=looks,
        names=Names(frozenset()),
        said=[
            row(20 * place + n, moment_of(look - 30)) for place, look in enumerate(looks) for n in range(20)
        ],
        texts=texts,
        known=dict.fromkeys(hours, 60 * HOURS),
        stories={},
        fastest={},
        campaigns=[],
        last_id=9_000,
    )


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-HOURS, 200), st.booleans()), max_size=30),
)
def test_it_is_the_fortnight_before_each_look_wherever_the_looks_before_it_were(
    gaps: list[int], later: list[tuple[int, bool]]
) -> None:
    looks = [60 * (FIRST + 9 * sum(gaps[: n + 1])) for n in range(len(gaps))]
    calm = [("harbour", "neutral", FIRST + hour) for hour in range(-HOURS - GAP_HOURS - 1, 2200)]
    texts = [*calm, *(("window", "negative" if bad else "neutral", FIRST + hour) for hour, bad in later)]
    (found,) = arrived(material(looks, texts), [BALANCED])
    assert [one.minute for one in found] == looks
    for one in found:
        end = one.minute // 60 - 1 - GAP_HOURS
        usual = [text for text in texts if end - HOURS <= text[2] < end]
        negative = sum(sentiment == "negative" for _, sentiment, _ in usual)
        assert one.evidence["past"]["texts"] == len(usual)
        assert one.evidence["past"]["negative"] == negative / len(usual)
