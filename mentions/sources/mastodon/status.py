"""A Mastodon status as a mention. Pure.

Fields as in Mastodon's documentation, entities/Status.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked, host
from mentions.sources.html import to_text
from mentions.sources.payload import at, list_at, text_at

MOST = 50
"""Pictures, and choices of a poll: servers allow four."""
_PUBLIC = (None, "public", "unlisted")


def read_status(status: Any, *, home: str, now: datetime) -> MentionDraft | None:
    """The mention; None for what is not public, or says nothing in words. Raises Invalid.

    `home` is the host of the server asked: an author without a host lives there. Mastodon does not name the
    root of a conversation, so that of an answer is found by its parent (`mentions.identity.threads`).
    """
    if not isinstance(status, dict):
        raise Invalid("A status must be an object.")
    if at(status, "visibility") not in _PUBLIC:
        return None
    said = status["reblog"] if isinstance(status.get("reblog"), dict) else status
    text = _words(said)
    if not text and text_at(status, "id"):
        return None
    parent = at(status, "in_reply_to_id")
    return checked(
        {
            "id": at(status, "id"),
            "text": text,
            "published_at": at(status, "created_at"),
            "author": _author(status, home),
            "followers": at(status, "account", "followers_count"),
            "url": at(status, "url") or at(said, "url"),
            "lang": at(said, "language"),
            "thread": None if parent else at(status, "id"),
            "reply_to": parent,
            "domain": host(text_at(status, "url") or text_at(status, "uri")),
            "repost_of": None if said is status else at(said, "uri") or at(said, "id"),
            "uri": at(status, "uri"),
            "revised_at": at(said, "edited_at"),
        },
        now=now,
    )


def deletion(native_id: str, *, now: datetime) -> MentionDraft:
    """That a status was taken back. Raises Invalid."""
    return checked({"id": native_id.strip(), "text": "", "deleted": True}, now=now)


def _words(status: Any) -> str:
    """What the status says: the warning above it, its text, and where it has none, what its pictures show;
    then what its poll lets people choose."""
    warning, text = to_text(text_at(status, "spoiler_text")), to_text(text_at(status, "content"))
    shown = [text_at(media, "description") for media in list_at(status, "media_attachments")[:MOST]]
    choices = [to_text(text_at(choice, "title")) for choice in list_at(status, "poll", "options")[:MOST]]
    parts = (warning, text or "\n".join(filter(None, shown)), *choices)
    return "\n".join(part for part in parts if part).strip()


def _author(status: Any, home: str) -> str | None:
    name = text_at(status, "account", "acct")
    return name if not name or "@" in name else f"{name}@{home}"
