"""Sentences of ours that are stored as English text, read again and told in the reader's language.

A row or an event says in English why somebody was paged, or could not be. Its text was made of one of a few
templates; whoever reads another language is told the same by finding out which, and of what values. So what
was written years ago, and a history that nobody may change, is told like what is written today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import overload

from kit.languages import OTHERS, Table, elided, unbroken

PLACE = re.compile(r"\{(\w+)\}")
BETWEEN = re.compile(r"(?<=[.!?]) (?=\S)")
"""Where one sentence ends and the next begins."""
DEEPEST = 3
"""Sentences in one another; what people wrote may look as if there were hundreds."""


class Phrasebook:
    """Templates with named places in English, each with the same in the other languages."""

    def __init__(self, table: Table) -> None:
        self.table = {
            text: (spanish, catalan, unbroken(french)) for text, (spanish, catalan, french) in table.items()
        }
        longest_first = sorted(table, key=lambda template: len(PLACE.sub("", template)), reverse=True)
        self._patterns = [(_pattern(template), self.table[template]) for template in longest_first]

    @overload
    def told(self, text: str, language: str) -> str: ...
    @overload
    def told(self, text: None, language: str) -> None: ...
    def told(self, text: str | None, language: str) -> str | None:
        """The text in this language, sentence by sentence; what is none of ours stays as it is."""
        if language not in OTHERS or not text:
            return text
        parts, place = BETWEEN.split(text), OTHERS.index(language)
        told = [self._one(part, place) for part in parts]
        if None in told and (whole := self._one(text, place)) is not None:
            return whole
        return " ".join(one or part for one, part in zip(told, parts, strict=True))

    def _one(self, text: str, place: int, depth: int = 1) -> str | None:
        for pattern, words in self._patterns:
            if found := pattern.fullmatch(text):
                values = self._values(found.groupdict(), place, depth)
                return elided(words[place], values, OTHERS[place]).format(**values)
        return None

    def _values(self, found: Mapping[str, str], place: int, depth: int) -> dict[str, str]:
        """What stood in the places: a sentence of ours in another one is told, too."""
        if depth == DEEPEST:
            return dict(found)
        return {name: self._one(value, place, depth + 1) or value for name, value in found.items()}


def _pattern(template: str) -> re.Pattern[str]:
    parts = PLACE.split(template)
    places = (f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile("".join(places), re.DOTALL)
