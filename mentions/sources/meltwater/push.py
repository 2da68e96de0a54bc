"""What Meltwater posts: a batch of a data stream, one document by itself, or an "Every Mention" alert. Pure.

A data stream sends `{"request": …, "documents": […]}`, each document in the shape of the template that was
chosen for the hook: nested (`api.json`) or flat (`legacy-json`, `document_…`). An alert to a generic webhook
is one object with a status line for people to read. Meltwater cannot sign: use the path token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.drafts.kinds import kind_of
from mentions.sources import values
from mentions.sources.base import Items
from mentions.sources.bodies import judged, parsed
from mentions.sources.payload import at, list_at, text_at

_REACH = re.compile(r"(?<![\d.,])([\d.,]{1,20}(?: ?[kmb])?) reach\b", re.IGNORECASE)
_REDIRECTS = ("meltwater.com", "moreover.com", "meltwater.io")
"""Where Meltwater's own redirects stand: such an address is not the item's."""


def receive(body: bytes, headers: Mapping[str, str], settings: Mapping[str, str], now: datetime) -> Items:
    """The documents of a push. Invalid when the body is none of the shapes."""
    del settings
    content = parsed(body, headers, forgiving=True)
    documents = _documents(content)
    if documents is None:
        raise Invalid("The body is no batch of documents and no alert of Meltwater's.", field="documents")
    return judged(documents, lambda document: draft_of(document, now))


def _documents(content: Any) -> list[Any] | None:
    if isinstance(content, list):
        return content
    if isinstance(at(content, "documents"), list):
        return list_at(content, "documents")
    if not isinstance(content, dict):
        return None
    alone = content.keys() & {"document_url", "document_title", "document_external_id", "providerType"}
    return [content] if alone else None


def draft_of(document: Any, now: datetime) -> MentionDraft:
    """One document of any shape. Invalid when it says nothing."""
    if not isinstance(document, dict):
        raise Invalid("A document must be an object with named fields.")
    if "providerType" in document or isinstance(document.get("links"), dict):
        given = _alert(document)
    elif any(name.startswith("document_") for name in document):
        given = _flat(document)
    else:
        given = _nested(document)
    published = values.time_or(given["published_at"], now, UTC)
    return checked({**given, "published_at": published.isoformat()}, now=now)


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """The legacy templates: every field at the top, `document_…` and `source_…`."""
    get = document.get
    return _told(
        title=get("document_title"),
        body=values.said(get("document_opening_text"), get("document_hit_sentence")),
        url=get("document_url"),
        id=get("document_external_id"),
        published_at=get("document_publish_date"),
        author=values.first(get("document_author"), at(document, "document_author", "name")),
        lang=values.language(get("document_language_code")),
        kind=kind_of(get("source_information_type")),
        country=values.country(get("source_country_code")),
        reach=values.count(get("source_reach")),
    )


def _nested(document: Mapping[str, Any]) -> dict[str, Any]:
    """The template `api.json`: content, author, source, location, metrics, each an object.

    The shape in which others bring content to Meltwater (`contentType`) is read, too: its `url` is its id.
    """
    content = document.get("content")
    return _told(
        title=at(content, "title"),
        body=values.said(
            at(content, "subtitle"),
            at(content, "text"),
            at(content, "opening_text"),
            at(content, "summary"),
            at(document, "matched", "hit_sentence"),
        ),
        url=document.get("url"),
        id=values.first(document.get("id"), document.get("external_id"))
        or (document.get("url") if "contentType" in document else None),
        published_at=document.get("published_date") or document.get("timestamp"),
        author=values.first(
            at(document, "author", "name"), at(document, "author", "handle"), at(content, "byline")
        ),
        followers=values.count(at(document, "author", "metrics", "followers")),
        lang=values.language(
            at(document, "enrichments", "language_code"),
            document.get("language_code"),
            document.get("language"),
        ),
        kind=kind_of(
            values.first(
                document.get("content_type"),
                document.get("contentType"),
                at(document, "source", "information_type"),
            )
        ),
        country=values.country(at(document, "location", "country_code"), at(document, "source", "location")),
        place=values.first(at(document, "location", "city"), at(document, "location", "state")),
        reach=values.count(
            at(document, "metrics", "reach")
            or at(document, "source", "metrics", "reach")
            or at(document, "metrics", "audience")
            or at(document, "metrics", "views")
        ),
        thread=values.first(at(document, "thread", "id"), at(document, "thread", "thread_id")),
        reply_to=values.first(at(document, "thread", "parent_id"), at(document, "thread", "parent_url")),
        deleted=document.get("delete") is True,
    )


def _alert(document: Mapping[str, Any]) -> dict[str, Any]:
    """An "Every Mention" alert; it tells no time, and its links lead through Meltwater's own."""
    found = _REACH.search(" ".join(text_at(document, "statusLine").split()))
    return _told(
        title=document.get("title"),
        body=values.said(document.get("text")),
        url=at(document, "links", "article") or at(document, "links", "source"),
        id=document.get("id"),
        published_at=None,
        author=values.word(document.get("authorName")),
        kind=kind_of(document.get("providerType")),
        reach=values.count(found[1]) if found else None,
    )


def _told(*, title: Any, body: str, url: Any, **given: Any) -> dict[str, Any]:
    """What all shapes share: where there is no text, the headline is what was said."""
    link, headline = values.link(url), values.words(title)
    own = values.own(link, given["kind"], not_of=_REDIRECTS)
    return {
        **given,
        "id": values.identity(given["id"], own, otherwise=(link, headline, body, given["author"])),
        "text": body or headline,
        "title": headline if body and headline != body else None,
        "url": link,
        "uri": own,
    }
