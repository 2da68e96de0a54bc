"""What a sentiment model gives, and the shape of anything that can stand in for the one in the package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol, runtime_checkable

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
    """Anything that scores batches of texts."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text; `langs` are ISO 639-1 codes, None where unknown.

        Called inside a transaction: it computes, and asks nobody else.
        """
        ...

    def prepare(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        """Get ready to score these texts; called outside of any transaction, so here others may be asked."""
        ...

    def know(self, names: frozenset[str]) -> None:
        """From now on let these names of brands, products and people say nothing of the feeling."""
        ...


@runtime_checkable
class Replaced(Protocol):
    """A model in whose place the tables judge what it gives no judgement on."""

    name: str
    """As `mentions.sentiment.plugged.name_of` has it."""
    failing: str | None
    """Why the tables judged in its place when it was asked last; None: they did not."""
