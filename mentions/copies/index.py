"""The recent stories in memory, and which of them a text repeats. Bounded; knows no database. Pure.

A story is a text that others repeat; only its first text is kept, so that a chain of small changes does not
end in quite another text. From each pair of words (`mentions.copies.sketch`) a table of fixed size leads to
the last two stories that had it: what the table proposes is then compared in full, so that a wrong proposal
costs time and no error.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from mentions.copies.sketch import LARGEST, Sketch

FEWEST_WORDS = 6
"""Below that, people say the same by themselves ("me too", "gràcies"): alike is no copy."""
FEWEST_OF_REPOST = 4
"""The same for a text that says it repeats another: RT @x: …"""
FEWEST_SHARED = 4  # pairs of words
OF_ONE_LENGTH = 0.85
"""From this share of the longer text's pairs on, words were exchanged; else they were put in or left out."""
SHARED_IF_EXCHANGED = 0.55
SHARED_OF_SHORTER = 0.8
SHARED_OF_LONGER = 0.35
FEWEST_OF_CUT = 5
"""Of a text that breaks off in an ellipsis; then it does not matter how much longer the other is."""
FEWEST_OF_CUT_REPOST = 3
"""Of one that says, too, that it repeats another, where the other has all its pairs."""
FEWEST_VOTES = 2  # pairs that must lead to a story before the two are compared in full
TRIED = 4  # stories compared in full
SLOT_PAIRS = 40
"""One other number or name for so many pairs of words leaves a text what it was."""

LAST_NUMBER = (1 << 32) - 1
"""Then running numbers begin anew: what still points to the old ones proposes in vain."""
SLOTS = 1 << 20
STORIES = 60_000


Note = TypeVar("Note")
"""What the index's user wants back with a story."""


class Kept(NamedTuple, Generic[Note]):
    """A story as it is known here: its number and first text."""

    story: int
    sketch: Sketch
    note: Note


class Found(NamedTuple, Generic[Note]):
    """The story that a text belongs to."""

    story: int
    fingerprint: int
    """Of the story's first text."""
    note: Note


def same(one: Sketch, other: Sketch, pairs: set[int]) -> bool:
    """Whether the two texts are copies of one another; `pairs` are those of `one`."""
    theirs: Sequence[int] = other.pairs
    ours, mine = len(pairs), pairs
    if len(theirs) == LARGEST or ours == LARGEST:
        mine, theirs = _sampled(one, other)
        ours = len(mine)
    shared = len(mine.intersection(theirs))
    shorter = one if ours <= len(theirs) else other
    fewer, more = sorted((ours, len(theirs)))
    return _enough(shared, fewer, more, shorter) and not _other_numbers_or_names(one, other, more)


def _enough(shared: int, fewer: int, more: int, shorter: Sketch) -> bool:
    """Whether so many pairs in common are a copy's: it holds the other text, or that with words exchanged."""
    if shorter.repost and shorter.cut and shared == fewer:
        return shared >= FEWEST_OF_CUT_REPOST
    if shared < FEWEST_SHARED:
        return False
    if fewer >= OF_ONE_LENGTH * more:
        return shared >= SHARED_IF_EXCHANGED * fewer
    whole = shared >= SHARED_OF_SHORTER * fewer
    return whole and (shared >= SHARED_OF_LONGER * more or (shorter.cut and shared >= FEWEST_OF_CUT))


def _sampled(one: Sketch, other: Sketch) -> tuple[set[int], Sequence[int]]:
    """Of two sketches the range that both know in full: below the largest number of a full one."""
    limit = min(part.pairs[-1] for part in (one, other) if len(part.pairs) == LARGEST)
    return {pair for pair in one.pairs if pair <= limit}, [pair for pair in other.pairs if pair <= limit]


