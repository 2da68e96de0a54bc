"""The words of many texts, and numbers for their spellings: what is known of them can stand in arrays."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, count, islice

import numpy as np
from numpy.typing import NDArray

REMEMBERED = 100_000
"""Spellings; when there are more, all are forgotten before the next texts."""

Places = NDArray[np.intp]


class Spellings:
    """Numbers 0, 1, 2 … in the order of first sight."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)

    @property
    def full(self) -> bool:
        return len(self._numbers) > REMEMBERED

    def numbered(self, texts: Iterable[Sequence[str]]) -> tuple[Places, list[str]]:
        """Return the numbers of all words of these texts in their order, and the words that are new."""
        before = len(self._numbers)
        numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(texts)), np.intp)
        fresh = list(islice(reversed(self._numbers), len(self._numbers) - before))
        return numbers, fresh[::-1]


def pieces(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Return what `pattern` finds, which holds no space and takes letters between spaces as one.

    Most of a text are such letters: to look is half as dear as to match.
    """
    found: list[str] = []
    for piece in text.split():
        if piece.isalpha():
            found.append(piece)
        else:
            found += pattern.findall(piece)
    return found


def owners(texts: Sequence[Sequence[str]]) -> Places:
    """Return for each word of these texts the place of its text."""
    return np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.intp, len(texts)))
