"""The language of short public texts.

A linear classifier: with the weights w(lang) of a text's n hashed pieces and words (table.py),

    logit(lang) = offset(lang) + sum of w(lang) / sqrt(n)        confidence = softmax of the likeliest

Other scripts are told by their letters. How it was trained and how good it is: docs/sentiment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from mentions.language.scripts import SCRIPTS, by_script
from mentions.language.table import Table
from mentions.language.words import words

TOO_FEW = 4
"""Words below which what is declared is believed."""
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
    `known`, and those that have a script of their own. ValueError when fewer or more are declared than there
    are texts.
    """
    said = declared if declared is not None else [None] * len(texts)
    found = [_at_once(text, words(text), lang) for text, lang in zip(texts, said, strict=True)]
    asked = [(at, each) for at, each in enumerate(found) if isinstance(each, list)]
    told = _weighed([each for _, each in asked])
    for (at, _), language in zip(asked, told, strict=True):
        found[at] = language
    return [each for each in found if isinstance(each, Language)]


def known() -> list[str]:
    """Return the codes of the Latin-script languages that are told apart."""
    return list(_table().langs)


def told_apart() -> list[str]:
    """Return the codes of all languages that `identify` finds, those with tables first, UNKNOWN last."""
    return [*known(), *SCRIPTS, UNKNOWN]


def _at_once(text: str, found: list[str], declared: str | None) -> Language | list[str]:
    """Return the language of a text that needs no weighing, otherwise its words."""
    if not text.isascii() and (script := by_script(text)):
        return Language(script, 0.95)
    if declared and len(found) < TOO_FEW:
        return Language(declared, 0.5)
    return found or Language(UNKNOWN, 0.0)


def _weighed(texts: Sequence[list[str]]) -> list[Language]:
    """Return the likeliest language of each text, given its words."""
    table = _table()
    logits = table.logits(texts)
    best = logits.argmax(1)
    confidence = 1 / np.exp(logits - logits.max(1, keepdims=True)).sum(1)
    langs = table.langs
    return [Language(langs[at], sure) for at, sure in zip(best.tolist(), confidence.tolist(), strict=True)]
