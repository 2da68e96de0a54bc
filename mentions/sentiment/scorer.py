"""Sentiment of short public texts in English, Spanish, Catalan and French, from tables in the package.

With n tokens, the weights w of their words and p of their pairs, dense features d and their weights v:

    logit(c) = bias(c) + (sum of w(c) + sum of p(c)) / sqrt(n) + sum of d v(c)      neutral's is 0

after Weinberger et al. 2009 (features.py) and Hutto and Gilbert 2014 (walk.dense): docs/sentiment.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment import artefact
from mentions.sentiment.artefact import Tables
from mentions.sentiment.lexer import Lexer
from mentions.sentiment.masks import BRANDS_THAT_ARE_WORDS, masked, pattern
from mentions.sentiment.model import LABELS, Sentiment
from mentions.sentiment.tokens import split
from mentions.sentiment.walk import dense, pairs

Floats = NDArray[np.float64]

LANGS = ("en", "es", "fr", "ca")
NEAREST = {"pt": "es", "gl": "es", "it": "es", "ast": "es", "oc": "ca"}
CHUNK = 200
"""Tokens after which a text is cut; its probabilities are the mean of its chunks'."""
AT_ONCE = 1_000
"""Chunks whose arrays are in memory together."""


class Scorer:
    """Scores batches of texts. Keeps what it learns of each spelling, so one instance should serve many."""

    def __init__(self, tables: dict[str, Tables] | None = None, *, mask: Iterable[str] = ()) -> None:
        """Take tables by language (default: those in the package, read when first needed).

        `mask` names brands, products or people whose words must not count, such as "Best Buy".
        """
        self._given = tables
        self._languages: dict[str, Language] = {}
        self._always = frozenset(mask) | BRANDS_THAT_ARE_WORDS
        self._mask: frozenset[str] = frozenset()
        self._phrases = pattern(())
        self.know(frozenset())

    def know(self, names: frozenset[str]) -> None:
        """From now on score these names, too, as handles are; nothing happens where they are the same."""
        mask = self._always | names
        if mask == self._mask:
            return
        self._mask = mask
        self._phrases = pattern(name for name in mask if not name.isalpha())
        self._languages = {}

    def prepare(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        """Nothing to do: the tables are here."""

    @classmethod
    def load(cls, *, mask: Iterable[str] = ()) -> Scorer:
        """Return a scorer over the tables in the package."""
        return cls(mask=mask)

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text.

        `langs` are ISO 639-1 codes, as many as texts, else ValueError. A language without tables is read with
        the nearest one's (pt, gl, ast, it: es; oc: ca; all others: en, which still knows emoji, signs and
        borrowed words).
        """
        return judge(self.probabilities(texts, langs))

    def probabilities(self, texts: Sequence[str], langs: Sequence[str | None]) -> Floats:
        """Return P(negative), P(neutral), P(positive) of each text, one row a text; see `score`."""
        codes = [lang if lang in LANGS else NEAREST.get(lang or "", "en") for lang in langs]
        tokens = [self._tokens(text, code) for text, code in zip(texts, codes, strict=True)]
        found = np.zeros((len(tokens), len(LABELS)))
        for code in set(codes):
            mine = [at for at, its in enumerate(codes) if its == code]
            found[mine] = self._language(code).probabilities([tokens[at] for at in mine])
        return found

    def _tokens(self, text: str, code: str) -> list[str]:
        return split(masked(text, self._phrases), code)

    def _language(self, code: str) -> Language:
        return self._languages.get(code) or self._open(code)

    def _open(self, code: str) -> Language:
        tables = self._given[code] if self._given is not None else artefact.load(code)
        language = Language(code, tables, self._mask | {name.upper() for name in self._mask})
        self._languages[code] = language
        return language


class Language:
    """One language's tables and memory."""

    def __init__(self, code: str, tables: Tables, mask: frozenset[str]) -> None:
        self._header = tables.header
        self._dense = np.array(tables.header.dense)
        self._pairs = [np.frombuffer(part, np.int8) for part in (tables.pair_negative, tables.pair_positive)]
        self._lexer = Lexer(code, tables, mask)

    def probabilities(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Return P(negative), P(neutral), P(positive) of each text's tokens: of a long one its chunks'."""
        chunks = [text[at : at + CHUNK] for text in texts for at in range(0, len(text) or 1, CHUNK)]
        parts = (chunks[at : at + AT_ONCE] for at in range(0, len(chunks), AT_ONCE))
        found = np.concatenate([softmax(self._logits(part)) for part in parts])
        if len(chunks) == len(texts):
            return found
        counts = np.array([-(-(len(text) or 1) // CHUNK) for text in texts])
        starts = np.cumsum(counts) - counts
        return np.asarray(np.add.reduceat(found, starts) / counts[:, None])

    def _logits(self, chunks: Sequence[Sequence[str]]) -> Floats:
        """Return the logits of negative and positive against neutral's 0."""
        header, tokens = self._header, self._lexer.read(chunks)
        buckets, whose = pairs(tokens)
        paired = np.stack([np.bincount(whose, table[buckets], tokens.texts) for table in self._pairs], axis=1)
        words = np.stack([tokens.summed(tokens.negative), tokens.summed(tokens.positive)], axis=1)
        share = 1 / np.sqrt(np.maximum(tokens.lengths, 1))
        return np.asarray(
            (words + paired * header.pair_scale) * share[:, None] + dense(tokens) @ self._dense + header.bias
        )


def softmax(logits: Floats) -> Floats:
    """Return three probabilities for each row of two logits against neutral's 0."""
    full = np.stack([logits[:, 0], np.zeros(len(logits)), logits[:, 1]], axis=1)
    raised = np.exp(full - full.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def judge(probabilities: Floats) -> list[Sentiment]:
    """Return the likeliest label, the score and the label's probability of each row."""
    best, sure = probabilities.argmax(1).tolist(), probabilities.max(1).tolist()
    scores = (probabilities[:, 2] - probabilities[:, 0]).tolist()
    return [Sentiment(LABELS[at], *rest) for at, *rest in zip(best, scores, sure, strict=True)]
