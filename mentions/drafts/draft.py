"""One mention as a sender wrote it: read carefully, judged field by field, not yet enriched."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TypeVar
from unicodedata import combining
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from kit.errors import Invalid

MAX_TEXT = 20_000
MAX_SHORT = 500
MAX_URL = 2_000
MAX_FOLLOWERS = 2**53
YEARS = range(1900, 2200)
"""Of all times: at the calendar's ends some zones have no local time, and a page showing it would break."""
MILLISECONDS = 10**11  # as seconds, that is the year 5138: a larger number counts milliseconds

MAX_TITLE = 1_000
KINDS = ("post", "comment", "article", "review", "video", "audio", "call", "letter", "visit")
"""What a mention can be: written, broadcast, or said to one of us (call, letter, visit)."""

FIELDS = (
    "id", "text", "published_at", "author", "followers", "url", "lang", "arrived_at", "title", "kind",
    "thread", "reply_to", "repost_of", "reach", "country", "place", "uri", "revised_at", "deleted", "domain",
)  # fmt: skip
"""Our names of a mention's fields, for field maps."""

TOLD = ("id", "text", "published_at", "author", "followers", "url", "lang")
"""The fields that make a mention without an id the same mention when it is sent again."""

T = TypeVar("T")
MOST_MARKS = 30
"""On one letter: no language has as many (UAX 15, Stream-Safe Text Format)."""
SHORT = 500
"""Characters that cost little whatever marks they have."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LANG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?")


class MentionDraft(Struct, frozen=True, omit_defaults=True, gc=False):
    """What a source says of one public post. Times are aware and in UTC.

    `gc=False`: it holds nothing that could lead back to it, so nobody need look for cycles in it.
    """

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
    title: str | None = None
    kind: str = "post"
    """One of KINDS."""
    thread: str | None = None
    """The source's id of the conversation: the root post, the video, the article."""
    reply_to: str | None = None
    """The native id of what it answers."""
    repost_of: str | None = None
    """The native id or the address of what it repeats."""
    reach: int | None = None
    """People who may have seen it, as the source says."""
    country: str | None = None
    """ISO 3166-1 alpha-2, upper case."""
    place: str | None = None
    uri: str | None = None
    """An identity that holds across sources: two items with one uri are the same item and count once."""
    revised_at: datetime | None = None
    """When it was edited: a newer revision replaces a known item's text. None: redelivery changes nothing."""
    deleted: bool = False
    """Its author took it back: what is known of it is wiped, that it was said stays counted."""
    domain: str | None = None
    """The host it stands on, lower case, without www."""


def parse(obj: object, *, now: datetime, zone: tzinfo | None = None) -> MentionDraft:
    """Read one mention out of an object under our names (`mentions.drafts.field_map` brings others' under
    them).

    Only the text is required: a missing time is `now`, a missing id a digest. Times without an offset are
    read in `zone` and refused when that is None. Raises Invalid with our name of the field at fault.
    """
    if not isinstance(obj, dict):
        raise Invalid("A mention must be an object with named fields.")
    given = {field: obj.get(field) for field in FIELDS}
    published_at = _read("published_at", given, lambda value: moment(value, zone=zone))
    deleted = bool(_read("deleted", given, _truth))
    native_id = _read("id", given, _identity)
    if deleted and native_id is None:
        raise Invalid("A deletion must name the id of what was deleted.", field="id")
    url = _read("url", given, _url)
    return MentionDraft(
        native_id=native_id or _digest(given),
        text="" if deleted else _text(given["text"]),
        published_at=published_at or now,
        author=_read("author", given, _short),
        followers=_read("followers", given, _count),
        url=url,
        lang=_read("lang", given, _lang),
        arrived_at=_read("arrived_at", given, lambda value: moment(value, zone=zone)),
        title=_read("title", given, _title),
        kind=_read("kind", given, _kind) or "post",
        thread=_read("thread", given, _identity),
        reply_to=_read("reply_to", given, _identity),
        repost_of=_read("repost_of", given, _reference),
        reach=_read("reach", given, _count),
        country=_read("country", given, _country),
        place=_read("place", given, _short),
        uri=_read("uri", given, _reference),
        revised_at=_read("revised_at", given, lambda value: moment(value, zone=zone)),
        deleted=deleted,
        domain=_read("domain", given, _domain) or host(url),
    )


