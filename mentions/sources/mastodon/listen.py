"""Staying connected to a Mastodon stream, and reading what was missed while we were not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Gap, Items, Trouble
from mentions.sources.gather import gathered
from mentions.sources.lines import read_lines
from mentions.sources.mastodon import server
from mentions.sources.mastodon.events import Event, enveloped, read_event, server_sent
from mentions.sources.mastodon.ids import comparable, earlier_by, later, order
from mentions.sources.mastodon.server import Streaming, Wanted
from mentions.sources.mastodon.status import read_status
from mentions.sources.payload import judged, text_at
from mentions.sources.sockets import frames, opened, socket_address

OVERLAP = 60  # seconds that are read again after a break: statuses do not come in the order of their ids
MOST_MISSED = 100  # pages of a timeline; reading more would keep us from what is said now

Events = AbstractAsyncContextManager[AsyncIterator[Event]]


def listen(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
    """First the stream is opened, then what was missed is read, then the stream: nothing falls between."""
    return gathered(_steps(connection, str(cursor.get("id", ""))))


async def glance(connection: Connection) -> Items:
    """The newest of the timeline behind the stream, once that could be opened: it may be quiet."""
    asked = server.wanted(connection)
    async with _opened(connection, asked):
        found = await server.page(connection, asked)
    home, now = server.home(connection), connection.now()
    drafts, rejected = judged(found, lambda status: read_status(status, home=home, now=now))
    return Items(drafts, rejected=rejected)


@asynccontextmanager
async def _opened(connection: Connection, asked: Wanted) -> AsyncIterator[AsyncIterator[Event]]:
    streaming = await server.streaming_of(connection)
    await server.check_health(connection, streaming)
    by_socket = connection.settings.get("transport") == "websocket"
    async with (_by_socket if by_socket else _by_events)(connection, streaming, asked) as events:
        yield events


async def _steps(connection: Connection, newest: str) -> AsyncIterator[Items]:
    asked = server.wanted(connection)
    async with _opened(connection, asked) as events:
        async for items in _missed(connection, asked, newest):
            newest = str((items.cursor or {}).get("id", newest))
            yield items
        async for event in events:
            items = read_event(event, home=server.home(connection), now=connection.now())
            if event.name == "update" and items.drafts:
                newest = later(newest, items.drafts[0].native_id)
            yield Items(items.drafts, {"id": newest}, items.rejected)


async def _missed(connection: Connection, asked: Wanted, newest: str) -> AsyncIterator[Items]:
    """What stands in the timeline after `newest`, oldest page first; at first, only where to begin."""
    if not newest:
        yield Items(cursor={"id": await _newest(connection, asked)})
        return
    since = earlier_by(OVERLAP, newest)
    for _ in range(MOST_MISSED):
        found = await server.page(connection, asked, min_id=since)
        ids = [text_at(status, "id") for status in found]
        if not any(ids):
            return
        if not all(comparable(name, since) for name in ids if name):
            yield Items(cursor={"id": await _newest(connection, asked)})
            raise Gap(
                "The server numbers its posts otherwise than the one before: what was said in between is "
                "missing."
            )
        if (last := later(since, max(ids, key=order))) == since:
            return
        since, newest = last, later(newest, last)
        home, now = server.home(connection), connection.now()
        drafts, rejected = judged(reversed(found), lambda status: read_status(status, home=home, now=now))  # noqa: B023
        yield Items(drafts, {"id": newest}, rejected)
    yield Items(cursor={"id": await _newest(connection, asked)})
    raise Gap(
        f"More than {MOST_MISSED * server.PAGE:,} posts were missed while we were not connected. The rest of "
        "them is left out, and listening goes on from now."
    )


async def _newest(connection: Connection, asked: Wanted) -> str:
    found = await server.page(connection, asked, limit=1)
    return text_at(found[0], "id") if found else "0"


@asynccontextmanager
async def _by_events(
    connection: Connection, streaming: Streaming, asked: Wanted
) -> AsyncIterator[AsyncIterator[Event]]:
    headers = server.headers(connection) | {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
    opened = web.answer(
        connection,
        "GET",
        streaming.address + asked.path,
        params=asked.parameters,
        headers=headers,
        outside=streaming.outside,
        silence=web.SILENCE,
    )
    async with opened as response:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise Trouble("The answer is no event stream; is this a Mastodon server?", permanent=True)
        yield server_sent(read_lines(web.flow(response)))


@asynccontextmanager
async def _by_socket(
    connection: Connection, streaming: Streaming, asked: Wanted
) -> AsyncIterator[AsyncIterator[Event]]:
    address = socket_address(streaming.address) + "/api/v1/streaming"
    headers = server.headers(connection)
    async with opened(connection, address, headers=headers, outside=streaming.outside) as socket:
        subscription = {"type": "subscribe", "stream": asked.stream, **asked.parameters}
        await socket.send(json.dumps(subscription))
        yield (enveloped(frame) async for frame in frames(socket))
