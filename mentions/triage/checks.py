"""Words that people typed into a case, checked before they are kept."""

from __future__ import annotations

from kit.errors import Invalid

TEXT = 5_000
URL = 2_000


def optional(text: str, *, field: str, limit: int = TEXT) -> str:
    """The text without outer blanks; Invalid when it is too long or no text to a database."""
    cleaned = text.strip()
    if len(cleaned) > limit:
        raise Invalid("This is {:,} characters long; {:,} are allowed.", len(cleaned), limit, field=field)
    if "\x00" in cleaned or any("\ud800" <= sign <= "\udfff" for sign in cleaned):
        raise Invalid("This contains a character that no text has.", field=field)
    return cleaned


def required(text: str, *, field: str) -> str:
    """Like `optional`, but something must be left."""
    cleaned = optional(text, field=field)
    if not cleaned:
        raise Invalid("Please write something here.", field=field)
    return cleaned


def web_address(url: str | None, *, field: str) -> str | None:
    """An http or https address, None where nothing was typed."""
    cleaned = optional(url or "", field=field, limit=URL)
    if not cleaned:
        return None
    if not cleaned.lower().startswith(("https://", "http://")) or any(sign.isspace() for sign in cleaned):
        raise Invalid("A web address begins with https:// and has no spaces.", field=field)
    return cleaned
