"""The words of a text that say something about its language."""

from __future__ import annotations

import re
from zlib import crc32

from mentions.texts.spellings import pieces

SIZES = (1, 2, 3, 4)
"""Characters in a piece of a word, its edges marked with < and >."""
LONGEST = 24
ENOUGH = 40
"""Words that decide; what follows them is not read."""
READ = 1000
"""Characters that are looked at: forty words and what may stand between them."""

_ASIDE = re.compile(r"https?://\S+|www\.\S+|[@＠#]\w+|&\w+;")
_WORDS = re.compile(r"[^\W\d_]+'?")
NOISE = frozenset({"http", "rt", "via", "user", "lol", "jaja", "jajaja", "haha", "hahaha", "xd"})


def words(text: str) -> list[str]:
    """Return the first words of `text` in lower case.

    Links, handles, hashtags and what is typed in all languages ("haha") are left out.
    """
    found = pieces(_ASIDE.sub(" ", text[:READ]).lower().replace("’", "'"), _WORDS)
    if not NOISE.isdisjoint(found):
        found = [word for word in found if word not in NOISE]
    return found[:ENOUGH]


def word_hash(word: str) -> int:
    """Return a 32 bit number for a whole word."""
    return crc32(word[:LONGEST].encode("utf-8", "surrogatepass"))
