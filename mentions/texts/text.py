"""A text as it is compared: folded, in tokens."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
_TOKEN = re.compile(r"(?<!\w)[#@]\w+|\w+")


def fold(text: str) -> str:
    """The text as it is compared: lower case, without accents, compatibility forms and invisible signs."""
    if text.isascii():
        return text.lower()
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text)).casefold()
    # Hangul and kana put together again: a syllable must not be found in another that begins like it
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def tokenise(text: str) -> list[str]:
    """The folded words of the text in order, tags and handles with their sign."""
    return tokens(fold(text))


def tokens(folded: str) -> list[str]:
    """The same of a text that is folded already."""
    return _TOKEN.findall(folded)


class Text:
    """One text, prepared once for all queries."""

    __slots__ = ("line", "tokens")

    def __init__(self, text: str) -> None:
        found = tokenise(text)
        bare = [token.lstrip("#@") for token in found]
        self.tokens = frozenset(found).union(bare)
        """Every word; tags and handles both with their sign and without."""
        self.line = f" {' '.join(bare)} "
        """The words in order, for phrases."""
