"""Hashes of many words' pieces at once, beside zlib one by one."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mentions.texts.pieces import hashed, summed, with_nothing

WORDS = st.lists(st.text(max_size=12), max_size=6)


def one_by_one(word: str, size: int) -> list[int]:
    raw = word.encode("utf-16-le", "surrogatepass")
    return [crc32(raw[at : at + 2 * size]) for at in range(0, len(raw) - 2 * size + 1, 2)]


@given(WORDS)
def test_the_hashes_are_those_of_zlib(words: list[str]) -> None:
    for size, (hashes, owners) in zip((1, 3, 4), hashed(words, (1, 3, 4)), strict=True):
        wanted = [(code, at) for at, word in enumerate(words) for code in one_by_one(word, size)]
        assert list(zip(hashes.tolist(), owners.tolist(), strict=True)) == wanted


@given(WORDS)
def test_the_sums_are_those_of_the_pieces(words: list[str]) -> None:
    table = np.random.default_rng(1).integers(-127, 127, (64, 3), dtype=np.int8)
    total, count = summed(with_nothing(table), words, (2, 3))
    for at, word in enumerate(words):
        codes = [code & 63 for size in (2, 3) for code in one_by_one(word, size)]
        assert count[at] == len(codes)
        assert total[at].tolist() == table[codes].sum(0, dtype=np.int64).tolist()
