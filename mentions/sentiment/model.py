"""What a sentiment model gives, and the shape of anything that can stand in for the one in the package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")


class Sentiment(NamedTuple):
    """The judgement on one text."""

    label: Label
    score: float
    """P(positive) - P(negative), -1 … 1."""
    confidence: float
    """The label's probability, 0 … 1."""


class SentimentModel(Protocol):
    """Anything that scores a batch of texts, such as a slower and better model for an incident's mentions."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text; `langs` are ISO 639-1 codes, None where unknown."""
        ...
