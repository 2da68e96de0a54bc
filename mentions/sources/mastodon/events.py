"""What a Mastodon stream says, by either transport, as steps. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from kit.errors import Invalid
from mentions.sources import web
from mentions.sources.base import Items, Trouble
from mentions.sources.lines import LONGEST
from mentions.sources.mastodon.status import deletion, read_status
from mentions.sources.payload import at, judged, read_json, text_at


@dataclass(frozen=True)
class Event:
    """`data` is JSON as text, or a bare id; None: it could not be read."""

    name: str
    data: str | None


def read_event(event: Event, *, home: str, now: datetime) -> Items:
    """New and edited statuses, and deletions; nothing for all else (`filters_changed`, `notification` …)."""
    if event.data is None:
        return Items(rejected=1)
    if event.name in ("update", "status.update"):
        drafts, rejected = judged([event.data], lambda data: read_status(read_json(data), home=home, now=now))
    elif event.name == "delete":
        drafts, rejected = judged([event.data], lambda data: deletion(data, now=now))
    else:
        return Items()
    return Items(drafts, rejected=rejected)


async def server_sent(lines: AsyncIterator[bytes | None]) -> AsyncIterator[Event]:
    """The events of a `text/event-stream`; comments (`:thump`) are signs of life and nothing else.

    By the WHATWG's HTML standard, 9.2.6, without `id` and `retry`, which Mastodon does not send; none may
    grow beyond the longest line, and one broken off by the end of the stream is dropped.
    """
    name, data, size, broken = "", [b""], 0, False
    async for line in lines:
        if line is None or size > LONGEST:
            broken = True
        elif line:
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"event":
                name = web.decoded(value, "")
            elif field == b"data":
                data.append(value)
                size += len(value) + 1  # an empty one costs, too
        if line == b"":
            if broken or len(data) > 1:
                yield Event(name, None if broken else web.decoded(b"\n".join(data[1:]), ""))
            name, data, size, broken = "", [b""], 0, False


def enveloped(frame: str) -> Event:
    """The event in a WebSocket's frame, whose payload is JSON once more. Raises Trouble on an error."""
    try:
        found = read_json(frame)
    except Invalid:
        return Event("", None)
    if not isinstance(found, dict):
        return Event("", None)
    if "error" in found and "event" not in found:
        status = at(found, "status")
        raise Trouble(f"The server refused the stream: {str(found['error'])[:200]}.", permanent=status != 500)
    payload = at(found, "payload")
    return Event(
        text_at(found, "event"), "" if payload is None else payload if isinstance(payload, str) else None
    )
