"""Languages told by their script alone, for writing systems other than Latin."""

from __future__ import annotations

import re
from collections import Counter

_BLOCKS = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x04FF, "ru"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
_MAYBE = re.compile("[\u0370-\u10ff\u3040-\ud7af]")
"""All of these blocks, and no sign that is common among Latin letters: two ranges are soon compiled."""
_LATIN_ENDS = 0x0250
_TELLING = {"uk": "іїєґ", "fa": "پچژگ", "ja": "のはをがでにと"}
_INSTEAD_OF = {"uk": "ru", "fa": "ar", "ja": "zh"}
SCRIPTS = sorted({lang for _, _, lang in _BLOCKS} | _TELLING.keys())


def by_script(text: str) -> str | None:
    """Return the language of a text that is mostly not in Latin letters, None for one that mostly is.

    Letters of one sister language ("ї", "پ", kana) decide against the larger one that shares the script.
    """
    if not _MAYBE.search(text):
        return None
    letters = [char for char in text[:1000] if char.isalpha()]
    foreign = [code for char in letters if ord(char) >= _LATIN_ENDS and (code := _block(ord(char)))]
    if not foreign or 2 * len(foreign) < len(letters):
        return None
    lang = Counter(foreign).most_common(1)[0][0]
    for sister, signs in _TELLING.items():
        if _INSTEAD_OF[sister] == lang and any(sign in text for sign in signs):
            return sister
    return lang


def _block(code: int) -> str | None:
    return next((lang for first, last, lang in _BLOCKS if first <= code <= last), None)
