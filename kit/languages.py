"""Tables of what is written in English here and read in other languages, too."""

from __future__ import annotations

from collections.abc import Mapping

OTHERS = ("es", "ca", "fr")
"""The languages of the house beside English, in the order of the tables."""
LANGUAGES = ("en", *OTHERS)

Table = Mapping[str, tuple[str, str, str]]


def translated(table: Table, text: str, language: str) -> str:
    """The text in this language; as it is for English, and where the table has no words for it."""
    return table[text][OTHERS.index(language)] if text in table and language in OTHERS else text
