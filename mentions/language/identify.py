"""The language of short public texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp
from typing import NamedTuple

from mentions.language.scripts import by_script
from mentions.language.table import Table
from mentions.language.words import words

TOO_FEW = 4
UNKNOWN = "und"


class Language(NamedTuple):
    """A language, as ISO 639-1 code ("und" where nothing tells), and how sure that is, 0 … 1."""

    code: str
    confidence: float


@cache
def _table() -> Table:
    return Table.load()


def identify(texts: Sequence[str], *, declared: Sequence[str | None] | None = None) -> list[Language]:
    """Return the language of each text.

    `declared` is what each text's source says, or the brand's main language; a text of fewer than four words
    is taken at that word, as two words are told right in three of four cases only. Languages known: see
    `known`, and those that have a script of their own.
    """
    table = _table()
    if declared is None:
        return [_one(text, None, table) for text in texts]
    return [_one(text, said, table) for text, said in zip(texts, declared, strict=True)]


def known() -> list[str]:
    """Return the codes of the Latin-script languages that are told apart."""
    return list(_table().langs)


def _one(text: str, declared: str | None, table: Table) -> Language:
    if not text.isascii() and (script := by_script(text)):
        return Language(script, 0.95)
    found = words(text)
    if declared and len(found) < TOO_FEW:
        return Language(declared, 0.5)
    if not found:
        return Language(UNKNOWN, 0.0)
    logits = table.logits(found)
    best = max(logits)
    confidence = 1 / sum(exp(logit - best) for logit in logits)
    return Language(table.langs[logits.index(best)], confidence)
