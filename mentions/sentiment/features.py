"""Tokens to bucket numbers: the hashed features that training and scoring share.

The hashing trick after Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009):
no table of names is kept, only weights. Character grams see a word without its accents, between < and >.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from mentions.sentiment.tokens import fold
from mentions.texts.pieces import Hashes, hashed

GRAM_BITS = 17
PAIR_BITS = 17
_GRAM_MASK = (1 << GRAM_BITS) - 1
_PAIR_MASK = np.uint32((1 << PAIR_BITS) - 1)
GRAM_SIZES = (3, 4, 5)
MAX_WORD = 40

START = np.uint32(crc32(b"^"))
NEGATED = np.array([crc32(b"not ")], np.uint32)  # of one entry: arithmetic with arrays wraps in silence


def word_hash(word: str) -> int:
    """Return a 32 bit number for `word`."""
    return crc32(word.encode("utf-8", "replace"))


def pair_bucket(first: Hashes, second: Hashes) -> Hashes:
    """Return the buckets of words and their neighbours, given their hashes; the order counts."""
    return (np.uint32(3) * first + second) & _PAIR_MASK


def edged(word: str) -> str:
    """Return `word` without accents between < and >; empty for a word of one or two letters."""
    folded = fold(word[:MAX_WORD])
    return f"<{folded}>" if len(folded) > 2 and folded[0].isalpha() else ""


def gram_buckets(word: str) -> list[int]:
    """Return the buckets of the 3 to 5 character pieces of `word`; empty for words of one or two letters."""
    found = hashed([edged(word)], GRAM_SIZES)
    return [int(code) & _GRAM_MASK for hashes, _ in found for code in hashes.tolist()]
