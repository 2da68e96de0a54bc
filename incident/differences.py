"""What changed between two versions of a text, in words as far as that can be read. Pure.

Two texts are compared word by word. A word is what stands between white space, its comma with it: that reads,
and is read out, better than a comma alone. Where so many words repeat that this would take long, paragraphs
are compared, and where those repeat as much, the one text goes and the other comes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Change = Literal["same", "added", "removed"]
Piece = tuple[str, str]
"""The gap before it, and the word or paragraph itself."""
WORDS = re.compile(r"(\S+)")
PARAGRAPHS = re.compile(r"([^\n]+)")
MAX_PAIRS = 50_000
"""Pairs of equal words, one of each text. A statement of 10,000 characters, the longest, has some 37,000."""


@dataclass(frozen=True)
class Part:
    """A stretch of the old text, the new one, or both."""

    text: str
    change: Change


@dataclass(frozen=True)
class Stretch:
    """What stands in the old text where `after` stands in the new one."""

    before: str
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after

    @property
    def words(self) -> int:
        return max(len(self.before.split()), len(self.after.split()))


def differences(before: str, after: str) -> list[Part]:
    """Same and added parts joined are `after`, same and removed ones `before`; what goes stands before what
    comes. No part is empty, and no two neighbours are of one kind."""
    return [part for stretch in _readable(_stretches(before, after)) for part in _parts(stretch)]


def _parts(stretch: Stretch) -> list[Part]:
    if stretch.same:
        return [Part(stretch.after, "same")]
    both = Part(stretch.before, "removed"), Part(stretch.after, "added")
    return [part for part in both if part.text]


def _stretches(before: str, after: str) -> Iterator[Stretch]:
    for pieces in (WORDS, PARAGRAPHS):
        old, new = _cut(before, pieces), _cut(after, pieces)
        if _pairs(old, new) <= MAX_PAIRS:
            return _joined(_matched(old, new))
    return iter([Stretch(before, after)])


def _cut(text: str, pieces: re.Pattern[str]) -> list[Piece]:
    """The text's pieces, each after the gap before it; the last is empty, after the gap at the end."""
    found = pieces.split(text)
    return list(zip(found[::2], [*found[1::2], ""], strict=True))


def _pairs(old: list[Piece], new: list[Piece]) -> int:
    there = Counter(piece for _, piece in new)
    return sum(count * there[piece] for piece, count in Counter(piece for _, piece in old).items())


def _matched(old: list[Piece], new: list[Piece]) -> Iterator[Stretch]:
    """Gaps do not count for what belongs together, and are compared once that is known."""
    matcher = SequenceMatcher(None, [piece for _, piece in old], [piece for _, piece in new], autojunk=False)
    for action, i1, i2, j1, j2 in matcher.get_opcodes():
        if action == "equal":
            for (gap, piece), (new_gap, _) in zip(old[i1:i2], new[j1:j2], strict=True):
                yield Stretch(gap, new_gap)
                yield Stretch(piece, piece)
        elif action == "replace":
            yield Stretch(old[i1][0], new[j1][0])
            yield Stretch(_text(old[i1:i2])[len(old[i1][0]) :], _text(new[j1:j2])[len(new[j1][0]) :])
        else:
            yield Stretch(_text(old[i1:i2]), _text(new[j1:j2]))


def _text(pieces: list[Piece]) -> str:
    return "".join(gap + piece for gap, piece in pieces)


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one kind made one."""
    filled = (stretch for stretch in stretches if stretch.before or stretch.after)
    for _, group in groupby(filled, key=lambda stretch: stretch.same):
        yield _one([*group])


def _one(stretches: list[Stretch]) -> Stretch:
    before, after = (stretch.before for stretch in stretches), (stretch.after for stretch in stretches)
    return Stretch("".join(before), "".join(after))


def _readable(stretches: Iterator[Stretch]) -> list[Stretch]:
    """A few words that stayed by chance between longer changes go and come with them: a sentence that was
    written anew reads as one change, not as confetti. Paragraphs stay apart."""
    read: list[Stretch] = []
    for stretch in stretches:
        if len(read) > 1 and not stretch.same and _by_chance(read[-2], read[-1], stretch):
            read[-2:] = [_one([*read[-2:], stretch])]
        else:
            read.append(stretch)
    return read


def _by_chance(left: Stretch, kept: Stretch, right: Stretch) -> bool:
    return kept.same and "\n" not in kept.after and kept.words < min(left.words, right.words)
