"""Names that must not be read as praise or blame ("United", "Best Buy"), found in monitors' queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from mentions.sentiment.tokens import HANDLE

_TERMS = re.compile(r'"([^"]+)"|([^\s()":]+)')
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})

BRANDS_THAT_ARE_WORDS = frozenset(
    {"United", "Virgin", "Target", "Delta", "Prime", "Orange", "Free", "Bumble"}
)
"""Brands that are words of praise; as written, so that "united we stand" still counts."""


@lru_cache(maxsize=16)
def names_in(queries: tuple[str, ...]) -> frozenset[str]:
    """Return the terms of these queries that are written as names are: with a capital.

    What stands in small letters ("renfe", but also "refund") may be a word, and words must keep their weight.
    """
    found = {quoted or bare for query in queries for quoted, bare in _TERMS.findall(query)}
    return frozenset(
        term for term in found if term[:1].isupper() and term.rstrip("0123456789/") not in _OPERATORS
    )


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds these names as whole words, the longest first, in any case; None for none."""
    words = sorted(filter(None, names), key=len, reverse=True)
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE) if words else None
    )


def masked(text: str, names: re.Pattern[str] | None) -> str:
    """Return `text` with a handle in place of each name."""
    return names.sub(HANDLE, text) if names is not None else text
