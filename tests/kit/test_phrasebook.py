"""Stored English sentences are told in other languages: alone, several, one in another, or not at all."""

from __future__ import annotations

import pytest

from kit.phrasebook import Phrasebook

BOOK = Phrasebook(
    {
        "{name} is away.": ("{name} está ausente.", "{name} és absent.", "{name} est absent."),
        "No page left: {why}": ("No salió: {why}", "No ha sortit: {why}", "Rien n’est parti : {why}"),
        "{reason}, level {step}": (
            "{reason}, nivel {step}", "{reason}, nivell {step}", "{reason}, niveau {step}",
        ),
        "{reason}, level {step}, since {hour}": (
            "{reason}, nivel {step} (desde {hour})", "{reason}, nivell {step} (des de {hour})",
            "{reason}, niveau {step} (depuis {hour})",
        ),
        "Those of {name} sleep.": (
            "Duermen los de {name}.", "Dormen els de {name}.", "Ceux de {name} dorment.",
        ),
        "On call on {name}": ("De guardia en {name}", "De guàrdia a {name}", "D’astreinte sur {name}"),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada is away.", "Ada és absent."),
        ("Ada is away. Bo is away.", "Ada és absent. Bo és absent."),
        ("Dr. Ada is away.", "Dr. Ada és absent."),
        ("Ada is away. 451 Try later.", "Ada és absent. 451 Try later."),
        ("No page left: Ada is away.", "No ha sortit: Ada és absent."),
        ("No page left: 451 busy. Try later.", "No ha sortit: 451 busy. Try later."),
        ("On call on Night, level 2", "De guàrdia a Night, nivell 2"),
        ("{name} is away. {0.__class__}", "{name} és absent. {0.__class__}"),
        ("On call on Night, level 2, since 3", "De guàrdia a Night, nivell 2 (des de 3)"),
        ("Those of Estudi sleep.", "Dormen els d’Estudi."),
        ("Those of Gavina sleep.", "Dormen els de Gavina."),
        ("two\nlines is away.", "two\nlines és absent."),
        ("what nobody wrote", "what nobody wrote"),
        ("", ""),
    ],
)
def test_what_is_ours_is_told_and_the_rest_stays(text: str, expected: str) -> None:
    assert BOOK.told(text, "ca") == expected
    assert BOOK.told(text, "en") == BOOK.told(text, "de") == text


def test_sentences_in_one_another_are_told_as_deep_as_we_write_them() -> None:
    deep = "No page left: " * 1_000
    told = BOOK.told(f"{deep}Ada is away.", "ca")
    assert told.startswith("No ha sortit: No ha sortit: No ha sortit: No page left: ")
    assert (
        BOOK.told("No page left: No page left: Ada is away.", "ca")
        == "No ha sortit: No ha sortit: Ada és absent."
    )
