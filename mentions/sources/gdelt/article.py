"""An article in a list of GDELT's as a mention, and the list itself. Pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.sources import values
from mentions.sources.base import Trouble
from mentions.sources.html import to_text
from mentions.sources.links import canonical
from mentions.sources.payload import at, list_at, text_at

PLAIN = "%Y%m%d%H%M%S"
"""As GDELT's files write times; its lists have a T and a Z more."""
_ESCAPE = re.compile(r'(\\(?:\\|["/bfnrt]|u[0-9a-fA-F]{4}))|\\')
_PASSES = re.compile(r"limit|later|try again|timed? ?out|unavailable|overload|error", re.IGNORECASE)


def read_list(text: str) -> list[Any]:
    """The articles. GDELT answers 200 whatever happens: a sentence or a page instead of JSON is a Trouble."""
    try:
        found = json.loads(_mended(text), strict=False) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise _trouble(text) from error
    if not isinstance(found, dict):
        raise Trouble("GDELT answered with something that is no list of articles.")
    return list_at(found, "articles")


def _mended(text: str) -> str:
    r"""Headlines hold backslashes that GDELT does not escape (`\'`)."""
    return _ESCAPE.sub(r"\1", text)


def _trouble(text: str) -> Trouble:
    said = " ".join(to_text(text[:5_000]).split())[:200]
    if text.lstrip().startswith(("{", "[")):
        return Trouble("GDELT's answer broke off.")
    if _PASSES.search(said) or "<" in text:
        return Trouble(f"GDELT says: {said or 'nothing'}", retry_after=PACE)
    return Trouble(f"GDELT does not take the search: {said}", permanent=True)


PACE = 6.0  # seconds; GDELT asks for one question every five


def read_article(article: Any, *, now: datetime) -> MentionDraft:
    """The mention: a headline and where it stands; GDELT passes no more on. Raises Invalid.

    It was published when GDELT saw it, in steps of fifteen minutes.
    """
    if not isinstance(article, dict):
        raise Invalid("An article must be an object.")
    url, title = text_at(article, "url"), to_text(text_at(article, "title"))
    uri = canonical(url)
    return checked(
        {
            "id": values.identity(uri) if uri else None,
            "uri": uri,
            "url": url,
            "text": title,
            "title": title,
            "kind": "article",
            "published_at": seen(article),
            "domain": at(article, "domain"),
            "lang": values.language(at(article, "language")),
            "country": values.country(at(article, "sourcecountry")),
        },
        now=now,
    )


def seen(article: Any) -> datetime | None:
    """When GDELT saw it, in UTC; None where that cannot be read."""
    digits = re.sub(r"\D", "", text_at(article, "seendate"))
    try:
        return datetime.strptime(digits, PLAIN).replace(tzinfo=UTC)
    except ValueError:
        return None
