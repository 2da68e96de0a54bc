"""Text to tokens: what counts as one sign, and under which name it is looked up.

A token is kept exactly as written ("GRRREAT", "#NotAgain", "@shop"), so that everything known about it can
be cached under its own spelling; `normal` gives the name that the tables know it by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import unescape

from mentions.texts.spellings import pieces

_LETTERS = r"[^\W\d_]+(?:[·-][^\W\d_]+)*"
_LEAD = r"https?://\S+|www\.\S+|[@＠]\w+|\#\w+|"
EMOTICON = r"[:;=][-'o^]?[()\[\]DdPpOo/\\|*3]+(?![^\W\d_])|<3|\^\^"
"""A pattern of faces made of signs: ":-)", "<3", "^^"."""
_TAIL = (
    r"|\d+(?:[.,:]\d+)*"
    rf"|{EMOTICON}|[!?¡¿]+|\.{{2,}}|…"
    r"|[^\s\ufe0f\u200d\u200b\u2060\ufeff\U0001F3FB-\U0001F3FF]"
)
_WHOLE = re.compile(f"{_LEAD}{_LETTERS}(?:['’´]{_LETTERS})*{_TAIL}")
_ELIDED = re.compile(f"{_LEAD}{_LETTERS}['’´]?{_TAIL}")
_SPLITS_ELISIONS = frozenset({"fr", "ca"})
_REPEATED = re.compile(r"(.)\1{2,}")
_CAMEL = re.compile(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ·]+|\d+")

HANDLE, LINK, NUMBER = "@user", "http", "0"


def split(text: str, lang: str) -> list[str]:
    """Return the tokens of `text` as written.

    French and Catalan elisions ("l'", "n'") are tokens of their own; variation selectors, joiners and skin
    tones carry nothing and are left out.
    """
    if "&" in text:
        text = unescape(text)
    return pieces(text, _ELIDED if lang in _SPLITS_ELISIONS else _WHOLE)


def normal(token: str) -> str:
    """Return the name that the tables know `token` by: see `normalised`."""
    return normalised([token])[0]


def normalised(tokens: Sequence[str]) -> list[str]:
    """Return the name that the tables know each token by; no token holds a line break.

    Handles, links and numbers each share one name, so that no brand's or person's name is scored; three or
    more of one character count as two. All are rewritten as one text, which takes a third of the time.
    """
    low = "\n".join(tokens).lower()
    if not low.isascii():
        low = low.replace("’", "'").replace("´", "'")
    return [_shared(name) for name in _REPEATED.sub(r"\1\1", low).split("\n")] if tokens else []


def _shared(name: str) -> str:
    first = name[0]
    if first.isdigit():
        return NUMBER
    if first in "@＠" and len(name) > 1:
        return HANDLE
    if first in "hw" and (name.startswith(("http:", "https:", "ww.")) or name == LINK):
        return LINK
    return name


def parts(token: str) -> list[str]:
    """Return the words inside a hashtag: "#NoEnTinc2Ganes" gives No, En, Tinc, 2, Ganes."""
    return _CAMEL.findall(token[1:]) or [token[1:]]


def fold(word: str) -> str:
    """Return `word` without accents; people leave them out when they type in a hurry."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
