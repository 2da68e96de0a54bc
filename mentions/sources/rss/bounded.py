"""feedparser, kept from what it would take hours for, in which its process does nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser
from feedparser.mixin import _FeedParserMixin as Reader

from mentions.sources.base import Trouble

MOST_ATTRIBUTES = 500
"""Of one element: feedparser looks for each among all of them."""
LONGEST_AUTHOR = 500
"""Characters in which feedparser looks for a mail address, from each of them on."""

Sync = Callable[..., None]


def parse(content: bytes) -> Any:
    """What feedparser makes of a feed in UTF-8. Trouble: an element of it has thousands of attributes."""
    _refuse_crowded(content)
    return feedparser.parse(
        io.BytesIO(content),
        # no address: feedparser would make one of every guid that looks like a relative one
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # all markup goes, in `mentions.sources.html`
        resolve_relative_uris=False,
    )


def _refuse_crowded(content: bytes) -> None:
    """By the parser that feedparser uses while a feed is well formed; its other one looks for none."""

    def begun(_: str, attributes: dict[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise Trouble("There is no feed at this address, but something else.")

    expat = ParserCreate("utf-8")
    expat.StartElementHandler = begun
    with suppress(ExpatError):
        expat.Parse(content, True)


def _of_short_ones(sync: Sync) -> Sync:
    def synchronised(parser: Any, key: str = "author") -> None:
        if len(parser._get_context().get(key) or "") <= LONGEST_AUTHOR:
            sync(parser, key)

    return synchronised


Reader._sync_author_detail = _of_short_ones(Reader._sync_author_detail)
