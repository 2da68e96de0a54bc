"""A Jetstream event, of either version, as a mention. Pure.

Version 1: bare events with `time_us`. Version 2: lexicon network.bsky.jetstream.subscribeEvents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kit.errors import Invalid
from mentions.drafts.draft import YEARS, MentionDraft, checked, moment
from mentions.sources.jetstream.facets import full_text
from mentions.sources.payload import at, lately, list_at, read_json, text_at, whole_at

POSTS = "app.bsky.feed.post"
VERSION_2 = "network.bsky.jetstream.subscribeEvents#"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200}")
_HANDLE = re.compile(r"(?=.{3,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
NO_HANDLE = "handle.invalid"
"""Of an account whose handle does not lead back to it (AT Protocol)."""
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,200}")


@dataclass(frozen=True)
class Event:
    """One event, whatever the version."""

    kind: str
    """`commit`, `identity`, `account`, `sync`; `info` (name in `body`); `error`."""
    body: Any
    """Of a commit: operation, collection, rkey, record."""
    did: str = ""
    at_us: int | None = None
    """When the server saw it, in microseconds of Unix time: the transport's clock, and the cursor."""


def read_frame(frame: str) -> Event:
    """The event in a frame of either version. Raises Invalid."""
    found = read_json(frame)
    if not isinstance(found, dict):
        raise Invalid("An event must be an object.")
    if text_at(found, "$type") == "error":
        return Event("error", found)
    if text_at(found, "$type") == "message":
        payload = at(found, "payload")
        kind = text_at(payload, "$type").removeprefix(VERSION_2)
        seen = text_at(payload, "witnessedAt") or text_at(payload, "time")
        return Event(kind, payload, text_at(payload, "did"), _microseconds(seen))
    kind = text_at(found, "kind")
    return Event(kind, at(found, kind), text_at(found, "did"), _plausible(whole_at(found, "time_us")))


def read_post(event: Event, *, now: datetime) -> MentionDraft | None:
    """The post that was written, edited or taken back; None for every other event. Raises Invalid.

    It arrived when the server saw it. It was published when its author's program says, or when the server saw
    it if that claims to be later (AT Protocol: `createdAt` is a client's word).
    """
    if event.kind != "commit" or text_at(event.body, "collection") != POSTS:
        return None
    seen = now if event.at_us is None else lately(from_microseconds(event.at_us).isoformat(), now) or now
    uri, operation = _address(event), text_at(event.body, "operation")
    if operation == "delete":
        return checked({"id": uri, "text": "", "deleted": True, "arrived_at": seen}, now=seen)
    if operation not in ("create", "update"):
        raise Invalid(f"There is no operation {operation[:20]!r}.")
    record = at(event.body, "record")
    text = full_text(record)
    if not text.strip() and isinstance(record, dict):
        return None  # pictures without a word, or a description
    return checked(
        {
            "id": uri,
            "uri": uri,
            "text": text,
            "published_at": at(record, "createdAt"),
            "arrived_at": seen,
            "author": event.did,
            "url": f"https://bsky.app/profile/{event.did}/post/{text_at(event.body, 'rkey')}",
            "lang": next(iter(list_at(record, "langs")), None),
            "thread": text_at(record, "reply", "root", "uri") or uri,
            "reply_to": text_at(record, "reply", "parent", "uri"),
            "revised_at": seen if operation == "update" else None,
        },
        now=seen,
    )


def read_gone(event: Event) -> str | None:
    """The account that was deleted, or taken down by its network; None for every other event.

    One that its owner switched off (`deactivated`) may come back, with all that it said.
    """
    ended = text_at(event.body, "status") in ("deleted", "takendown", "suspended")
    if event.kind != "account" or not ended or at(event.body, "active") is not False:
        return None
    return event.did if _DID.fullmatch(event.did) else None


def read_handle(event: Event) -> tuple[str, str] | None:
    """The account and the handle that it has from now on; None for every other event."""
    handle = text_at(event.body, "handle").lower()
    if event.kind != "identity" or handle == NO_HANDLE or not _HANDLE.fullmatch(handle):
        return None
    return (event.did, handle) if _DID.fullmatch(event.did) else None


def from_microseconds(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def _address(event: Event) -> str:
    key = text_at(event.body, "rkey")
    if not _DID.fullmatch(event.did) or not _KEY.fullmatch(key):
        raise Invalid("An event must name its account and its record.", field="id")
    return f"at://{event.did}/{POSTS}/{key}"


def _microseconds(time: str) -> int | None:
    try:
        return (moment(time) - _EPOCH) // timedelta(microseconds=1)
    except ValueError:
        return None


def _plausible(number: int | None) -> int | None:
    """Microseconds of a year that we can store; else nothing."""
    if number is None or not 0 <= number < 10**16:
        return None
    return number if from_microseconds(number).year in YEARS else None
