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
    found = _WORDS.findall(text.lower().replace("’", "'"))
    return [word for word in found if word and word not in NOISE][:ENOUGH]


def spelled(word: str) -> list[str]:
    """Return the pieces of `word` with its edges marked, and the whole."""
    edged = f"<{word[:LONGEST]}>"
    return [*pieces(edged), edged]


def pieces(letters: str) -> list[str]:
    """Return all runs of 2 to 4 characters."""
    return [letters[at : at + size] for size in SIZES for at in range(len(letters) - size + 1)]


def bucket(piece: str) -> int:
    """Return the bucket of a piece."""
    return crc32(piece.encode("utf-8", "surrogatepass")) & _MASK
