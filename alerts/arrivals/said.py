"""What is looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """A mention in words of its own."""

    id: int
    account: str
    minute: int
    words: Mapping[str, str]
    """Folded, and as they are written; none that says nothing, and none of the brand's own."""
    sentiment: str
    harm: bool


@dataclass(frozen=True)
class Spread:
    """A story in the last minutes: `accounts` that copied it, how often, and how many of them cross."""

    story: int
    minute: int
    """Of the first of these copies."""
    copies: int
    accounts: int
    negative: int
    positive: int
    harm: bool


@dataclass(frozen=True)
class Past:
    """What is usual, from before the window."""

    until: int
    """The hour before which it ends, since 1970-01-01 UTC."""
    last_id: int
    """Of the mentions that were there when it was read."""
    days: float
    """Since the first mention that is counted in it."""
    texts: int
    negative: float
    """Share of them."""
    known: Set[str]
    """Words that more than a few of the texts have."""
    fastest: tuple[int, ...]
    """Accounts that copied the fastest story of each whole day."""

    def told(self) -> dict[str, Any]:
        """As much as evidence holds of it, ready for JSON."""
        names = ("until", "last_id", "texts", "negative", "fastest")
        return {name: getattr(self, name) for name in names}


def in_own_words(said: Iterable[Said]) -> list[Said]:
    """In the order of arrival, each wording once: a greeting that all repeat is one, so is a short copy."""
    first: dict[frozenset[str], Said] = {}
    for one in sorted(said, key=lambda one: (one.minute, one.id)):
        if one.words:
            first.setdefault(frozenset(one.words), one)
    return list(first.values())
