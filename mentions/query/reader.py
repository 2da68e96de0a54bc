"""From a query's text to its tree, by recursive descent over the pieces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mentions.query.item import Matchable, Reading
from mentions.query.leaves import field_leaf, field_named, text_leaf
from mentions.query.lexer import Lexeme, lexemes, unclosed
from mentions.query.nodes import Anchor, And, Field, Near, Node, Not, Or, Words
from mentions.query.said import Said, together
from mentions.query.trouble import Unreadable

MAX_QUERY = 10_000
"""Characters: the longest queries of other suites fit."""
MAX_DEPTH = 50
NEEDED = "ferry OR vaixell, (ferry OR vaixell) -cursa"


@dataclass(frozen=True)
class Asked:
    """A field as the query asks for it, and where its value stands: `length` characters from `position`."""

    field: Field
    position: int
    length: int


@dataclass(frozen=True)
class Query:
    """A query that was read. `anchors`: of which every matching item has at least one."""

    root: Node
    anchors: frozenset[Anchor]
    asked: tuple[Asked, ...] = ()
    """Its fields that are compared as a whole, in the order in which they stand."""

    def matches(self, item: Matchable) -> bool:
        return self.root.holds(Reading(item))


@lru_cache(maxsize=4096)
def parse(query: str) -> Query:
    """Read a query; Unreadable (an Invalid of field `query`) says what is wrong, where, and a way out."""
    if len(query) > MAX_QUERY:
        raise Unreadable(Said("a query has at most {:,} characters", MAX_QUERY), MAX_QUERY + 1)
    try:
        reader = _Reader(query)
        root = reader.whole()
    except Unreadable as error:
        raise _with_bracket(error, query) from None
    anchors = root.anchors()
    if anchors is None:
        raise Unreadable(
            "it must ask for at least one word, not only exclude some",
            1,
            max(1, len(query)),
            Said("Say first what to find: {}.", NEEDED),
        )
    return Query(root, anchors, tuple(reader.asked))


def _with_bracket(error: Unreadable, query: str) -> Unreadable:
    """The same, with a word on a bracket that is never closed, too: one fault does not hide the other."""
    opened = unclosed(query)
    if opened is None or opened == error.position:
        return error
    hint = together(error.hint, Said("Also close the bracket at position {}.", opened))
    return Unreadable(error.what, error.position, error.length, hint)


class _Reader:
    def __init__(self, query: str) -> None:
        self._pieces = lexemes(query)
        self._at = 0
        self._depth = 0
        self._field: str | None = None
        """The field whose bracket we are in."""
        self.asked: list[Asked] = []

    def whole(self) -> Node:
        root = self._or()
        if self._next.kind != "end":
            raise self._next.trouble("this bracket was never opened")
        return root

    @property
    def _next(self) -> Lexeme:
        return self._pieces[self._at]

    def _take(self, kind: str) -> Lexeme | None:
        piece = self._next
        if piece.kind != kind:
            return None
        self._at += 1
        return piece

    def _or(self) -> Node:
        parts = [self._and()]
        while self._take("OR"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._pair()]
        while self._take("AND") or self._next.kind not in {"OR", ")", "end"}:
            parts.append(self._pair())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _pair(self) -> Node:
        one = self._term()
        near = self._take("NEAR")
        if near is None:
            return one
        other = self._term()
        if (third := self._take("NEAR")) is not None:
            raise third.trouble("NEAR stands between two", "Join two pairs: (a NEAR/5 b) AND (b NEAR/5 c).")
        return Near(_placed(one, near), _placed(other, near), int(near.text))

    def _term(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._next.trouble(Said("more than {} levels deep", MAX_DEPTH))
        node = self._deeper(self._next)
        self._depth -= 1
        return node

    def _deeper(self, piece: Lexeme) -> Node:
        if self._take("NOT"):
            return Not(self._term())
        if self._take("("):
            return self._bracket(piece)
        if self._take("word"):
            return self._word(piece)
        if self._take('"'):
            return self._leaf(piece)
        if piece.kind == "end":
            raise piece.trouble("something is missing here")
        raise piece.trouble(Said("{} stands where a word should", piece.kind))

    def _bracket(self, opened: Lexeme) -> Node:
        node = self._or()
        if not self._take(")"):
            raise opened.trouble("this bracket is never closed")
        return node

    def _word(self, piece: Lexeme) -> Node:
        """A word by itself, or a field's name with its value, which may be a phrase or a bracket."""
        named = field_named(piece)
        if named is None:
            return self._leaf(piece)
        if self._field is not None:
            raise piece.trouble(Said("{}: stands in the bracket of {}:", named.name, self._field))
        if named.value is not None:
            return self._field_leaf(named.name, named.value)
        self._field = named.name
        node = self._value(piece, named.name)
        self._field = None
        return node

    def _value(self, piece: Lexeme, name: str) -> Node:
        follows = self._next
        if follows.glued and follows.kind == '"' and self._take('"'):
            return self._field_leaf(name, follows)
        if follows.glued and self._take("("):
            return self._bracket(follows)
        raise piece.trouble(
            Said("{}: has no value", name), Said("Write it right behind the colon: {}:…", name)
        )

    def _leaf(self, piece: Lexeme) -> Node:
        return text_leaf(piece) if self._field is None else self._field_leaf(self._field, piece)

    def _field_leaf(self, name: str, piece: Lexeme) -> Node:
        node = field_leaf(name, piece)
        if isinstance(node, Field):
            self.asked.append(Asked(node, piece.position, max(1, piece.length)))
        return node


def _placed(node: Node, near: Lexeme) -> Words | Or:
    """The node if it has places in a text: words, phrases, and several of them with OR."""
    if isinstance(node, Words) or (isinstance(node, Or) and all(_has_places(part) for part in node.parts)):
        return node
    raise near.trouble(
        Said("NEAR/{} stands between words, phrases, or brackets of them with OR", near.text),
        "What else has to hold goes outside: (a NEAR/5 b) AND lang:ca.",
    )


def _has_places(node: Node) -> bool:
    return isinstance(node, Words) or (isinstance(node, Or) and all(_has_places(part) for part in node.parts))
