"""The tree of a query: words, what stands between them, and fields.

Each node says whether an item fits (`holds`) and names its anchors: of an item that fits, at least one
anchor is true. An anchor is a needle to find in the item's line of words, or a field with its value, or
ANY for what needs to be tried on every item. None instead of anchors: it may fit an item that has nothing
of what it names, as everything does that only excludes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Protocol

from mentions.query.item import Reading, bare, values

Anchor = str | tuple[str, str]
"""A needle of the line of words, or (field, value)."""
ANY: Anchor = ("", "")
Crowd = Mapping[Anchor, int]
ALONE: Crowd = MappingProxyType({})
MAX_NEAR = 100  # words
MAX_STAR = 40  # letters that one * stands for
MAX_PLACES = 500
"""Places of one word or phrase in one text that NEAR looks at, the first ones."""
_OWN = frozenset({"author", "site"})  # fields whose values few items share
_APART = 10 * MAX_NEAR  # words that a title counts as being away from the text
# Scripts without blanks between words, and Hangul, whose particles are written onto the word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


class Node(Protocol):
    def holds(self, reading: Reading) -> bool:
        """Whether the item fits."""

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        """Of which a fitting item has at least one; None when it may have none of them.

        crowd: how many other queries hang on an anchor already, so that another one is chosen where it may.
        """


class Span(NamedTuple):
    """Where something stands: numbers of its first and its last word."""

    first: int
    last: int


@dataclass(frozen=True)
class Words:
    """A word, or several side by side. The first may begin with # or @; `*` stands for letters."""

    parts: tuple[str, ...]

    def holds(self, reading: Reading) -> bool:
        return self.found_in(reading.signed if self._is_signed else reading.line)

    def titles(self, reading: Reading) -> bool:
        """Whether the item's title has it."""
        return self.found_in(reading.signed_title if self._is_signed else reading.title)

    def found_in(self, line: str) -> bool:
        if self._pattern is not None:
            return self._pattern.search(line) is not None
        return self._needle in line

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        needles = map(_needle_of, self.parts)
        return frozenset([min(needles, key=lambda needle: (crowd.get(needle, 0), -len(needle)))])

    def spans(self, reading: Reading) -> list[Span]:
        """The places where it stands, in order; found once for all queries that ask."""
        found = reading.places.get(self)
        if found is None:
            reading.places[self] = found = self._spans(reading)
        return found

    def _spans(self, reading: Reading) -> list[Span]:
        line = reading.signed if self._is_signed else reading.line
        found: list[Span] = []
        counted, number = 0, 0
        match = self._searched.search(line)
        while match is not None and len(found) < MAX_PLACES:
            start, end = _trimmed(line, *match.span())
            number += _words_between(line, counted, start)
            found.append(Span(number, number + line.count(" ", start, end)))
            counted = start
            match = self._searched.search(line, match.start() + 1)
        return found

    @property
    def is_unspaced(self) -> bool:
        """Whether it is looked for inside of words as well."""
        return not (self._needle.startswith(" ") and self._needle.endswith(" "))

    @property
    def _is_signed(self) -> bool:
        return self.parts[0][0] in "#@"

    @cached_property
    def _needle(self) -> str:
        text = " ".join(self.parts)
        if self._is_signed:
            return f" {text} "
        return _edge(text[0]) + text + _edge(text[-1])

    @cached_property
    def _searched(self) -> re.Pattern[str]:
        return self._pattern or re.compile(re.escape(self._needle))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """For words with `*` only: a needle is found faster."""
        if not any("*" in part for part in self.parts):
            return None
        letters = f"[^ ]{{0,{MAX_STAR}}}"
        return re.compile(
            " ".join(["", *(re.escape(p).replace(r"\*", letters) for p in self.parts)]) + "(?= )"
        )


def _needle_of(part: str) -> str:
    """What the line has of this one word wherever the word stands in it."""
    word = bare(part)
    if "*" in word:
        return f" {word.split('*')[0]}"
    return _edge(word[0]) + word + _edge(word[-1])


def _edge(letter: str) -> str:
    return "" if _UNSPACED.match(letter) else " "


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    """The place without the blanks around it."""
    return start + (line[start] == " "), end - (line[end - 1] == " ")


