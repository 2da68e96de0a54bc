"""Words that people typed, checked before they are kept."""

from __future__ import annotations

from kit.errors import Invalid
from kit.lines import one_line

LINE = 200
"""Longest title, in characters."""
REASON = 1_000
TEXT = 10_000
URL = 2_000


def required(text: str, *, field: str, limit: int = TEXT) -> str:
    """The text without outer blanks; Invalid when nothing is left of it, or it is too long."""
    cleaned = optional(text, field=field, limit=limit)
    if not cleaned:
        raise Invalid("Please write something here.", field=field)
    return cleaned


def optional(text: str, *, field: str, limit: int = TEXT) -> str:
    """Like `required`, but may be empty."""
    cleaned = text.strip()
    if len(cleaned) > limit:
        raise Invalid("This is {:,} characters long; {:,} are allowed.", len(cleaned), limit, field=field)
    if not can_be_stored(cleaned):
        raise Invalid("This contains a character that no text has.", field=field)
    return cleaned


def title(text: str, *, field: str) -> str:
    """Like `required`, on one line of at most LINE characters: control and direction marks become blanks."""
    return required(one_line(optional(text, field=field, limit=LINE)), field=field)


def can_be_stored(text: str) -> bool:
    """Whether the database takes it, be it only to compare: NUL and lone surrogates are no text to it."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def web_address(url: str, *, field: str) -> str:
    """An http or https address; others (`javascript:` …) would be dangerous behind a link."""
    cleaned = required(url, field=field, limit=URL)
    if not cleaned.lower().startswith(("https://", "http://")) or any(sign.isspace() for sign in cleaned):
        raise Invalid("A web address begins with https:// and has no spaces.", field=field)
    return cleaned
