"""One mention as Mention.com tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.drafts.kinds import kind_of
from mentions.sources import values
from mentions.sources.html import to_text
from mentions.sources.payload import at, list_at


def draft_of(mention: Any, now: datetime) -> MentionDraft:
    """A member of `mentions`. Invalid when it says nothing."""
    if not isinstance(mention, dict):
        raise Invalid("A mention must be an object with named fields.")
    get = mention.get
    title, body = _text(get("title")), _text(get("description"))
    url = values.link(get("original_url")) or values.link(get("url"))
    kind = kind_of(get("source_type"))
    return checked(
        {
            "id": values.identity(get("id"), url, otherwise=(title, body, get("published_at"))),
            "text": body or title,
            "title": title if body and title != body else None,
            "published_at": values.time_or(get("published_at") or get("created_at"), now, UTC).isoformat(),
            "author": values.first(
                at(mention, "author", "name"),
                at(mention, "author", "username"),
                at(mention, "author_influence", "name"),
                get("user_name"),
                get("user_handle"),
            ),
            "followers": values.count(at(mention, "author", "followers_count")),
            "url": url,
            "uri": values.own(url, kind),
            "lang": values.language(get("language_code"), get("language")),
            "kind": kind,
            "reply_to": values.word(get("parent_id")),
            "reach": values.count(get("reach"))
            or values.count(get("cumulative_reach"))
            or values.count(get("direct_reach")),
            "country": values.country(get("country")),
        },
        now=now,
    )


def children(mentions: Iterable[Any]) -> Iterator[Any]:
    """What Mention.com has folded below these, where it tells: each is somebody else's."""
    for mention in mentions:
        folded = at(mention, "children")
        yield from folded if isinstance(folded, list) else list_at(folded, "mentions")


def _text(value: object) -> str:
    """Titles and descriptions come with the words in bold for which they were found."""
    return to_text(value) if isinstance(value, str) else ""
