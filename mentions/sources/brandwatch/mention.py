"""One mention as Brandwatch tells it, in its API and (by other names) in its exports. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.drafts.kinds import kind_of
from mentions.sources import values


def draft_of(mention: Any, now: datetime) -> MentionDraft:
    """A member of `results`. Invalid when it says nothing."""
    if not isinstance(mention, dict):
        raise Invalid("A mention must be an object with named fields.")
    given = fields(mention)
    published = values.time_or(mention.get("date"), now, UTC)
    return checked({**given, "published_at": published.isoformat()}, now=now)


def fields(mention: Mapping[str, Any]) -> dict[str, object]:
    """Our fields, without the time, of one mention under the names of the API."""
    get = mention.get
    title = values.words(get("title"))
    body = values.said(get("fullText")) or values.said(get("snippet"))
    url = values.link(get("url")) or values.link(get("originalUrl"))
    kind = _kind(mention)
    own = values.own(url, kind)
    return {
        "id": values.identity(
            get("resourceId"), get("guid"), own, otherwise=(url, title, body, get("author"), get("date"))
        ),
        "text": body or title,
        "title": title if body and title != body else None,
        "author": values.first(get("author"), get("fullname")),
        "followers": values.count(get("twitterFollowers")),
        "url": url,
        "uri": own,
        "lang": values.language(get("language")),
        "kind": kind,
        "thread": _thread(mention),
        "reply_to": values.word(get("replyTo")),
        "repost_of": values.word(get("retweetOf")),
        "reach": values.count(get("reachEstimate")) or values.count(get("impressions")),
        "country": values.country(get("countryCode"), get("country")),
        "place": values.first(get("locationName"), get("city"), get("region")),
        "domain": values.word(get("domain")),
    }


def _thread(mention: Mapping[str, Any]) -> str | None:
    """Thread 0 is no thread."""
    found = values.word(mention.get("threadId"))
    return found if found not in (None, "0") else values.word(mention.get("threadURL"))


def _kind(mention: Mapping[str, Any]) -> str:
    entry = str(mention.get("threadEntryType") or "").lower()
    if entry in {"comment", "reply"}:
        return "comment"
    return kind_of(mention.get("pageType") or mention.get("contentSource"))
