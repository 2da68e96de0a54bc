"""What admins read when they connect a source: all of it in all languages."""

from __future__ import annotations

import pytest

from kit.languages import OTHERS
from mentions.drafts.draft import FIELDS
from mentions.sources.registry import KINDS
from mentions.sources.troubles import TROUBLES
from mentions.sources.webhook import label
from mentions.sources.wording import NAMES, WORDS, said


def test_every_kind_and_field_has_its_words_and_none_is_left_over() -> None:
    titles = {text for kind in KINDS.values() for text in (kind.title, kind.prepare)}
    fields = {text for kind in KINDS.values() for field in kind.fields for text in (field.label, field.help)}
    columns = {label(name) for name in FIELDS}  # of a file
    assert (titles | fields | columns) - {""} == WORDS.keys() | NAMES
    assert all(len(words) == len(OTHERS) and all(words) for words in WORDS.values())


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Search", "ca", "Cerca"),
        ("Search", "en", "Search"),
        ("Mastodon", "fr", "Mastodon"),
        ("unheard of", "es", "unheard of"),
    ],
)
def test_a_text_in_a_language(text: str, language: str, expected: str) -> None:
    assert said(text, language) == expected


@pytest.mark.parametrize(
    ("error", "language", "expected"),
    [
        ("All connection attempts failed", "ca", "La connexió va fallar: ningú no respon en aquesta adreça."),
        (
            "[Errno -2] Name or service not known",
            "es",
            "La conexión falló: no se conoce el nombre del servidor.",
        ),
        ("ReadError", "fr", "La connexion a échoué\xa0: elle s’est coupée à la lecture de la réponse."),
        ("who knows", "fr", "La connexion a échoué\xa0: who knows."),
        ("ReadError", "en", "The connection failed: ReadError."),
    ],
)
def test_what_the_transport_says_is_told_too(error: str, language: str, expected: str) -> None:
    assert TROUBLES.told(f"The connection failed: {error}.", language) == expected
