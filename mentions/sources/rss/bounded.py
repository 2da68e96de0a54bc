"""feedparser, kept from what it would take minutes or hours for, in which its process does nothing else.

What it takes time for is counted before it begins, and a feed that has more of it is cut there: feeds put
what is new first. So a delivery of any shape takes a second or two.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser
from feedparser.mixin import _FeedParserMixin as Reader

from mentions.sources.base import Trouble

MOST_TAGS = 60_000
"""Elements that begin or end: 15 to 25 µs each. A feed of 2,000 entries of fifteen elements has as many."""
MOST_SIGNS = 600_000
"""Ends of lines, and entities: each is a piece of text by itself, 1 to 2 µs."""
MOST_ATTRIBUTES = 500
"""Of one element: feedparser looks for each among all of them."""
MOST_NAMESPACES = 100
"""feedparser looks through them at each element."""
LONGEST_START = 20_000
"""Characters before the first element, in which feedparser looks for declarations from each line on."""
LONGEST_AUTHOR = 100
"""Characters in which feedparser looks for a mail address, from each of them on: each of thousands of entries
may have an author."""

_STEP = 10_000  # characters that are counted, and cut off, together
_ROOT = re.compile(r"<\w")
_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
"""Where one stands, feedparser looks at its line alone for what a hostile one has it search for ever."""

Method = Callable[..., Any]


@dataclass(frozen=True)
class Parsed:
    """What feedparser makes of a feed."""

    feed: Any
    cut: bool
    """It has more than is read at once: only its beginning was."""


def parse(text: str) -> Parsed:
    """A feed without its XML declaration. Trouble: an element of it has thousands of attributes."""
    root = _ROOT.search(text)
    if root and root.start() > LONGEST_START:
        text = text[root.start() :]
    read = _within(text, "\n&", MOST_SIGNS)
    outline = _outlined(read)
    if outline.ends is not None:
        read = outline.ends
    elif not outline.well_formed:
        read = _within(read, "<", MOST_TAGS)
    feed = feedparser.parse(
        io.BytesIO((_DECLARATION + read).encode("utf-8", "replace")),
        # no address: feedparser would make one of every guid that looks like a relative one
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # all markup goes, in `mentions.sources.html`
        resolve_relative_uris=False,
    )
    return Parsed(feed, outline.ends is not None or len(read) < len(text))


def _within(text: str, signs: str, most: int) -> str:
    """The text as far as it has no more than so many of these signs."""
    found = 0
    for start in range(0, len(text), _STEP):
        found += sum(text.count(sign, start, start + _STEP) for sign in signs)
        if found > most:
            return text[:start]
    return text


@dataclass
class _Outline:
    """What the elements of a feed are, by the parser that feedparser uses while it is well formed.

    Its other one reads all that looks like an element, in CDATA and comments, too.
    """

    well_formed: bool = True
    ends: str | None = None
    """The feed as far as it is read, its open elements closed; None: all of it."""
    tags: int = 0
    open: list[str] = field(default_factory=list)
    namespaces: set[str] = field(default_factory=set)


class _Enough(Exception):
    """Before this element."""


def _outlined(text: str) -> _Outline:
    found, content = _Outline(), text.encode("utf-8", "replace")

    def begun(name: str, attributes: dict[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise Trouble("There is no feed at this address, but something else.")
        found.namespaces.update(one for one in attributes if one.startswith("xmlns"))
        found.tags += 2
        if found.tags > MOST_TAGS or len(found.namespaces) > MOST_NAMESPACES:
            raise _Enough
        found.open.append(name)

    def ended(_: str) -> None:
        found.open.pop()

    expat = ParserCreate("utf-8")
    expat.StartElementHandler, expat.EndElementHandler = begun, ended
    try:
        expat.Parse(content, True)
    except ExpatError:
        found.well_formed = False
    except _Enough:
        closing = "".join(f"</{name}>" for name in reversed(found.open))
        found.ends = content[: expat.CurrentByteIndex].decode() + closing
    return found


def _of_short_ones(sync: Method) -> Method:
    def synchronised(parser: Any, key: str = "author") -> None:
        if len(parser._get_context().get(key) or "") <= LONGEST_AUTHOR:
            sync(parser, key)

    return synchronised


def _of_trimmed(pop: Method) -> Method:
    """feedparser takes blank pieces from the front of a list one by one, moving all the others each time."""

    def popped(parser: Any, element: str, strip_whitespace: int = 1) -> Any:
        if parser.elementstack and strip_whitespace:
            pieces = parser.elementstack[-1][2]
            del pieces[: sum(1 for _ in takewhile(lambda piece: not piece.strip(), pieces))]
        return pop(parser, element, strip_whitespace)

    return popped


Reader._sync_author_detail = _of_short_ones(Reader._sync_author_detail)
Reader.pop = _of_trimmed(Reader.pop)
