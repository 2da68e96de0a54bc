"""A thing of Reddit's, a post (t3) or a comment (t1), as a mention. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.sources.links import canonical
from mentions.sources.payload import at, list_at, text_at

SITE = "https://www.reddit.com"
MOST = 2_000  # things in one listing with all that hangs below them
_NAME = re.compile(r"t([13])_([a-z0-9]{1,20})")
_GONE = re.compile(r"\[ ?(?:deleted|removed)(?: by (?:user|moderator|reddit))? ?\]", re.IGNORECASE)
"""What stands where somebody wrote: `[deleted]`, `[removed]`, `[ Removed by Reddit ]`."""


def things(listing: Any) -> Iterator[Any]:
    """The posts and comments of a listing, replies included, in the order in which they stand."""
    waiting = [(listing, iter(list_at(listing, "data", "children")))]
    for _ in range(MOST):
        while waiting and (thing := next(waiting[-1][1], None)) is None:
            waiting.pop()
        if not waiting:
            return
        if at(thing, "kind") in ("t1", "t3"):
            yield thing
        replies = at(thing, "data", "replies")
        waiting.append((replies, iter(list_at(replies, "data", "children"))))


def read_thing(thing: Any, *, now: datetime) -> MentionDraft:
    """The mention, or its deletion where its author or a moderator took it away. Raises Invalid.

    The time is `created_utc`; `created` is shifted by the server's own zone.
    """
    data = at(thing, "data")
    name = thing_name(thing)
    if name is None:
        raise Invalid("A thing must have a name like t3_abc.", field="id")
    post = name.startswith("t3_")
    if is_gone(data):
        return checked({"id": name, "text": "", "deleted": True}, now=now)
    author, address = text_at(data, "author"), _address(data, name)
    title = text_at(data, "title") if post else ""
    return checked(
        {
            "id": name,
            "text": unescape((text_at(data, "selftext") or title) if post else text_at(data, "body")),
            "title": unescape(title),
            "kind": "post" if post else "comment",
            "published_at": at(data, "created_utc"),
            "author": None if _GONE.fullmatch(author) else author,
            "url": address,
            "uri": canonical(address),
            "thread": name if post else at(data, "link_id"),
            "reply_to": None if post else at(data, "parent_id"),
            "repost_of": at(data, "crosspost_parent") if post else None,
            "revised_at": at(data, "edited") or None,
        },
        now=now,
    )


def thing_name(thing: Any) -> str | None:
    """`t3_abc`, told or put together; None for what is no thing."""
    kind, data = text_at(thing, "kind"), at(thing, "data")
    name = text_at(data, "name") or f"{kind}_{text_at(data, 'id')}"
    return name if _NAME.fullmatch(name) and name.startswith(kind) else None


def is_gone(data: Any) -> bool:
    """Whether only the place is left where somebody wrote."""
    words = text_at(data, "selftext") or text_at(data, "body")
    return bool(at(data, "removed_by_category")) or _GONE.fullmatch(words.strip()) is not None


def _address(data: Any, name: str) -> str:
    """Old comments do not tell theirs."""
    told = text_at(data, "permalink")
    if told.startswith("/"):
        return SITE + told
    if name.startswith("t3_"):
        return f"{SITE}/comments/{name[3:]}/"
    link = _NAME.fullmatch(text_at(data, "link_id"))
    return f"{SITE}/comments/{link[2]}/_/{name[3:]}/" if link else ""
