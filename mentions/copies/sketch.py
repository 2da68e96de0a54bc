"""A text as a set of numbers: hashes of its pairs of neighbouring words, a whole batch in one go. Pure.

What people add to a text or change in it when they pass it on is left out: case, accents, signs, emoji,
links, handles, the sign of hashtags, "RT @x:", "via @x", a word cut by an ellipsis. Of the pairs the
`LARGEST` smallest hashes are kept (the bottom-k sketch of A. Broder, "On the resemblance and containment
of documents", 1997): all of them for a post, a fair sample of an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mentions.copies.letters import SEPARATOR, SIZE, letters

LARGEST = 64
"""Pairs kept of one text."""
AT_ONCE = 500
"""Texts: the arrays of more do not stay in the processor's cache, and take twice as long."""
SHOUTED = 0.5
"""From this share of words with a capital on, capitals are style and tell no names."""

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_AT, _TAG, _CUT, _DOT, _SLASH, _COLON = (ord(sign) for sign in "@#…./:")
_START, _END = np.uint64(0x5EED0001), np.uint64(0x5EED0002)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_POWERS = np.cumprod(np.full(256, _BASE, np.uint64))
"""Odd, so that a product with one of them loses nothing."""


class Sketch(NamedTuple):
    """What is compared of one text."""

    exact: int
    """Fingerprint of all its words in order: signed, 64 bits."""
    words: int
    pairs: Sequence[int]
    """Hashes of pairs of neighbouring words, ascending, 32 bits each, at most LARGEST."""
    slots: Sequence[tuple[int, int]]
    """What stands where: (hash of the neighbours, hash of the numbers or names between them)."""
    repost: bool
    """It says of itself that it repeats another: RT @x: …"""
    cut: bool
    """It ends in an ellipsis, in the middle of something."""


def sketch(texts: Sequence[str]) -> list[Sketch]:
    """One sketch for each text."""
    parts = (texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE))
    return [made for part in parts for made in _sketch(part)]


def _sketch(texts: Sequence[str]) -> list[Sketch]:
    codes, at = _codes(texts)
    words = _Words.read(codes, at)
    pairs, slots = _pairs(words, len(texts)), _slots(words, len(texts))
    counts = np.bincount(words.text, minlength=len(texts)).tolist()
    exact = _exact(words, len(texts)).tolist()
    rows = zip(exact, counts, pairs, slots, words.repost.tolist(), words.cut.tolist(), strict=True)
    return [Sketch(*row) for row in rows]


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The code points of all texts, each ended by a separator, and to which text each belongs."""
    joined = "\x1e".join(texts) + "\x1e"
    if joined.count("\x1e") != len(texts):
        joined = "\x1e".join(text.replace("\x1e", " ") for text in texts) + "\x1e"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.minimum(codes, SIZE - 1)
    codes = codes[~letters().dropped[codes]]
    ended = codes == SEPARATOR
    at = np.cumsum(ended, dtype=np.uint32)
    at -= ended
    return codes, at


class _Words(NamedTuple):
    """The words of all texts in order. Arrays of [word], but for the last two, which are of [text]."""

    text: NDArray[np.uint32]
    hash: Hashes
    mark: Flags
    """It holds a digit, or is a name by its capital."""
    repost: Flags
    cut: Flags

    @classmethod
    def read(cls, codes: NDArray[np.uint32], at: NDArray[np.uint32]) -> _Words:
        table = letters()
        folded = table.folded[codes]
        start, stop = _bounds(folded > 0, table.alone[codes])
        text = at[start]
        hashes = _word_hashes(folded, start, stop)
        handle = codes[start - 1] == _AT  # at -1 is the last separator
        before_handle = np.append(handle[1:] & (text[1:] == text[:-1]), False)
        passed_on = before_handle & np.isin(hashes, _PASSED_ON)
        first = np.append(True, text[1:] != text[:-1])[: len(text)]
        repost = np.zeros(int(at[-1]) + 1, np.bool_)
        repost[text[first & passed_on & (hashes == _RT)]] = True
        link = _links(codes, table.space[codes])[start]
        keep = ~(link | handle | passed_on)
        mark = _marks(codes, start, stop, text)
        start, stop, text, hashes, mark = (part[keep] for part in (start, stop, text, hashes, mark))
        broken, cut = _cut(codes, stop, text, len(repost))
        return cls(text[~broken], hashes[~broken], mark[~broken], repost, cut)


def _bounds(inside: Flags, alone: Flags) -> tuple[Places, Places]:
    """Where words begin and where they have ended. A lone sign is a word by itself."""
    before, was_alone = np.append(False, inside[:-1]), np.append(False, alone[:-1])
    start = np.flatnonzero(inside & (~before | alone | was_alone))
    after, comes_alone = np.append(inside[1:], False), np.append(alone[1:], False)
    stop = np.flatnonzero(inside & (~after | alone | comes_alone)) + 1
    return start, stop


def _word_hashes(folded: NDArray[np.uint32], start: Places, stop: Places) -> Hashes:
    if not len(start):
        return np.zeros(0, np.uint64)
    inside = np.flatnonzero(folded)
    length = stop - start
    first = np.cumsum(length) - length
    place = np.minimum(np.arange(len(inside)) - np.repeat(first, length), len(_POWERS) - 1)
    return _mix(np.add.reduceat(folded[inside] * _POWERS[place], first))


def _mix(numbers: Hashes) -> Hashes:
    """Every bit of the input in every bit of the output (splitmix64, G. Steele and others, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _links(codes: NDArray[np.uint32], space: Flags) -> Flags:
    """For each character whether it is in a link: between spaces, with "://" or a dot before a slash."""
    slash = codes == _SLASH
    scheme = slash[:-1] & (codes[1:] == _SLASH) & (np.append(0, codes[:-2]) == _COLON)
    piece = np.cumsum(space)
    dots = np.cumsum(codes == _DOT)
    opened = np.append(0, dots[space])[piece]  # dots before this piece
    tell = slash & (dots > opened)
    tell[:-1] |= scheme
    linked = np.zeros(int(piece[-1]) + 1, np.bool_)
    linked[piece[tell]] = True
    found: Flags = linked[piece]
    return found


def _marks(codes: NDArray[np.uint32], start: Places, stop: Places, text: NDArray[np.uint32]) -> Flags:
    """Words with a digit, and names: a capital inside a sentence of a text that does not shout. No tags."""
    if not len(start):
        return np.zeros(0, np.bool_)
    table = letters()
    digits = np.append(0, np.cumsum(table.digit[codes]))
    ends = np.append(0, np.cumsum(table.ends[codes]))
    opens = ends[start] > ends[np.append(0, stop[:-1])]
    opens |= np.append(True, text[1:] != text[:-1])
    capital, tag = table.upper[codes[start]], codes[start - 1] == _TAG
    shouts = np.bincount(text, capital) >= SHOUTED * np.bincount(text)
    number: Flags = digits[stop] > digits[start]
    marks: Flags = ~tag & (number | (capital & ~opens & ~shouts[text]))
    return marks


def _cut(
    codes: NDArray[np.uint32], stop: Places, text: NDArray[np.uint32], texts: int
) -> tuple[Flags, Flags]:
    """Which words are the last of their text and run into an ellipsis; which texts end in one."""
    padded = np.append(codes, [0, 0, 0])
    stop = stop + letters().space[padded[stop]]
    dots = (padded[stop] == _DOT) & (padded[stop + 1] == _DOT) & (padded[stop + 2] == _DOT)
    last = np.append(text[1:] != text[:-1], True)[: len(text)]
    broken = last & (dots | (padded[stop] == _CUT))
    cut = np.zeros(texts, np.bool_)
    cut[text[broken]] = True
    return broken, cut


def _pairs(words: _Words, texts: int) -> list[list[int]]:
    together = words.text[1:] == words.text[:-1]
    hashes = _mix(words.hash[:-1] * _POWERS[0] + words.hash[1:])[together] >> np.uint64(32)
    text = words.text[1:][together].astype(np.uint64)
    found = np.sort((text << np.uint64(32)) | hashes)  # np.unique takes four times as long
    found = found[np.append(True, found[1:] != found[:-1])[: len(found)]]
    text, hashes = found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)
    bounds = np.searchsorted(text, np.arange(texts + 1, dtype=np.uint64)).tolist()
    flat = hashes.tolist()
    return [flat[a : min(b, a + LARGEST)] for a, b in pairwise(bounds)]


