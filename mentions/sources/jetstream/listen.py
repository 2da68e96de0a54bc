"""Staying connected to a Jetstream server, from where we were."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from kit.errors import Invalid
from mentions.sources.base import Connection, Gap, Items, Trouble
from mentions.sources.gather import gathered
from mentions.sources.jetstream.event import (
    POSTS,
    Event,
    from_microseconds,
    read_frame,
    read_gone,
    read_handle,
    read_post,
)
from mentions.sources.payload import at, judged, text_at, whole_at
from mentions.sources.sockets import frames, opened, socket_address
from mentions.sources.web import Refused

OVERLAP = 5_000_000  # microseconds that are sent again after a break: servers' clocks differ
GAP = 120_000_000  # microseconds: when the whole network begins so long after our cursor, the server forgot
HOURS = (72, 48, 36, 24, 12, 6, 3, 1)
"""Before now, of the tries after a cursor that was too old. Bluesky's servers keep 36."""
MAX_POST = 500_000  # bytes; a larger record is no post that people wrote
MOST_ACCOUNTS = 10_000


def listen(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
    """Posts as they are written, edited and taken back, from the cursor on, which is never ahead of now."""
    since = whole_at(cursor, "time_us")
    return gathered(_steps(connection, since and min(since, _microseconds(connection.now()))))


async def _steps(connection: Connection, since: int | None) -> AsyncIterator[Items]:
    """A cursor that the server no longer has is said in a Gap, once it was moved to what the server has."""
    for begin in (since, *_later(since, _microseconds(connection.now()))):
        try:
            async with opened(
                connection, address(connection, begin), subprotocol=_subprotocol(connection)
            ) as socket:
                if since is not None and begin is not None and begin > since:
                    yield Items(cursor={"time_us": begin})
                    raise _gap(since, from_microseconds(begin))
                async for items in _read(connection, frames(socket), since):
                    yield items
                return
        except Trouble as trouble:
            if since is None or not _is_too_old(trouble):
                raise
    assert since is not None
    yield Items(cursor={"time_us": _microseconds(connection.now())})
    raise _gap(since, connection.now())


def _later(since: int | None, now: int) -> Iterator[int]:
    """Where to begin when `since` is too long ago, the earliest first: no server tells what it has left."""
    for hours in HOURS:
        begin = now - hours * 3_600_000_000
        if since is not None and begin > since:
            yield begin


def _is_too_old(trouble: Trouble) -> bool:
    said = trouble.explained if isinstance(trouble, Refused) else trouble.message
    return "CursorTooOld" in said


async def _read(connection: Connection, found: AsyncIterator[str], since: int | None) -> AsyncIterator[Items]:
    newest, first, forgotten = since, True, False
    async for frame in found:
        try:
            event = read_frame(frame)
        except Invalid:
            yield Items(rejected=1)
            continue
        _raise_error(event)
        forgotten = forgotten or (event.kind == "info" and at(event.body, "name") == "OutdatedCursor")
        drafts, rejected = judged([event], lambda event: read_post(event, now=connection.now()))
        if event.at_us is not None:
            newest = max(newest or 0, min(event.at_us, _microseconds(connection.now())))
        gone, handle = read_gone(event), read_handle(event)
        yield Items(
            drafts,
            None if newest is None else {"time_us": newest},
            rejected,
            gone=(gone,) if gone else (),
            handles=(handle,) if handle else (),
        )
        if event.at_us is not None and since is not None:
            # of a few accounts, a silence is no gap unless the server says so
            if first and event.at_us - since > GAP and (forgotten or not _accounts(connection)):
                raise _gap(since, from_microseconds(event.at_us))
            first = False


def _raise_error(event: Event) -> None:
    if event.kind == "error":
        name = text_at(event.body, "error")
        if name == "ConsumerTooSlow":
            raise Trouble(
                "We read too slowly for the server; reading goes on where it stopped.", retry_after=1
            )
        raise Trouble(f"The server says: {name[:50]} {text_at(event.body, 'message')[:200]}".rstrip() + ".")


def _gap(since: int, until: datetime) -> Gap:
    begin = from_microseconds(since)
    return Gap(
        f"The server has nothing left of {begin:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC: what was "
        "posted then is missing. Listening goes on."
    )


def address(connection: Connection, since: int | None) -> str:
    """The socket's address. Both versions take microseconds as a cursor, as other servers do, too."""
    second = connection.settings.get("version") == "v2"
    server = connection.settings.get("server", "").strip().rstrip("/")
    asked: list[tuple[str, str | int]] = [("maxMessageSizeBytes", MAX_POST)]
    if second:
        asked += [("kinds", "commit"), ("kinds", "account"), ("kinds", "identity"), ("collections", POSTS)]
    else:
        asked += [("wantedCollections", POSTS), ("compress", "false")]
    asked += [("dids" if second else "wantedDids", did) for did in _accounts(connection)]
    if since is not None:
        asked.append(("cursor", max(0, since - OVERLAP)))
    path = "/xrpc/network.bsky.jetstream.subscribeEvents" if second else "/subscribe"
    return f"{socket_address(server if '://' in server else f'wss://{server}')}{path}?{urlencode(asked)}"


def _accounts(connection: Connection) -> list[str]:
    return connection.settings.get("accounts", "").replace(",", " ").split()[:MOST_ACCOUNTS]


def _subprotocol(connection: Connection) -> str | None:
    return "xrpc.v1.json" if connection.settings.get("version") == "v2" else None


def _microseconds(time: datetime) -> int:
    return int(time.timestamp() * 1_000_000)
