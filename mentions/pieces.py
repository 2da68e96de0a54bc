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
    found = np.arange(1 << 16, dtype=np.uint32)
    for _ in range(16):
        odd = (found & np.uint32(1)).astype(bool)
        found >>= np.uint32(1)
        found[odd] ^= _POLYNOMIAL
    return found


_TABLE = _table()


def hashed(words: Sequence[str], sizes: Sequence[int]) -> Iterator[tuple[Hashes, Owners]]:
    """Yield, for each of the ascending `sizes`, the hashes of all pieces of so many characters.

    Beside each hash stands the index of its word; words go up. A character outside the basic plane counts
    as two.
    """
    units = np.frombuffer("".join(words).encode("utf-16-le", "surrogatepass"), np.uint16).astype(np.uint32)
    owners = np.repeat(np.arange(len(words)), _lengths(words, len(units)))
    state = np.full(len(units), _ALL)
    for size in range(1, max(sizes) + 1):
        inside = max(0, len(units) - size + 1)
        state = state[:inside]
        state = _TABLE[(state ^ units[size - 1 :]) & _LOW] ^ (state >> _HALF)
        if size in sizes:
            whole = owners[:inside] == owners[size - 1 :]
            yield ~state[whole], owners[:inside][whole]


def summed(
    table: NDArray[np.int8], words: Sequence[str], sizes: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return, for each word, the sum of `table`'s rows that its pieces fall on, and how many pieces it has.

    `table` has a power of two of rows; a hash's low bits choose one.
    """
    total = np.zeros((len(words), table.shape[1]), np.int32)
    count = np.zeros(len(words), np.int32)
    mask = np.uint32(len(table) - 1)
    for hashes, owners in hashed(words, sizes):
        if len(owners):
            starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
            found = owners[starts]
            total[found] += np.add.reduceat(table[hashes & mask], starts, dtype=np.int32)
            count[found] += np.diff(np.r_[starts, len(owners)]).astype(np.int32)
    return total, count


def _lengths(words: Sequence[str], units: int) -> NDArray[np.intp]:
    lengths = np.fromiter(map(len, words), np.intp, len(words))
    if int(lengths.sum()) != units:
        wide = (len(word.encode("utf-16-le", "surrogatepass")) // 2 for word in words)
        lengths = np.fromiter(wide, np.intp, len(words))
    return lengths
