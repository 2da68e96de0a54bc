"""What an alert's evidence says about the kind of crisis."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from incident.types import CRISIS_TYPES, classify


def examples(*texts: str) -> dict[str, Any]:
    return {"drivers": {"terms": [], "authors": [], "examples": [{"text": text} for text in texts]}}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("URGENTE: descarriló un tren de pasajeros, hay heridos", "accident"),
        ("Several people injured after the ferry collided with the pier", "accident"),
        ("Hi ha ferits a bord, el vaixell ha xocat", "accident"),
        ("Trois blessés dans l'accident du ferry, les secours évacuent", "accident"),
        ("La web no funciona desde hace una hora", "service_outage"),
        ("Your booking site is down again", "service_outage"),
        ("L'app ha caigut, fora de servei", "service_outage"),
        ("Le site est en panne, impossible de se connecter", "service_outage"),
        ("Encontré moho en la botella, me intoxiqué", "product_defect"),
        ("My kid got sick, there was glass in the bottle", "product_defect"),
        ("He trobat vidre a l'ampolla, lot 42", "product_defect"),
        ("Rappel de produit : bouteille contaminée", "product_defect"),
        ("Cuatro horas de retraso y nadie responde, quiero mi reembolso", "complaint_wave"),
        ("Three hours delay, I want my refund", "complaint_wave"),
        ("Tres hores d'espera, vull reclamar", "complaint_wave"),
        ("Encore du retard, j'attends mon remboursement", "complaint_wave"),
        ("", "complaint_wave"),
        ("nothing that hints at anything", "complaint_wave"),
    ],
)
def test_one_text(text: str, kind: str) -> None:
    assert classify(examples(text)) == kind


def test_the_majority_of_the_texts_decides_not_the_loudest() -> None:
    loud = "accident accident accident accident"
    assert classify(examples(loud, "late again", "no refund", "the queue is long")) == "complaint_wave"


def test_of_equally_likely_types_the_graver_one_is_taken() -> None:
    assert classify(examples("an accident", "my refund")) == "accident"


def test_terms_and_title_count_too() -> None:
    assert (
        classify({"drivers": {"terms": [{"term": "descarrilado", "count": 9, "score": 4.0}]}}) == "accident"
    )
    assert classify({}, title="Checkout is down: error rate 40 %") == "service_outage"


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"drivers": None},
        {"drivers": []},
        {"drivers": {"terms": "accident", "examples": {"text": "accident"}}},
        {"drivers": {"terms": [None, 3, {"term": None}, {"word": "x"}], "examples": [{"text": 5}, []]}},
        {"examples": [{"text": "\x00" * 5000}]},
    ],
)
def test_malformed_evidence_is_no_evidence(evidence: dict[str, Any]) -> None:
    assert classify(evidence) == "complaint_wave"


def test_a_huge_text_is_read_at_its_beginning_only() -> None:
    assert classify(examples("x" * 2_000_000 + " accident")) == "complaint_wave"


def test_words_inside_other_words_do_not_count() -> None:
    assert classify(examples("a nice breakdown of the countdown to our rounded download")) == "complaint_wave"


def test_every_type_has_hints_in_four_languages() -> None:
    for kind in CRISIS_TYPES.values():
        assert set(kind.hints) == {"en", "es", "ca", "fr"}


def test_the_train_crash_as_it_was_told(shared: Path) -> None:
    with (shared / "data/replay/2013_spain_train_crash.csv").open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    windows = [texts[start : start + 8] for start in range(1, 101, 8)]
    assert {classify(examples(*window)) for window in windows} == {"accident"}
