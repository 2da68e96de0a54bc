"""What the marks on a Bluesky post add to its text: whole links, and tags that are not in it. Pure.

Lexicon app.bsky.richtext.facet: a mark's place is counted in bytes of UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mentions.drafts.draft import MAX_URL
from mentions.sources.payload import at, list_at, text_at, whole_at

MOST = 100  # marks on one post
MOST_TAGS = 20
_LINK = "app.bsky.richtext.facet#link"
_TAG = "app.bsky.richtext.facet#tag"


def full_text(record: Any) -> str:
    """The post's text with its links written out (apps show them shortened), its tags and card at the end.

    One without words says what it shows: the headline of its card, the descriptions of its pictures.
    """
    said = at(record, "text")  # as it came: the marks count its bytes
    text = _with_links(said if isinstance(said, str) else "", list_at(record, "facets"))
    if not text.strip():
        text = "\n".join(_shown(record))
    tags = [tag for tag in _tags(record) if f"#{tag}".casefold() not in text.casefold()]
    links = [uri for uri in (text_at(card, "uri") for card in _cards(record)) if _is_link(uri)]
    links = [uri for uri in links if uri not in text]
    return "\n".join(part for part in (text, " ".join(f"#{tag}" for tag in tags), *links) if part)


def _cards(record: Any) -> list[Any]:
    return [at(record, "embed", "external"), at(record, "embed", "media", "external")]


def _shown(record: Any) -> list[str]:
    found = [text_at(card, "title") for card in _cards(record)]
    for embed in (at(record, "embed"), at(record, "embed", "media")):  # of a quote with pictures: `media`
        pictures = [embed, *list_at(embed, "images")[:MOST], *list_at(embed, "items")[:MOST]]
        found += [text_at(picture, "alt") for picture in pictures]  # a video's stands in the embed itself
    return [words.strip() for words in found if words.strip()]


def _with_links(text: str, facets: list[Any]) -> str:
    """Each marked place is replaced by the address it leads to; a mark that cuts a letter is none."""
    raw, parts, done = text.encode("utf-8", "surrogatepass"), [], 0
    for start, end, uri in sorted(_links(facets)):
        if done <= start < end <= len(raw) and _is_edge(raw, start) and _is_edge(raw, end):
            parts += [raw[done:start], uri.encode("utf-8", "surrogatepass")]
            done = end
    return b"".join([*parts, raw[done:]]).decode("utf-8", "surrogatepass")


def _links(facets: list[Any]) -> Iterator[tuple[int, int, str]]:
    for facet in facets[:MOST]:
        start, end = whole_at(facet, "index", "byteStart"), whole_at(facet, "index", "byteEnd")
        for feature in list_at(facet, "features")[:1]:
            uri = text_at(feature, "uri")
            if text_at(feature, "$type") == _LINK and start is not None and end is not None and _is_link(uri):
                yield start, end, uri


def _tags(record: Any) -> list[str]:
    marked = [
        text_at(feature, "tag")
        for facet in list_at(record, "facets")[:MOST]
        for feature in list_at(facet, "features")[:1]
        if text_at(feature, "$type") == _TAG
    ]
    found = [*marked, *(tag for tag in list_at(record, "tags") if isinstance(tag, str))]
    return list(dict.fromkeys(tag.strip().lstrip("#") for tag in found if 0 < len(tag.strip()) < MAX_URL))[
        :MOST_TAGS
    ]


def _is_edge(raw: bytes, position: int) -> bool:
    """Whether no letter of several bytes is cut there."""
    return position == len(raw) or raw[position] & 0b1100_0000 != 0b1000_0000


def _is_link(uri: str) -> bool:
    return uri.startswith(("http://", "https://")) and len(uri) <= MAX_URL
