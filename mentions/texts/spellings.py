"""The words of many texts, and what is known of their spellings, in arrays."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

REMEMBERED = 100_000
"""Spellings; when there are more, all are forgotten before the next texts."""

Places = NDArray[np.intp]
Columns = tuple[NDArray[Any], ...]


class Spellings:
    """What is known of words: columns with a row for each, learnt when a word is first met."""

    _numbers: defaultdict[str, int]
    _columns: Columns

    def __init__(self, learn: Callable[[Sequence[str]], Columns]) -> None:
        """Take what works out the rows of some words, also of none."""
        self._learn = learn
        self._forget()

    def of(self, texts: Iterable[Sequence[str]]) -> Columns:
        """Return the rows of all words of these texts, in their order; the new ones are learnt together."""
        known = len(self._numbers)
        if known > REMEMBERED or known != len(self._columns[0]):  # or learning broke off the last time
            self._forget()
            known = 0
        numbers = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(texts)), np.intp)
        if new := len(self._numbers) - known:
            learnt = self._learn(list(islice(reversed(self._numbers), new))[::-1])
            columns = zip(self._columns, learnt, strict=True)
            self._columns = tuple(np.concatenate(column) for column in columns)
        return tuple(column[numbers] for column in self._columns)

    def _forget(self) -> None:
        self._numbers = defaultdict(count().__next__)
        self._columns = self._learn([])


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
