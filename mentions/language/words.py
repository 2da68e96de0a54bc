"""The words of a text that say something about its language, and their hashed character pieces."""

from __future__ import annotations

import re
from zlib import crc32

BITS = 16
_MASK = (1 << BITS) - 1
SIZES = (2, 3, 4)
LONGEST = 24
ENOUGH = 40
"""Words that decide; what follows them is not read."""

_WORDS = re.compile(r"https?://\S+|www\.\S+|[@＠#]\w+|&\w+;|([^\W\d_]+'?)")
NOISE = frozenset({"http", "rt", "via", "user", "lol", "jaja", "jajaja", "haha", "hahaha", "xd"})


def words(text: str) -> list[str]:
    """Return the first words of `text` in lower case.

    Links, handles, hashtags and what is typed in all languages ("haha") are left out.
    """
    return [word for word in _WORDS.findall(text.lower().replace("’", "'")) if word and word not in NOISE][
        :ENOUGH
    ]


def buckets(word: str) -> list[int]:
    """Return the buckets of the pieces of `word` (2 to 4 characters, with its edges) and of the whole."""
    raw = f"<{word[:LONGEST]}>".encode("utf-16-le", "surrogatepass")
    return [*pieces(raw), crc32(raw, 1) & _MASK]


def pieces(raw: bytes) -> list[int]:
    """Return the buckets of the pieces of UTF-16-LE bytes, which need not be a whole word."""
    return [
        crc32(raw[at : at + 2 * size]) & _MASK
        for size in SIZES
        for at in range(0, len(raw) - 2 * size + 1, 2)
    ]
