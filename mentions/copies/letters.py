"""What each character counts for when two texts are compared: tables over code points."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIZE = 0x20000
"""Characters from here on (rare ideographs, tags, private use) count as no letters."""
SEPARATOR = 0x1E
"""Between two texts of a batch."""

_FOLDED = (range(0x3000), range(0xA000, 0xAC00), range(0xF900, 0x10000), range(0x1D400, 0x1D800))
"""Where letters have case, accents or compatibility forms: alphabets, full width, mathematical letters."""
_PLAIN = range(0xAC00, 0xD7A4)
"""Hangul: letters as they are."""
_ALONE = (range(0x3005, 0x3008), range(0x3041, 0x3130), range(0x31F0, 0x3200), range(0x3400, 0xA000))
"""Kana and ideographs, written without spaces: each is a word of its own."""
_SENTENCE = '\n.!?:;…¡¿"“”«»()[]|•–—\x1e'
"""After these a word has a capital whether it is a name or not."""


class Letters(NamedTuple):
    """Each table is indexed by code point below SIZE."""

    folded: NDArray[np.uint32]
    """The letter or digit in lower case without accents; 0: no part of a word."""
    dropped: NDArray[np.bool_]
    """Accents, joiners and variation signs: as if not there."""
    upper: NDArray[np.bool_]
    digit: NDArray[np.bool_]
    space: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    """Signs that end a sentence or a quotation."""


@cache
def letters() -> Letters:
    """The tables; made once, in about 30 ms."""
    tables = Letters(np.zeros(SIZE, np.uint32), *(np.zeros(SIZE, np.bool_) for _ in range(6)))
    for code in chain(*_FOLDED):
        _fill(tables, code)
    tables.folded[_PLAIN] = np.array(_PLAIN)
    for part in _ALONE:
        tables.folded[part], tables.alone[part] = np.array(part), True
    tables.ends[[ord(sign) for sign in _SENTENCE]] = True
    return tables


def _fill(tables: Letters, code: int) -> None:
    sign = chr(code)
    category = unicodedata.category(sign)
    tables.dropped[code] = category in ("Mn", "Me", "Cf")
    tables.upper[code] = category in ("Lu", "Lt")
    tables.digit[code] = category == "Nd"
    tables.space[code] = sign.isspace()
    first = unicodedata.normalize("NFKD", sign).casefold()[:1]
    if category[0] in "LN" and first.isalnum():
        tables.folded[code] = ord(first)
