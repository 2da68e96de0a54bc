"""One mention as a sender wrote it: read carefully, judged field by field, not yet enriched."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from kit.errors import Invalid

MAX_TEXT = 20_000
MAX_SHORT = 500
MAX_URL = 2_000
MAX_FOLLOWERS = 2**53
YEARS = range(1900, 2200)
"""Of all times: at the calendar's ends some zones have no local time, and a page showing it would break."""
MILLISECONDS = 10**11  # as seconds, that is the year 5138: a larger number counts milliseconds

FIELDS = ("id", "text", "published_at", "author", "followers", "url", "lang", "arrived_at")
"""Our names of a mention's fields, for field maps."""

T = TypeVar("T")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LANG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?")


@dataclass(frozen=True, slots=True)
class MentionDraft:
    """What a source says of one public post. Times are aware and in UTC."""

    native_id: str
    """The source's own id; where it gave none, a digest of what it gave."""
    text: str
    published_at: datetime
    author: str | None = None
    followers: int | None = None
    url: str | None = None
    lang: str | None = None
    """ISO 639 code as declared by the sender: a hint, not a finding."""
    arrived_at: datetime | None = None
    """When the transport got it; None: whoever stores it knows."""


def parse(
    obj: object, *, field_map: Mapping[str, str], now: datetime, zone: tzinfo | None = None
) -> MentionDraft:
    """Read one mention out of a JSON object or a file's row.

    `field_map` names their field for ours, dots reaching into nested objects; an unmapped field has our own
    name. Only the text is required: a missing time is `now`, a missing id a digest. Times without an offset
    are read in `zone` and refused when that is None. Raises Invalid with our name of the field at fault.
    """
    if not isinstance(obj, dict):
        raise Invalid("A mention must be an object with named fields.")
    given = {field: _reach(obj, field_map.get(field, field)) for field in FIELDS}
    published_at = _read("published_at", given, lambda value: moment(value, zone=zone))
    return MentionDraft(
        native_id=_read("id", given, _identity) or _digest(given),
        text=_text(given["text"]),
        published_at=published_at or now,
        author=_read("author", given, _short),
        followers=_read("followers", given, _followers),
        url=_read("url", given, _url),
        lang=_read("lang", given, _lang),
        arrived_at=_read("arrived_at", given, lambda value: moment(value, zone=zone)),
    )


def moment(value: object, *, zone: tzinfo | None = None) -> datetime:
    """An aware UTC time from ISO 8601 text or Unix seconds or milliseconds; ValueError says what is wrong."""
    try:
        found = _moment(value, zone)
    except (OverflowError, OSError) as error:
        raise ValueError("is outside the calendar") from error
    if found.year not in YEARS:
        raise ValueError("is outside the calendar")
    return found


def _moment(value: object, zone: tzinfo | None) -> datetime:
    number = _number(value)
    if number is not None:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= MILLISECONDS else number, UTC)
    if not isinstance(value, str):
        raise ValueError("must be ISO 8601 text or Unix seconds")
    found = datetime.fromisoformat(value.strip())
    if found.tzinfo is None:
        if zone is None:
            raise ValueError("has no UTC offset: write 2026-03-01T08:00:00Z, or state the time zone")
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)


def _read(field: str, given: dict[str, object], read: Callable[[object], T]) -> T | None:
    value = given[field]
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return read(value)
    except ValueError as error:
        raise Invalid(f"{field} {error}.", field=field) from error


def _reach(obj: Mapping[object, object], name: str) -> object:
    """The value under `name`, or under its parts when `name` is a dotted path into nested objects."""
    if name in obj:
        return obj[name]
    found: object = obj
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or not storable(value).strip():
        raise Invalid("text must not be empty.", field="text")
    if len(value) > MAX_TEXT:
        raise Invalid(f"text has {len(value):,} characters; the limit is {MAX_TEXT:,}.", field="text")
    return storable(value)


def storable(text: str) -> str:
    """The text without what PostgreSQL and UTF-8 cannot hold: NUL goes, a lone surrogate becomes U+FFFD."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def _identity(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("must be text or a whole number")
    name = str(value).strip()
    if len(name) > MAX_SHORT:
        raise ValueError(f"is longer than {MAX_SHORT} characters")
    if _UNSTORABLE.search(name):  # mended ids could collide, and a collision loses a mention
        raise ValueError("holds a character that cannot be stored")
    return name


def _digest(given: Mapping[str, object]) -> str:
    """The same post without an id, sent twice, is the same mention."""
    content = json.dumps([given[field] for field in FIELDS if field != "arrived_at"], default=str)
    return "sha256:" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _short(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > MAX_SHORT:
        raise ValueError(f"is longer than {MAX_SHORT} characters")
    return storable(value).strip()


def _followers(value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 0 <= number <= MAX_FOLLOWERS:
        raise ValueError(f"must be a whole number from 0 to {MAX_FOLLOWERS}")
    return int(number)


def _url(value: object) -> str:
    """Shown as a link later, so nothing but http and https."""
    if not isinstance(value, str) or not value.lower().startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    if len(value) > MAX_URL:
        raise ValueError(f"is longer than {MAX_URL:,} characters")
    return storable(value).strip()


def _lang(value: object) -> str | None:
    found = _LANG.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1].lower() if found else None


def _number(value: object) -> float | None:
    """A finite number given as such or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
