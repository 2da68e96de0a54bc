"""Texts to a sparse matrix, by the same functions over tokens that scoring uses.

Columns: words of the vocabulary | gram buckets | pair buckets | dense features | 1.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np
from scipy import sparse

from mentions.sentiment.artefact import VALENCE_SCALE, Header, Tables
from mentions.sentiment.features import GRAM_BITS, PAIR_BITS, gram_buckets
from mentions.sentiment.lexer import Lexer
from mentions.sentiment.tokens import normal, parts, split
from mentions.sentiment.walk import DENSE, dense, pairs

GRAMS, PAIRS = 1 << GRAM_BITS, 1 << PAIR_BITS
BATCH = 2_000
"""Texts read together, which is far quicker than one by one."""


def vocabulary(texts: Iterable[str], lang: str, lexicon: dict[str, float], least: int) -> list[str]:
    """Return the words to keep by name: those of the lexicon and those `least` times in the texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        for token in split(text, lang):
            names = [token[1:], *parts(token)] if token[0] == "#" and len(token) > 1 else [token]
            counts.update(normal(name) for name in names if name)
    frequent = {word for word, count in counts.items() if count >= least}
    return sorted(word for word in frequent | lexicon.keys() if word and "\n" not in word)


def blank(words: list[str], lexicon: dict[str, float]) -> Tables:
    """Return tables that know the words and their valences, and weigh nothing."""
    valence = array(
        "b", (round(max(-127, min(127, lexicon.get(word, 0.0) / VALENCE_SCALE))) for word in words)
    )
    nothing = array("h", bytes(2 * len(words)))
    header = Header(
        words=len(words),
        word_bytes=len("\n".join(words).encode()),
        grams=GRAMS,
        pairs=PAIRS,
        word_scale=1.0,
        gram_scale=1.0,
        pair_scale=1.0,
        bias=(0.0, 0.0),
        dense=[(0.0, 0.0)] * DENSE,
        built="",
    )
    grams, pairs = array("b", bytes(GRAMS)), array("b", bytes(PAIRS))
    return Tables(header, words, nothing, nothing, valence, grams, grams, pairs, pairs)


class Encoder:
    """Turns texts of one language into rows."""

    def __init__(self, lang: str, tables: Tables) -> None:
        self._lang = lang
        self._lexer = Lexer(lang, tables)
        self._index = {word: at for at, word in enumerate(tables.words)}
        self._memory: dict[str, list[tuple[int, float]]] = {}
        self.width = len(tables.words) + GRAMS + PAIRS + DENSE + 1

    def rows(self, texts: Sequence[str]) -> Any:
        """Return a CSR matrix, one row a text, float32."""
        columns, values, ends = array("i"), array("f"), [0]
        for at in range(0, len(texts), BATCH):
            for row in self._rows([split(text, self._lang) for text in texts[at : at + BATCH]]):
                columns.extend(column for column, _ in row)
                values.extend(value for _, value in row)
                ends.append(len(columns))
        shape = (len(texts), self.width)
        data = np.frombuffer(values, np.float32), np.frombuffer(columns, np.int32), np.array(ends)
        matrix = sparse.csr_matrix(data, shape=shape)
        matrix.sum_duplicates()
        return matrix

    def _rows(self, texts: Sequence[Sequence[str]]) -> Iterator[list[tuple[int, float]]]:
        """Yield (column, value) of each text's tokens."""
        read = self._lexer.read(texts)
        asked: list[list[int]] = [[] for _ in texts]
        for bucket, place in zip(*(part.tolist() for part in pairs(read)), strict=True):
            asked[place].append(bucket)
        base = len(self._index) + GRAMS
        for tokens, buckets, evidence in zip(texts, asked, dense(read).tolist(), strict=True):
            share = 1 / sqrt(len(tokens) or 1)
            row = [(column, value * share) for token in tokens for column, value in self._token(token)]
            row += [(base + bucket, share) for bucket in buckets]
            row += [(base + PAIRS + at, value) for at, value in enumerate(evidence)]
            yield [*row, (self.width - 1, 1.0)]

    def _token(self, token: str) -> list[tuple[int, float]]:
        found = self._memory.get(token)
        if found is None:
            found = self._memory[token] = self._features(token)
        return found

    def _features(self, token: str) -> list[tuple[int, float]]:
        name = normal(token)
        if name[0] != "#" or len(name) == 1:
            return self._word(token, name)
        words = parts(token)
        words = words if len(words) > 1 else [token[1:]]
        share = 1 / sqrt(len(words))
        return [(column, value * share) for word in words for column, value in self._word(word, normal(word))]

    def _word(self, token: str, name: str) -> list[tuple[int, float]]:
        name = self._lexer.known(token, name)
        buckets = gram_buckets(name)
        share = 1 / sqrt(len(buckets) or 1)
        found = [(len(self._index) + bucket, share) for bucket in buckets]
        at = self._index.get(name)
        return found if at is None else [(at, 1.0), *found]
