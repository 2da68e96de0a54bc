"""A query that cannot be read: what is wrong, where, and what to write instead."""

from __future__ import annotations

from kit.errors import Invalid
from kit.languages import Sentence, joined
from mentions.query.said import Said


class Unreadable(Invalid):
    """The place at fault is `length` characters from `position`, counted from 1; `hint` may be empty.

    `what` and `hint` are English and can be had in other languages (`Said.into`).
    """

    def __init__(self, what: str, position: int, length: int = 1, hint: str = "") -> None:
        self.what = what if isinstance(what, Said) else Said(what)
        self.position = position
        self.length = length
        self.hint: Said = hint if isinstance(hint, Said) else Said(hint)
        place = Sentence("The query cannot be read: {} (position {}).", self.what, position)
        super().__init__(joined([place, self.hint] if hint else [place]), field="query")