def checked(given: Mapping[str, object], *, now: datetime) -> MentionDraft:
    """A draft of what a provider sent, under our names of the fields, by the same checks as `parse`.

    Only `id` and `text` must be right, or Invalid says what is wrong. A text that is too long is cut, and any
    other field that is wrong is left out: a provider's odd link is no reason to lose what was said.
    """
    left = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()
    }
    if left.get("id") in (None, ""):
        raise Invalid("id must not be empty.", field="id")
    if isinstance(text := left.get("text"), str):
        left["text"] = text[:MAX_TEXT]
    while True:
        try:
            found = parse(left, now=now)
            break
        except Invalid as error:
            if error.field in ("id", "text") or left.pop(error.field or "", None) is None:
                raise
    return until(now, found)


def until(now: datetime, found: MentionDraft) -> MentionDraft:
    """Nothing was published or edited after it reached us, whatever a client's clock says."""
    if found.published_at <= now and (found.revised_at is None or found.revised_at <= now):
        return found
    edited = found.revised_at and min(found.revised_at, now)
    return replace(found, published_at=min(found.published_at, now), revised_at=edited)


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
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"is no time such as 2026-03-01T08:00:00Z: {value.strip()[:40]!r}") from None
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
        raise Invalid("{} {}.", field, error, field=field) from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not storable(value).strip():
        raise Invalid("text must not be empty.", field="text")
    if len(value) > MAX_TEXT:
        raise Invalid("text has {:,} characters; the limit is {:,}.", len(value), MAX_TEXT, field="text")
    return legible(storable(value))


def storable(text: str) -> str:
    """The text without what PostgreSQL and UTF-8 cannot hold: NUL goes, a lone surrogate becomes U+FFFD."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def legible(text: str) -> str:
    """The text without the marks that pile up on a letter beyond MOST_MARKS.

    To put marks in order, as each comparison of texts does, takes time by the square of how many there are:
    seconds for one text of nothing else.
    """
    if len(text) <= SHORT or text.isascii() or not any(map(combining, text)):
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


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
    content = json.dumps([given[field] for field in TOLD], default=str)
    return "sha256:" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _short(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > MAX_SHORT:
        raise ValueError(f"is longer than {MAX_SHORT} characters")
    return storable(value).strip()


def _count(value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 0 <= number <= MAX_FOLLOWERS:
        raise ValueError(f"must be a whole number from 0 to {MAX_FOLLOWERS}")
    return int(number)


def _title(value: object) -> str:
    """A headline is cut where a name would be refused: it is said again in the text it stands over."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return legible(storable(value).strip()[:MAX_TITLE])


def _kind(value: object) -> str:
    kind = value.strip().lower() if isinstance(value, str) else None
    if kind not in KINDS:
        raise ValueError(f"must be one of {', '.join(KINDS)}")
    return kind


def _reference(value: object) -> str:
    """An id or an address of another item."""
    if isinstance(value, str) and len(value.strip()) > MAX_SHORT:
        if len(value) > MAX_URL or _UNSTORABLE.search(value):
            raise ValueError(f"is longer than {MAX_URL:,} characters")
        return value.strip()
    return _identity(value)


def _country(value: object) -> str | None:
    """Anything but a code of two letters is no country we know: left out, not refused."""
    found = value.strip().upper() if isinstance(value, str) else ""
    return found if len(found) == 2 and found.isascii() and found.isalpha() else None


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() in {"1", "true", "yes"}:
        return True
    if str(value).strip().lower() in {"0", "false", "no"}:
        return False
    raise ValueError("must be true or false")


def _domain(value: object) -> str | None:
    return host(f"//{value.strip()}") if isinstance(value, str) else None


def host(url: str | None) -> str | None:
    """The host of an address as a domain: lower case, without `www.`; None where there is none."""
    try:
        found = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return found if 0 < len(found) <= MAX_SHORT and not _UNSTORABLE.search(found) else None


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
