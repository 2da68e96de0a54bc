"""What a monitor listens for: words, "phrases", #tags, @handles, AND, OR, NOT and brackets.

    query := part ("OR" part)*          OR binds loosest
    part  := term (["AND"] term)*       side by side means AND
    term  := ("NOT" | "-") term | "(" query ")" | "a phrase" | #tag | @handle | word

Case and accents do not matter: `almadia` finds Almadía. A word also finds the hashtag and the handle of
that spelling; `#almadia` and `@almadia` find only those. The operators are written in capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from kit.errors import Invalid
from mentions.text import Text, tokenise

MAX_QUERY = 4_000
MAX_DEPTH = 50

_LEXEME = re.compile(r'\s*(?:(\()|(\))|(")([^"]*)(")?|(-)(?=\S)|([^\s()"]+))')


class Node(Protocol):
    def holds(self, text: Text) -> bool:
        """Whether the text fits."""

    def anchors(self) -> frozenset[str] | None:
        """Tokens of which a fitting text has at least one; None when it may have none of them."""


@dataclass(frozen=True)
class Word:
    token: str

    def holds(self, text: Text) -> bool:
        return self.token in text.tokens

    def anchors(self) -> frozenset[str] | None:
        return frozenset([self.token])


@dataclass(frozen=True)
class Phrase:
    words: tuple[str, ...]

    def holds(self, text: Text) -> bool:
        return f" {' '.join(self.words)} " in text.line

    def anchors(self) -> frozenset[str] | None:
        return frozenset([max(self.words, key=len)])


@dataclass(frozen=True)
class Not:
    part: Node

    def holds(self, text: Text) -> bool:
        return not self.part.holds(text)

    def anchors(self) -> frozenset[str] | None:
        return None


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]

    def holds(self, text: Text) -> bool:
        return all(part.holds(text) for part in self.parts)

    def anchors(self) -> frozenset[str] | None:
        known = [found for part in self.parts if (found := part.anchors()) is not None]
        return min(known, key=len, default=None)


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]

    def holds(self, text: Text) -> bool:
        return any(part.holds(text) for part in self.parts)

    def anchors(self) -> frozenset[str] | None:
        known = [part.anchors() for part in self.parts]
        return None if None in known else frozenset().union(*(found for found in known if found))


@dataclass(frozen=True)
class Query:
    """A query that was read. `anchors`: tokens of which every matching text has at least one."""

    root: Node
    anchors: frozenset[str]

    def matches(self, text: str) -> bool:
        return self.root.holds(Text(text))


@lru_cache(maxsize=1024)
def parse(query: str) -> Query:
    """Read a query; Invalid (field `query`) names the position, counted from 1, of what cannot be read."""
    if len(query) > MAX_QUERY:
        raise Invalid(f"A query has at most {MAX_QUERY:,} characters.", field="query")
    root = _Reader(query).whole()
    anchors = root.anchors()
    if anchors is None:
        raise Invalid("The query must ask for at least one word, not only exclude some.", field="query")
    return Query(root, anchors)


@dataclass(frozen=True)
class _Lexeme:
    kind: str
    text: str
    position: int


def _lexemes(query: str) -> list[_Lexeme]:
    found, at, end = [], 0, len(query.rstrip())
    while at < end:
        match = _LEXEME.match(query, at)
        assert match, "every character that is not a space begins a lexeme"
        position = match.end() - len(match.group().lstrip()) + 1
        opening, closing, quote, phrase, unquote, minus, word = match.groups()
        if quote and not unquote:
            raise _trouble("the quotation mark is never closed", position)
        kind = "(" if opening else ")" if closing else '"' if quote else "NOT" if minus else "word"
        if kind == "word" and word in {"AND", "OR", "NOT"}:
            kind = word
        found.append(_Lexeme(kind, phrase if quote else word or "", position))
        at = match.end()
    return found


def _trouble(what: str, position: int) -> Invalid:
    return Invalid(f"The query cannot be read: {what} (position {position}).", field="query")


class _Reader:
    """Recursive descent over the lexemes."""

    def __init__(self, query: str) -> None:
        self._left = [*_lexemes(query), _Lexeme("end", "", len(query) + 1)]
        self._depth = 0

    def whole(self) -> Node:
        root = self._or()
        if self._next.kind != "end":
            raise _trouble("this bracket was never opened", self._next.position)
        return root

    @property
    def _next(self) -> _Lexeme:
        return self._left[0]

    def _take(self, kind: str) -> bool:
        if self._next.kind != kind:
            return False
        self._left.pop(0)
        return True

    def _or(self) -> Node:
        parts = [self._and()]
        while self._take("OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._term()]
        while self._take("AND") or self._next.kind not in {"OR", ")", "end"}:
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _term(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _trouble(f"more than {MAX_DEPTH} levels deep", self._next.position)
        node = self._deeper(self._left.pop(0) if self._next.kind != "end" else self._next)
        self._depth -= 1
        return node

    def _deeper(self, lexeme: _Lexeme) -> Node:
        if lexeme.kind == "NOT":
            return Not(self._term())
        if lexeme.kind == "(":
            node = self._or()
            if not self._take(")"):
                raise _trouble("this bracket is never closed", lexeme.position)
            return node
        if lexeme.kind in {"word", '"'}:
            return _leaf(lexeme)
        what = (
            "something is missing here"
            if lexeme.kind == "end"
            else f"{lexeme.kind} stands where a word should"
        )
        raise _trouble(what, lexeme.position)


def _leaf(lexeme: _Lexeme) -> Node:
    if "*" in lexeme.text:
        raise _trouble("wildcards are not known here", lexeme.position)
    tokens = tokenise(lexeme.text)
    if not tokens:
        raise _trouble(f"{lexeme.text!r} holds no letter or digit", lexeme.position)
    if len(tokens) == 1 and lexeme.kind == "word":
        return Word(tokens[0])
    words = tuple(token.lstrip("#@") for token in tokens)
    return Word(words[0]) if len(words) == 1 else Phrase(words)
