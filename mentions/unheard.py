"""What a query asks for and no mention can have at present: it can be read, and finds nothing there.

A source may be connected tomorrow, so that this is said and not refused; and a source that is renamed makes
no query unreadable that others' words still hang on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale
from sqlalchemy import select

from kit.db import ReadSession
from mentions.language import told_apart
from mentions.query import Asked, Said, parse
from mentions.query.item import name_key
from mentions.source import Source

LISTED = 12
"""Names of sources that are told at most."""

Names = Sequence[tuple[str, str]]
"""The name and the kind of each source."""


@dataclass(frozen=True)
class Unheard:
    """A value that nothing has: where it stands (`length` characters from `position`), and what there is."""

    what: Said
    hint: Said
    position: int
    length: int


async def unheard(session: ReadSession, query: str) -> list[Unheard]:
    """The values of `lang:`, `source:` and `country:` that nothing can have; Unreadable as `parse`."""
    asked = parse(query).asked
    sources: Names = []
    if any(one.field.name == "source" for one in asked):
        rows = await session.execute(select(Source.name, Source.kind).order_by(Source.name))
        sources = [(name, kind) for name, kind in rows]
    told = ((one, _said(one, sources)) for one in asked)
    return [Unheard(*said, one.position, one.length) for one, said in told if said is not None]


def _said(one: Asked, sources: Names) -> tuple[Said, Said] | None:
    """What is wrong with the value, and what there is instead; None where mentions may have it."""
    name, value = one.field.name, one.field.value
    if name == "source" and value not in {name_key(word) for row in sources for word in row}:
        return Said("no source is called {!r}", value), _those(sources)
    if name == "lang" and value not in _languages():
        languages = Said("Languages are {}.", ", ".join(_languages()))
        return Said("{!r} is no language that we find", value), languages
    if name == "country" and value not in _countries():
        return Said("{!r} is no country", value), Said("Write its code of two letters: country:ES, GB, FR.")
    return None


def _those(sources: Names) -> Said:
    if not sources:
        return Said("There is no source yet.")
    names = [name for name, _ in sources]
    kinds = sorted({kind for _, kind in sources})
    more = ["…"] if len(names) > LISTED else []
    return Said("Sources are {}; their kinds are {}.", ", ".join(names[:LISTED] + more), ", ".join(kinds))


@cache
def _languages() -> list[str]:
    return told_apart()


@cache
def _countries() -> frozenset[str]:
    return frozenset(Locale("en").territories) - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
