"""One chunk of a Talkwalker stream. Pure.

Talkwalker's streaming API, version 3: CT_RESULT, CT_CONTROL, CT_ERROR.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.drafts.kinds import kind_of
from mentions.sources import values
from mentions.sources.html import to_text
from mentions.sources.links import canonical
from mentions.sources.payload import at, lately, list_at, text_at


def read_result(chunk: Any, *, now: datetime) -> MentionDraft:
    """The mention in a CT_RESULT. Raises Invalid.

    One with a known address that comes again as UPDATED is an edit, made when Talkwalker indexed it. Posts
    of networks that do not let their addresses be passed on have none: their author and time identify them,
    or their words and time.
    It arrived when Talkwalker had it: what a collector kept for us while we were away belongs to its minute.
    """
    found = at(chunk, "chunk_result", "data", "data")
    if not isinstance(found, dict):
        raise Invalid("A result must hold an object.")
    url, title = text_at(found, "url"), to_text(text_at(found, "title"))
    indexed = at(found, "search_indexed") or at(found, "indexed")
    text = _text(chunk, found) or title
    kind, place = _kind(found), at(found, "extra_source_attributes", "world_data")
    return checked(
        {
            "id": _identity(found, text),
            "text": text,
            "title": title,
            "published_at": at(found, "published") or indexed,
            "arrived_at": lately(indexed, now),
            "author": values.first(at(found, "extra_author_attributes", "name")),
            "url": url,
            "uri": canonical(url) if "#" not in url else None,  # a forum's replies differ in nothing else
            "lang": at(found, "lang"),
            "kind": kind,
            "thread": text_at(found, "parent_url") or url,
            "reply_to": _parent(found, url),
            "reach": at(found, "reach"),
            "country": at(place, "country_code"),
            "place": values.first(at(place, "city"), at(place, "region")),
            "revised_at": indexed if at(found, "matched", "appearance") == "UPDATED" else None,
        },
        now=now,
    )


def _text(chunk: Any, found: Any) -> str:
    """The content; where the licence holds it back, the snippet that matched."""
    snippets = list_at(chunk, "chunk_result", "data", "highlighted_data")
    content = text_at(found, "content") or next((text_at(part, "content_snippet") for part in snippets), "")
    return to_text(content)


def _identity(found: Any, text: str) -> str | None:
    """Never the words alone: the same may be said again."""
    url, published = text_at(found, "url"), at(found, "published")
    author = at(found, "extra_author_attributes", "id")
    if not url and not published:
        return None
    return values.identity(url, f"{author}@{published}" if author else None, otherwise=(text, published))


def _kind(found: Any) -> str:
    kinds = [kind_of(kind) for kind in list_at(found, "source_type")]
    return next((kind for kind in kinds if kind != "post"), "post")


def _parent(found: Any, url: str) -> str | None:
    parent = text_at(found, "parent_url")
    return parent if parent and parent != url else None
