"""Sentiment of short public texts in English, Spanish, Catalan and French, from tables in the package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import exp, sqrt

from mentions.sentiment import artefact
from mentions.sentiment.artefact import Tables
from mentions.sentiment.lexer import Lexer
from mentions.sentiment.model import LABELS, Sentiment
from mentions.sentiment.tokens import HANDLE, split
from mentions.sentiment.walk import walk

LANGS = ("en", "es", "fr", "ca")
NEAREST = {"pt": "es", "gl": "es", "it": "es", "ast": "es", "oc": "ca"}
CHUNK = 200

# Brands that are words of praise in everyday language; as written, so that "united we stand" still counts.
BRANDS_THAT_ARE_WORDS = frozenset(
    {"United", "Virgin", "Target", "Delta", "Prime", "Orange", "Free", "Bumble"}
)


class Scorer:
    """Scores batches of texts. Keeps what it learns of each spelling, so one instance should serve many."""

    def __init__(self, tables: dict[str, Tables] | None = None, *, mask: Iterable[str] = ()) -> None:
        """Take tables by language (default: those in the package, read when first needed).

        `mask` names brands, products or people whose words must not count, such as "Best Buy".
        """
        self._given = tables
        self._languages: dict[str, _Language] = {}
        self._mask = frozenset(mask) | BRANDS_THAT_ARE_WORDS
        phrases = sorted((name for name in self._mask if not name.isalpha()), key=len, reverse=True)
        self._phrases = re.compile("|".join(map(re.escape, phrases)), re.IGNORECASE) if phrases else None

    @classmethod
    def load(cls, *, mask: Iterable[str] = ()) -> Scorer:
        """Return a scorer over the tables in the package."""
        return cls(mask=mask)

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text.

        `langs` are ISO 639-1 codes. A language without tables is read with the nearest one's (pt, gl, it: es;
        oc: ca; all others: en, which still knows emoji, signs and borrowed words).
        """
        return [self._one(text, lang) for text, lang in zip(texts, langs, strict=True)]

    def _one(self, text: str, lang: str | None) -> Sentiment:
        code = lang if lang in LANGS else NEAREST.get(lang or "", "en")
        language = self._languages.get(code) or self._open(code)
        if self._phrases is not None:
            text = self._phrases.sub(HANDLE, text)
        return judge(language.probabilities(split(text, code)))

    def _open(self, code: str) -> _Language:
        tables = self._given[code] if self._given is not None else artefact.load(code)
        language = _Language(code, tables, self._mask)
        self._languages[code] = language
        return language


class _Language:
    """One language's tables and memory."""

    def __init__(self, code: str, tables: Tables, mask: frozenset[str]) -> None:
        self._tables = tables
        self._lexer = Lexer(code, tables, mask)

    def probabilities(self, tokens: Sequence[str]) -> tuple[float, float, float]:
        """Return P(negative), P(neutral), P(positive); a long text is the mean of its chunks."""
        if len(tokens) <= CHUNK:
            return self._chunk(tokens)
        chunks = [self._chunk(tokens[at : at + CHUNK]) for at in range(0, len(tokens), CHUNK)]
        negative, neutral, positive = (sum(part) / len(chunks) for part in zip(*chunks, strict=True))
        return negative, neutral, positive

    def _chunk(self, tokens: Sequence[str]) -> tuple[float, float, float]:
        tables, lexer = self._tables, self._lexer
        header = tables.header
        sums = walk(tokens, lexer.known, lexer.learn, tables.pair_negative, tables.pair_positive)
        share = 1 / sqrt(len(tokens) or 1)
        negative = (sums.negative + sums.pair_negative * header.pair_scale) * share + header.bias[0]
        positive = (sums.positive + sums.pair_positive * header.pair_scale) * share + header.bias[1]
        for value, (to_negative, to_positive) in zip(sums.dense, header.dense, strict=True):
            negative += value * to_negative
            positive += value * to_positive
        return softmax(negative, positive)


def softmax(negative: float, positive: float) -> tuple[float, float, float]:
    """Return the three probabilities of two logits against neutral's 0."""
    top = max(negative, positive, 0.0)
    parts = exp(negative - top), exp(-top), exp(positive - top)
    total = sum(parts)
    return parts[0] / total, parts[1] / total, parts[2] / total


def judge(probabilities: tuple[float, float, float]) -> Sentiment:
    """Return the likeliest label, the score and the label's probability."""
    confidence = max(probabilities)
    label = LABELS[probabilities.index(confidence)]
    return Sentiment(label, probabilities[2] - probabilities[0], confidence)