def _words_between(line: str, start: int, end: int) -> int:
    """How many words begin in this stretch; the end of a title counts as many."""
    return line.count(" ", start, end) + _APART * line.count("\n", start, end)


@dataclass(frozen=True)
class Not:
    part: Node

    def holds(self, reading: Reading) -> bool:
        return not self.part.holds(reading)

    def anchors(self, _: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return None


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]

    def holds(self, reading: Reading) -> bool:
        return all(part.holds(reading) for part in self.parts)

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return _narrowest([part.anchors(crowd) for part in self.parts], crowd)


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]

    def holds(self, reading: Reading) -> bool:
        return any(part.holds(reading) for part in self.parts)

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        known = [part.anchors(crowd) for part in self.parts]
        return None if None in known else frozenset().union(*(found for found in known if found))

    def spans(self, reading: Reading) -> list[Span]:
        """The places of all its words, in order and each once."""
        parts = [part.spans(reading) for part in set(self.parts) if isinstance(part, Words | Or)]
        return sorted({span for spans in parts for span in spans})

    @property
    def is_unspaced(self) -> bool:
        return any(part.is_unspaced for part in self.parts if isinstance(part, Words | Or))


@dataclass(frozen=True)
class Near:
    """Both stand in the same title or text, the one at most `distance` words before or after the other.

    Neighbours are at distance 1. In scripts without blanks a run of letters counts as one word, and both may
    be in it.
    """

    one: Words | Or
    other: Words | Or
    distance: int

    def holds(self, reading: Reading) -> bool:
        left = self.one.spans(reading)
        right = self.other.spans(reading) if left else []
        if not right:
            return False
        least = 0 if self.one.is_unspaced or self.other.is_unspaced else 1
        few, many = sorted([left, right], key=len)
        firsts, lasts = [span.first for span in many], sorted(span.last for span in many)
        return any(
            _has_between(firsts, span.last + least, span.last + self.distance)
            or _has_between(lasts, span.first - self.distance, span.first - least)
            for span in few
        )

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return _narrowest([self.one.anchors(crowd), self.other.anchors(crowd)], crowd)


def _has_between(ordered: Sequence[int], low: int, high: int) -> bool:
    return bisect_left(ordered, low) < bisect_right(ordered, high)


def _narrowest(sets: Sequence[frozenset[Anchor] | None], crowd: Crowd) -> frozenset[Anchor] | None:
    """The anchors that the fewest items will have, as far as one can tell from them."""
    known = (found for found in sets if found is not None)
    return min(known, key=lambda anchors: _breadth(anchors, crowd), default=None)


def _breadth(anchors: frozenset[Anchor], crowd: Crowd) -> tuple[int, int, int, int]:
    """Words before fields that many items share; then what few queries ask for (a brand's name stands in all
    of its monitors, and in most of what is said); then few before many; then long before short.
    """
    shared = sum(isinstance(anchor, tuple) and anchor[0] not in _OWN for anchor in anchors)
    shortest = min((len(anchor) for anchor in anchors if isinstance(anchor, str)), default=0)
    crowded = max((crowd.get(anchor, 0) for anchor in anchors), default=0)
    return shared, crowded, len(anchors), -shortest


@dataclass(frozen=True)
class Titled:
    """The title has these words."""

    words: Words

    def holds(self, reading: Reading) -> bool:
        return self.words.titles(reading)

    def anchors(self, crowd: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return self.words.anchors(crowd)


@dataclass(frozen=True)
class Field:
    """A field of the item has this value: lang, source, kind, country, author, site."""

    name: str
    value: str

    def holds(self, reading: Reading) -> bool:
        return self.value in values(reading.item, self.name)

    def anchors(self, _: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return frozenset([(self.name, self.value)])


@dataclass(frozen=True)
class Followers:
    """The author's audience is known and compares like this with the number."""

    sign: str
    """>, >=, <, <= or =."""
    number: int

    def holds(self, reading: Reading) -> bool:
        known = reading.item.followers
        if known is None:
            return False
        order = (known > self.number) - (known < self.number)
        return order in _ORDERS[self.sign]

    def anchors(self, _: Crowd = ALONE, /) -> frozenset[Anchor] | None:
        return frozenset([ANY])


_ORDERS = {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0), "=": (0,)}
