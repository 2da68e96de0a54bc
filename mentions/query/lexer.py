"""A query in pieces: brackets, operators, words and quoted phrases, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mentions.query.nodes import MAX_NEAR
from mentions.query.said import Said
from mentions.query.trouble import Unreadable

# What word processors make of quotation marks and of the minus sign, and full-width forms.
_TYPED = str.maketrans("“”„‟«»＂–—−‐‑（）", '"""""""-----()')
_LEXEME = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)(?P<end>")?|(?P<minus>-)(?=[^\s)])|(?P<word>[^\s()"]+))"""
)
_NEAR = re.compile(r"(O?)(?:NEAR|near|Near)(?:/(\d+)(f?)|(?<=NEAR)(\d*))")

SPOKEN = {
    **dict.fromkeys(("or", "o", "ou"), "OR"),
    **dict.fromkeys(("and", "et", "y", "i"), "AND"),
    "not": "NOT",
}
"""Words that people write where they mean an operator. Without quotation marks none is a word."""


@dataclass(frozen=True)
class Lexeme:
    """A piece of the query: `kind` is (, ), ", AND, OR, NOT, NEAR, word or end."""

    kind: str
    text: str
    position: int
    """Of its first character, counted from 1."""
    length: int
    glued: bool = False
    """Whether nothing stands between it and the piece before."""

    def trouble(self, what: str, hint: str = "") -> Unreadable:
        return Unreadable(what, self.position, max(1, self.length), hint)


def lexemes(query: str) -> list[Lexeme]:
    """All pieces in order, with `end` as the last; Unreadable for a quotation mark that is never closed."""
    typed = query.translate(_TYPED)
    found: list[Lexeme] = []
    at, end = 0, len(typed.rstrip())
    while at < end:
        match = _LEXEME.match(typed, at)
        assert match, "every character that is not a space begins a piece"
        found.append(_lexeme(match, glued=bool(found)))
        at = match.end()
    return [*found, Lexeme("end", "", len(query) + 1, 0)]


def unclosed(query: str) -> int | None:
    """Where the first bracket is that nothing closes; None: there is none, or a phrase is open."""
    found: list[int] = []
    for match in _LEXEME.finditer(query.translate(_TYPED).rstrip()):
        if match["open"]:
            found.append(match.end())
        elif match["close"] and found:
            found.pop()
        elif match["phrase"] is not None and match["end"] is None:
            return None
    return found[0] if found else None


def _lexeme(match: re.Match[str], *, glued: bool) -> Lexeme:
    text = match.group().lstrip()
    position, glued = match.end() - len(text) + 1, glued and len(text) == len(match.group())
    if match["phrase"] is not None:
        piece = Lexeme('"', match["phrase"], position, len(text), glued)
        if match["end"] is None:
            raise Unreadable(
                "the quotation mark is never closed", position, 1, 'Write "two words" with both.'
            )
        return piece
    kind = "(" if match["open"] else ")" if match["close"] else "NOT" if match["minus"] else "word"
    piece = Lexeme(kind, text, position, len(text), glued)
    return piece if match["word"] is None else _operator(piece) or piece


def _operator(word: Lexeme) -> Lexeme | None:
    """The word as the operator that it is; Unreadable when it is meant to be one and is not; else None."""
    if word.text in {"AND", "OR", "NOT"}:
        return Lexeme(word.text, "", word.position, word.length)
    meant = SPOKEN.get(word.text.lower())
    if meant is not None:
        raise word.trouble(
            Said("{} is no operator", word.text),
            Said('Did you mean {}? For the word itself write "{}".', meant, word.text),
        )
    near = _NEAR.fullmatch(word.text)
    return _near(word, near) if near else None


def _near(word: Lexeme, near: re.Match[str]) -> Lexeme:
    ordered, number, follows, unslashed = near.groups()
    if not number:
        raise word.trouble(
            Said("{} does not say how near", word.text), Said("Write NEAR/{}.", unslashed or 5)
        )
    if ordered or follows:
        raise word.trouble(
            Said("{} is not known here", word.text),
            Said("NEAR/{} finds them in either order; a phrase keeps it.", number),
        )
    if not 1 <= len(number) <= 3 or not 1 <= int(number) <= MAX_NEAR:
        raise word.trouble(
            Said("{} is out of range", word.text), Said("The number goes from 1 to {}.", MAX_NEAR)
        )
    return Lexeme("NEAR", number, word.position, word.length)
