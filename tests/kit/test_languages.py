"""Words that grow together before a vowel; numbers and quotes as a language writes them."""

from __future__ import annotations

import pytest

from alerts.chain import words as chain
from incident import timeline
from kit.languages import LANGUAGES, Sentence, quoted, unquoted


@pytest.mark.parametrize(
    ("language", "before", "after", "said"),
    [
        ("ca", "amber", "red", "ha pujat d’ambre a vermell"),
        ("ca", "green", "amber", "ha pujat de verd a ambre"),
        ("fr", "amber", "red", "est passée d’orange à rouge"),
        ("es", "amber", "red", "subió de ámbar a rojo"),
    ],
)
def test_a_level_after_de(language: str, before: str, after: str, said: str) -> None:
    facts = {"before": before, "level": after, "title": "x"}
    assert said in timeline.told("alert.raised", facts, language)


def test_what_is_no_such_word_stays_as_it_is() -> None:
    facts = {"person": "Marta", "channel": "mail", "reason": "parla de amor"}
    assert chain.told("page_failed", facts, "ca") == "L’avís a Marta per correu va fallar: parla de amor"


def test_a_sentence_of_the_chain_begins_with_a_capital() -> None:
    facts = {"person": "Marta", "channel": "mail", "time": "03:10"}
    assert chain.told("page_sent", facts, "ca") == "Correu va acceptar el missatge per a Marta a les 03:10."


def test_numbers_in_what_is_refused_are_written_as_the_reader_writes_them() -> None:
    refused = Sentence("Between {:g} and {:g} of {:,}, not {!r}.", 1.1, 100, 12_000, "2.5")
    assert refused == "Between 1.1 and 100 of 12,000, not '2.5'."
    assert refused.into("es", str) == "Between 1,1 and 100 of 12.000, not '2.5'."


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "“It {sinks}”"),
        ("es", "«It {sinks}»"),
        ("ca", "«It {sinks}»"),
        ("fr", "«\N{NARROW NO-BREAK SPACE}It {sinks}\N{NARROW NO-BREAK SPACE}»"),
        ("de", "“It {sinks}”"),
    ],
)
def test_what_somebody_said_stands_in_the_quotes_of_the_language(language: str, written: str) -> None:
    assert quoted("It {sinks}", language) == written


SAID = ("late", "“late” they say", "«tarde»", "say “so", "no»", "« tard »", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", SAID)
def test_it_is_found_again_in_the_quotes_of_any_language(language: str, said: str) -> None:
    assert unquoted(f"9: {quoted(said, language)}") == said


@pytest.mark.parametrize("line", ["", "late", "so: «late", "late»", "»late«"])
def test_a_line_that_quotes_nothing_has_nothing_to_find(line: str) -> None:
    assert unquoted(line) is None
