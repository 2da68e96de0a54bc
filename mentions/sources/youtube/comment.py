"""A comment below a video as a mention. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.sources.html import to_text
from mentions.sources.payload import at, list_at, text_at

_SHOWN = ("", "published", "likelySpam")


def comments(thread: Any) -> Iterator[tuple[Any, str]]:
    """The comments of a thread with the video they stand below: the first one, then the replies given."""
    video = text_at(thread, "snippet", "videoId")
    yield at(thread, "snippet", "topLevelComment"), video
    for reply in list_at(thread, "replies", "comments"):
        yield reply, video


def read_comment(comment: Any, video: str, *, now: datetime) -> MentionDraft | None:
    """The mention; None for what waits for, or failed, the channel's approval. Raises Invalid.

    A reply to a reply names the first comment as its parent, as YouTube shows it.
    """
    snippet = at(comment, "snippet")
    if not isinstance(snippet, dict):
        raise Invalid("A comment must have a snippet.")
    if text_at(snippet, "moderationStatus") not in _SHOWN:
        return None
    name, video = text_at(comment, "id"), text_at(snippet, "videoId") or video
    address = f"https://www.youtube.com/watch?{urlencode({'v': video, 'lc': name})}" if video else None
    published, updated = text_at(snippet, "publishedAt"), text_at(snippet, "updatedAt")
    return checked(
        {
            "id": name,
            "text": text_at(snippet, "textOriginal") or to_text(text_at(snippet, "textDisplay")),
            "kind": "comment",
            "published_at": published,
            "author": text_at(snippet, "authorDisplayName"),
            "url": address,
            "uri": address,
            "domain": "youtube.com",
            "thread": video or text_at(snippet, "channelId"),
            "reply_to": text_at(snippet, "parentId"),
            "revised_at": updated if updated != published else None,
        },
        now=now,
    )
