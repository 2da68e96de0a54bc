"""What an incident is about: said in words that people use, by the alert that says it best."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.alert import Alert
from alerts.paging.grown import told_at
from incident.matter import Matter, matter

BEGAN = datetime(2026, 3, 10, 3, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TERMS = [{"term": "ferry", "expected": 3.0}, {"term": "engine", "expected": 0.0}, {"term": "adrift"}]
SHORT = {"text": "Nobody of @almadia tells us anything"}
FULL = {"text": "ADRIFT for two hours, the engine is dead."}


def alert(key: int = 1, signal: str = "negative", *, ended: bool = False, **evidence: Any) -> Alert:
    return Alert(
        id=key,
        signal=signal,
        since=BEGAN + timedelta(minutes=key),
        ended_at=BEGAN + timedelta(hours=1) if ended else None,
        evidence={"ratio": float(key), **evidence},
    )


def test_new_words_come_before_louder_ones_and_the_post_that_has_most_of_them_is_quoted() -> None:
    drivers = {"terms": TERMS, "examples": [SHORT, FULL], "stories": [{"text": ""}]}
    found = matter([alert(drivers=drivers)])
    assert found == Matter(("engine", "adrift", "ferry"), FULL["text"], BEGAN + MINUTE, "negative", 1.0)


def test_a_ratio_says_of_when_it_is() -> None:
    found = matter([alert(minute=29_540_000, **word("engine"))])
    assert found is not None
    assert found.told_at == told_at({"minute": 29_540_000}) != found.since


def test_what_reached_most_people_tells_it_if_it_tells_it() -> None:
    paper, joke = (
        {"text": "Engine dead, ferry adrift", "reach": 9e5},
        {"text": "Almadía, again", "reach": 5e6},
    )
    few = {"text": "The ferry's engine", "reach": 10.0}
    stories = [few, joke, paper]
    found = matter([alert(drivers={"terms": TERMS, "examples": [FULL], "stories": stories})])
    assert found is not None
    assert found.quote == paper["text"]


def word(term: str, mentions: int = 0) -> dict[str, Any]:
    return {"drivers": {"terms": [{"term": term}], "mentions": mentions}}


@pytest.mark.parametrize(
    ("alerts", "speaks"),
    [
        ([alert(1, **word("one")), alert(2)], "one"),
        ([alert(1, ended=True, **word("over", 9)), alert(2, **word("goes on", 5))], "goes on"),
        ([alert(1, **word("by many", 9)), alert(2, **word("by few", 5))], "by many"),
        ([alert(1, **word("first")), alert(2, **word("later"))], "later"),
    ],
)
def test_the_alert_that_speaks_for_all(alerts: list[Alert], speaks: str) -> None:
    found = matter(alerts)
    assert found is not None
    assert found.terms == (speaks,)


@pytest.mark.parametrize(
    ("signals", "counted"),
    [
        (["harm"], None),
        (["harm", "negative"], ("negative", 2.0)),
        (["negative", "reach", "volume", "volume"], ("volume", 3.0)),
    ],
)
def test_how_much_is_said_is_told_by_what_counts_all(
    signals: list[str], counted: tuple[str, float] | None
) -> None:
    found = matter([alert(key, signal, **word("engine")) for key, signal in enumerate(signals, 1)])
    assert found is not None
    assert (found.counted, found.ratio) == (counted or (None, None))


def test_a_voice_and_new_words_say_it_themselves() -> None:
    arrived, voices = (
        {"terms": [{"term": "listeria", "count": 9}]},
        [{"author": "El Faro", "text": "Recall."}],
    )
    found = matter([alert(signal="terms", arrived=arrived, voices=voices, ratio=0.0)])
    assert found == Matter(("listeria",), "Recall.", BEGAN + MINUTE, None, None)


def test_nothing_that_is_over_is_told_as_if_it_went_on() -> None:
    """An incident lasts for days; what is counted again on the third has not been so since the first."""
    over, harm = alert(1, ended=True, **word("engine")), alert(2, "harm", **word("engine"))
    calm = matter([over, harm])
    assert calm is not None
    assert (calm.counted, calm.ratio, calm.since) == (None, None, BEGAN + MINUTE)
    anew = matter([over, harm, alert(3, **word("engine"))])
    assert anew is not None
    assert (anew.counted, anew.ratio, anew.since) == ("negative", 3.0, BEGAN + 3 * MINUTE)


@pytest.mark.parametrize(
    "evidence",
    [{}, {"drivers": {}}, {"drivers": {"examples": [{"text": ""}], "terms": []}}, {"arrived": None}],
)
def test_nothing_is_made_up(evidence: dict[str, Any]) -> None:
    assert matter([alert(**evidence)]) is None
    assert matter([]) is None
