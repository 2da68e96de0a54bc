"""Hashes of the character pieces of many words at once: what language and sentiment look their weights up by.

A piece's hash is the CRC-32 of its UTF-16-LE bytes, as `zlib.crc32` gives it. Two bytes at a time through a
table of 65,536 entries (Sarwate, "Computation of cyclic redundancy checks via table look-up", 1988), for all
pieces of a size together, so that a batch of new words costs a few passes over arrays instead of a loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = np.uint32(0xEDB88320)
_ALL = np.uint32(0xFFFFFFFF)
_LOW = np.uint32(0xFFFF)
_HALF = np.uint32(16)

Hashes = NDArray[np.uint32]
Owners = NDArray[np.intp]


def _table() -> Hashes:
    """The CRC-32 of each pair of bytes, without the inversions at either end."""
    byte = np.arange(1 << 8, dtype=np.uint32)
    for _ in range(8):
        byte = (byte >> np.uint32(1)) ^ (_POLYNOMIAL * (byte & np.uint32(1)))
    pair = np.arange(1 << 16, dtype=np.uint32)
    for _ in range(2):
        pair = byte[pair & np.uint32(0xFF)] ^ (pair >> np.uint32(8))
    return pair


_TABLE = _table()


def hashed(words: Sequence[str], sizes: Sequence[int]) -> Iterator[tuple[Hashes, Owners]]:
    """Yield, for each of the ascending `sizes`, the hashes of all pieces of so many characters.

    Beside each hash stands the index of its word; words go up. A character outside the basic plane counts
    as two.
    """
    units, lengths = _units(words)
    owners = np.repeat(np.arange(len(words)), lengths)
    for hashes, whole in _rolled(units, owners, sizes):
        yield hashes[whole], owners[: len(whole)][whole]


def summed(
    table: NDArray[np.int8], words: Sequence[str], sizes: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return, for each word, the sum of `table`'s rows that its pieces fall on, and how many pieces it has.

    `table` is what `with_nothing` gives; a hash's low bits choose the row. The pieces of all sizes that begin
    at one character are added up first, so that the words' bounds matter once.
    """
    units, lengths = _units(words)
    owners, nothing = np.repeat(np.arange(len(words)), lengths), len(table) - 1
    begun = np.zeros((len(units), table.shape[1]), np.int16)  # a few bytes in each
    for hashes, whole in _rolled(units, owners, sizes):
        rows = np.where(whole, hashes & np.uint32(nothing - 1), np.uint32(nothing))
        begun[: len(rows)] += table.take(rows, axis=0)
    total = np.zeros((len(words), table.shape[1]), np.int32)
    full = np.flatnonzero(lengths)
    if len(full):
        total[full] = np.add.reduceat(begun, (np.cumsum(lengths) - lengths)[full], dtype=np.int32)
    return total, np.maximum(lengths[:, None] + 1 - np.array(sizes), 0).sum(1)


def with_nothing(table: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return `table`, a power of two of rows, and a row of zeros for what is no piece."""
    return np.append(table, np.zeros((1, table.shape[1]), np.int8), axis=0)


def _rolled(
    units: NDArray[np.uint32], owners: Owners, sizes: Sequence[int]
) -> Iterator[tuple[Hashes, NDArray[np.bool_]]]:
    """Yield, for each size, the hash of what begins at each unit, and whether that is inside one word."""
    state = np.full(len(units), _ALL)
    for size in range(1, max(sizes) + 1):
        inside = max(0, len(units) - size + 1)
        state = state[:inside]
        state = _TABLE[(state ^ units[size - 1 :]) & _LOW] ^ (state >> _HALF)
        if size in sizes:
            yield ~state, owners[:inside] == owners[size - 1 :]


def _units(words: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return the UTF-16 code units of all words, and how many each word has."""
    raw = "".join(words).encode("utf-16-le", "surrogatepass")
    units = np.frombuffer(raw, np.uint16).astype(np.uint32)
    lengths = np.fromiter(map(len, words), np.intp, len(words))
    if int(lengths.sum()) != len(units):
        wide = (len(word.encode("utf-16-le", "surrogatepass")) // 2 for word in words)
        lengths = np.fromiter(wide, np.intp, len(words))
    return units, lengths
