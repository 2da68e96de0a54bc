"""What is known of a token, worked out once per spelling and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np

from mentions.pieces import summed
from mentions.sentiment.artefact import VALENCE_SCALE, Tables
from mentions.sentiment.features import GRAM_SIZES, edged, word_hash
from mentions.sentiment.tokens import HANDLE, normalised, parts
from mentions.sentiment.tokens import LINK as LINK_NAME
from mentions.sentiment.walk import Known
from mentions.sentiment.wordlists import EXCLAIM, LINK, PLAIN, QUESTION, STOP, STYLED, kinds

REMEMBERED = 100_000


class Lexer:
    """The tokens of one language, and a memory of them that is cleared when full."""

    def __init__(self, lang: str, tables: Tables, mask: frozenset[str] = frozenset()) -> None:
        """Take the tables of `lang` and the spellings to score as handles are scored."""
        self._mask = mask
        self._known: dict[str, Known] = {}
        self._tables = tables
        self._grams = np.stack(
            [np.frombuffer(part, np.int8) for part in (tables.gram_negative, tables.gram_positive)], axis=1
        )
        self._spelled: dict[str, tuple[float, float]] = {}
        self._index = {word: at for at, word in enumerate(tables.words)}
        self._kinds = kinds(lang)

    def prepare(self, tokens: set[str]) -> None:
        """Learn the tokens of a batch, their unseen words all at once."""
        if len(self._known) + len(tokens) > REMEMBERED:
            self._known.clear()
        fresh = list(tokens - self._known.keys())
        if not fresh:
            return
        named = list(zip(fresh, self._names(fresh), strict=True))
        asked = {word for token, name in named for word in (_words(token) if _is_tag(name) else [name])}
        self._spelled = self._spell(asked - self._index.keys())
        for token, name in named:
            self._known[token] = self._entry(token, name)
        self._spelled = {}

    def read(self, tokens: Iterable[str]) -> list[Known]:
        """Return what is known of these tokens; they must have been among the last that were prepared."""
        return list(map(self._known.__getitem__, tokens))

    def _names(self, tokens: list[str]) -> list[str]:
        names = normalised(tokens)
        if self._mask.isdisjoint(tokens):
            return names
        return [HANDLE if token in self._mask else name for token, name in zip(tokens, names, strict=True)]

    def _entry(self, token: str, name: str) -> Known:
        if _is_tag(name):
            return self._hashtag(token)
        return self._word(name, self._kind(token, name))

    def _kind(self, token: str, name: str) -> int:
        if (kind := self._kinds.get(name, PLAIN)) != PLAIN:
            return kind
        first = name[0]
        if first.isalpha():
            if name == LINK_NAME:
                return LINK
            shouted = len(token) > 2 and token.isupper()
            return STYLED if shouted or len(name) < len(token) else PLAIN
        if first in "!?¡¿":
            return EXCLAIM if "!" in name else QUESTION
        if first in ".,;:…":
            return STOP if len(name) < 2 or name[1] == "." else PLAIN
        return PLAIN

    def _hashtag(self, token: str) -> Known:
        """A hashtag weighs what its words weigh together, and is one token to its neighbours."""
        *names, tag = _words(token)
        words = [self._word(name, PLAIN) for name in names]
        whole = self._word(tag, PLAIN)
        if len(words) == 1:
            return whole
        share = 1 / sqrt(len(words))
        return Known(
            sum(word.negative for word in words) * share,
            sum(word.positive for word in words) * share,
            whole.hash,
            sum(word.valence for word in words),
            PLAIN,
        )

    def _word(self, name: str, kind: int) -> Known:
        tables = self._tables
        code = word_hash(name)
        at = self._index.get(name)
        if at is None:
            return Known(*self._spelled[name], code, 0.0, kind)
        scale = tables.header.word_scale
        return Known(
            tables.negative[at] * scale,
            tables.positive[at] * scale,
            code,
            tables.valence[at] * VALENCE_SCALE,
            kind,
        )

    def _spell(self, names: Iterable[str]) -> dict[str, tuple[float, float]]:
        """Return the two logits of each name outside the vocabulary: what its character pieces weigh.

        A word of one or two letters weighs nothing.
        """
        asked = list(names)
        total, count = summed(self._grams, [edged(name) for name in asked], GRAM_SIZES)
        share = self._tables.header.gram_scale / np.sqrt(np.maximum(count, 1))
        return dict(zip(asked, map(tuple, (total * share[:, None]).tolist()), strict=True))


def _words(token: str) -> list[str]:
    """Return the names of the words inside a hashtag, and of the hashtag as one word."""
    return normalised([*parts(token), token[1:]])


def _is_tag(name: str) -> bool:
    return name[0] == "#" and len(name) > 1
