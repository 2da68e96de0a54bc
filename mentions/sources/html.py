"""HTML to text, as it reads: a line for each block, no scripts, entities resolved. Pure.

By libxml2's HTML tokenizer (lxml): Python's own takes quadratic time on markup that never closes.
"""

from __future__ import annotations

import re

from lxml import etree

from mentions.drafts.draft import storable

MAX_HTML = 200_000  # characters; what is longer than any text we keep is cut before it is read

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"table", "td", "th", "tr", "ul", "br"}
)
_UNREAD = frozenset({"script", "style"})
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[\n ]*")


class _Reader:
    """What lxml tells the parts of a document to."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._reading = True

    def start(self, tag: str, _: object) -> None:
        self._reading = tag not in _UNREAD
        if tag in _BLOCKS:
            self._parts.append("\n")

    def end(self, tag: str) -> None:
        self._reading = True
        if tag in _BLOCKS:
            self._parts.append("\n")

    def data(self, data: str) -> None:
        if self._reading:
            self._parts.append(data.replace("\n", " "))

    def close(self) -> str:
        return "".join(self._parts)


def to_text(html: str) -> str:
    """What a reader sees of this HTML; plain text passes unharmed but for its white space.

    Malformed markup is read as far as it goes: nothing that is text to a person is worth an error.
    """
    html = storable(html[:MAX_HTML])
    if "<" not in html and "&" not in html:
        return tidy(html)
    parser = etree.HTMLParser(target=_Reader())
    parser.feed(html)
    return tidy(parser.close())


def tidy(text: str) -> str:
    """White space as people would type it: single spaces, single line ends, none around."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