def _other_numbers_or_names(one: Sketch, other: Sketch, pairs: int) -> bool:
    """The same words around another number or name: "flight 1 to Oslo" is no copy of "flight 2 to Rome"."""
    if not one.slots or not other.slots:
        return False
    theirs, places = set(other.slots), {place for place, _ in other.slots}
    other_filling = sum(slot[0] in places and slot not in theirs for slot in one.slots)
    return other_filling > pairs // SLOT_PAIRS


@dataclass
class Index(Generic[Note]):
    """The last `stories` stories. Memory is bounded by what it is made with."""

    stories: int = STORIES
    slots: int = SLOTS
    _newest: array[int] = field(init=False)
    _older: array[int] = field(init=False)
    _kept: dict[int, Kept[Note]] = field(default_factory=dict)
    """By a running number, oldest first."""
    _exact: dict[int, int] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        assert self.slots & (self.slots - 1) == 0, "slots must be a power of two"
        self._newest, self._older = (array("I", bytes(4 * self.slots)) for _ in range(2))

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, sketch: Sketch, *, repost: bool = False) -> Found[Note] | None:
        """The story that the text repeats; None when it is a text of its own.

        A text too short to be a copy by its words is found only as a `repost`, and then word for word.
        """
        if not self.tells(sketch, repost=repost):
            return None
        number = self._exact.get(sketch.exact)
        if number is not None:
            return _found(self._kept[number])
        fewest = FEWEST_OF_REPOST if repost or sketch.repost else FEWEST_WORDS
        return self._alike(sketch) if sketch.words >= fewest else None

    @staticmethod
    def tells(sketch: Sketch, *, repost: bool = False) -> bool:
        """Whether the text can be told from others that say the same by themselves."""
        return sketch.words >= FEWEST_WORDS or (sketch.words > 0 and (repost or sketch.repost))

    def _alike(self, sketch: Sketch) -> Found[Note] | None:
        votes: dict[int, int] = {}
        newest, older, mask = self._newest, self._older, self.slots - 1
        for pair in sketch.pairs:
            at = pair & mask
            if number := newest[at]:
                votes[number] = votes.get(number, 0) + 1
                if number := older[at]:
                    votes[number] = votes.get(number, 0) + 1
        proposed = [number for number, count in votes.items() if count >= FEWEST_VOTES]
        if not proposed:
            return None
        proposed.sort(key=votes.__getitem__, reverse=True)
        pairs = set(sketch.pairs)
        for number in proposed[:TRIED]:
            kept = self._kept.get(number)
            if kept is not None and same(sketch, kept.sketch, pairs):
                return _found(kept)
        return None

    def add(self, story: int, sketch: Sketch, note: Note) -> None:
        """Remember a story by its first text; the oldest is forgotten when there are too many."""
        self._number = number = self._number % LAST_NUMBER + 1
        self._kept[number] = Kept(story, sketch._replace(pairs=array("I", sketch.pairs)), note)
        self._exact.setdefault(sketch.exact, number)
        newest, older, mask = self._newest, self._older, self.slots - 1
        if sketch.words >= FEWEST_WORDS:
            for pair in sketch.pairs:
                at = pair & mask
                newest[at], older[at] = number, newest[at]
        if len(self._kept) > self.stories:
            self._drop(next(iter(self._kept)))

    def rename(self, fingerprint: int, story: int) -> None:
        """The story that begins with this text is another's: the same text, found by both."""
        number = self._exact.get(fingerprint)
        if number is not None:
            self._kept[number] = self._kept[number]._replace(story=story)

    def forget(self, stories: Set[int]) -> None:
        """As if these had never been added: what was to hold them was rolled back."""
        for number in [number for number, kept in self._kept.items() if kept.story in stories]:
            self._drop(number)

    def _drop(self, number: int) -> None:
        exact = self._kept.pop(number).sketch.exact
        if self._exact.get(exact) == number:
            del self._exact[exact]


def _found(kept: Kept[Note]) -> Found[Note]:
    return Found(kept.story, kept.sketch.exact, kept.note)
