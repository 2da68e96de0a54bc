"""What a query looks at: an item as it came, and its words prepared once for all queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mentions.texts.text import fold, tokens


class Matchable(NamedTuple):
    """As much of a mention as a query may ask about. What is not known is None, and no query finds it."""

    text: str
    title: str | None = None
    lang: str | None = None
    """ISO 639-1, as found out."""
    source: str = ""
    """The source's own name."""
    source_kind: str = ""
    """The folder of `mentions/sources/`: `mastodon`, `rss` …"""
    author: str | None = None
    followers: int | None = None
    domain: str | None = None
    """The host it is on, in lower case without `www.`."""
    country: str | None = None
    """ISO 3166 alpha-2."""
    kind: str = "post"


class Reading:
    """One item's words in order, each between single spaces: ` brisa de limon `.

    A title comes first and ends in a line break, so that no phrase reaches from it into the text. `signed`
    is the same line with the signs of tags and handles, `folded` all of title and text, signs and all.
    """

    __slots__ = ("folded", "item", "line", "places", "signed", "signed_title", "title")

    def __init__(self, item: Matchable) -> None:
        self.item = item
        title, text = fold(item.title or ""), fold(item.text)
        self.folded = f"{title}\n{text}" if title else text
        head = tokens(title)
        self.signed_title = f" {' '.join(head)} \n" if head else ""
        self.signed = f"{self.signed_title} {' '.join(tokens(text))} "
        self.places: dict[Any, Any] = {}
        """What is known of where things stand, by the parts of queries that asked."""
        self.title, self.line = bare(self.signed_title), bare(self.signed)

    @property
    def words(self) -> list[str]:
        """All of title and text, without the signs."""
        return self.line.split()


def bare(line: str) -> str:
    """The line without the signs of tags and handles; a word itself holds neither."""
    return line.replace("#", "").replace("@", "")


def values(item: Matchable, field: str) -> Iterator[str]:
    """What the item has in a field that is compared as a whole; nothing when it is not known."""
    if field == "site":
        yield from _hosts(item.domain or "")
    elif field == "source":
        yield from (name_key(item.source), name_key(item.source_kind))
    elif field == "author":
        yield name_key(item.author or "").removeprefix("@")
    elif field == "country":
        yield (item.country or "").upper()
    else:
        yield (item.lang or "") if field == "lang" else item.kind


def name_key(name: str) -> str:
    """A name as it is compared: folded, blanks made one."""
    return " ".join(fold(name).split())


def _hosts(domain: str) -> Iterator[str]:
    """`shop.example.com`, `example.com`, `com`: whoever asks for a domain means its subdomains too."""
    left = domain.lower()
    while left:
        yield left
        left = left.partition(".")[2]