def _slots(words: _Words, texts: int) -> list[list[tuple[int, int]]]:
    """Runs of numbers and names with the words on both sides of them."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(texts)]
    new = np.append(True, words.text[1:] != words.text[:-1])[: len(words.text)]
    end = np.append(new[1:], True)[: len(new)]
    start = np.flatnonzero(words.mark & (new | ~np.append(False, words.mark[:-1])))
    if not len(start):
        return found
    stop = np.flatnonzero(words.mark & (end | ~np.append(words.mark[1:], False)))
    # at an edge, where people add words, only runs of one length are compared
    length = (stop - start).astype(np.uint64)
    left = np.where(new[start], _START + length, words.hash[start - 1])
    right = np.where(end[stop], _END - length, np.append(words.hash, _END)[stop + 1])
    around = _mix(left * _POWERS[1] + right) >> np.uint64(32)
    filling = _runs(words.hash, start, stop + 1) >> np.uint64(32)
    whole = ~(end[stop] & words.cut[words.text[start]])  # what an ellipsis cut has no neighbour
    rows = zip(
        words.text[start][whole].tolist(), around[whole].tolist(), filling[whole].tolist(), strict=True
    )
    for text, key, value in rows:
        if len(found[text]) < LARGEST:
            found[text].append((key, value))
    return found


def _runs(hashes: Hashes, start: Places, stop: Places) -> Hashes:
    """One hash for each run of words, the order told."""
    length = stop - start
    first = np.cumsum(length) - length
    place = np.arange(int(length.sum())) - np.repeat(first, length)
    picked = hashes[np.repeat(start, length) + place]
    return _mix(np.add.reduceat(picked * _POWERS[place % len(_POWERS)], first))


def _exact(words: _Words, texts: int) -> NDArray[np.int64]:
    """One number for each text's words in order; 0 where there are none."""
    exact = np.zeros(texts, np.uint64)
    start = np.flatnonzero(np.append(True, words.text[1:] != words.text[:-1])[: len(words.text)])
    if len(start):
        exact[words.text[start]] = _runs(words.hash, start, np.append(start[1:], len(words.text)))
    return exact.view(np.int64)


def _hash_of(*words: str) -> Hashes:
    folded = [ord(letter) for word in words for letter in word]
    stop = np.cumsum([len(word) for word in words])
    return _word_hashes(np.array(folded, np.uint32), np.append(0, stop[:-1]), stop)


_PASSED_ON = _hash_of("rt", "via", "mt", "cc")
_RT = _PASSED_ON[0]
