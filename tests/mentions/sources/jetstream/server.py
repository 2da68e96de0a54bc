"""A Jetstream server of either version, over a real socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from mentions.sources.base import Connection
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import connected

T0 = int((NOW - timedelta(minutes=10)).timestamp() * 1_000_000)
SECOND = 1_000_000

Speak = Callable[[ServerConnection], Awaitable[None]]


def post(number: int, *, seconds: float, **commit: Any) -> dict[str, Any]:
    record = {"text": f"post {number}", "createdAt": "2026-03-01T11:50:00Z"}
    made = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": f"k{number}", "record": record}
    at_us = T0 + int(seconds * SECOND)
    return {"did": "did:plc:ana", "time_us": at_us, "kind": "commit", "commit": {**made, **commit}}


def second_version(event: dict[str, Any]) -> dict[str, Any]:
    time = (NOW - timedelta(minutes=10) + timedelta(microseconds=event["time_us"] - T0)).isoformat()
    kind = "network.bsky.jetstream.subscribeEvents#commit"
    return {
        "$type": "message",
        "payload": {"$type": kind, "did": event["did"], "time": time, **event["commit"]},
    }


class Jetstream:
    """Has events, and serves those from a cursor on; keeps only what is younger than `floor`."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.floor = 0
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.then: Speak = ServerConnection.wait_closed
        self.refusal: tuple[int, dict[str, str], str] | None = None
        self.too_old = ""
        """How an older cursor than `floor` is refused: by `status`, or by a `frame`; empty: it is not."""
        self.raw: list[str | bytes] = []

    def refuse(self, socket: ServerConnection, request: Request) -> Response | None:
        aim = urlsplit(request.path)
        self.asked.append((aim.path, parse_qs(aim.query)))
        refusal = self.refusal
        if self.too_old == "status" and self._cursor() < self.floor:
            refusal = (400, {}, json.dumps({"error": "CursorTooOld", "message": "floor is 7"}))
        if refusal is None:
            return None
        status, headers, text = refusal
        response = socket.respond(HTTPStatus(status), text)
        for name, value in headers.items():
            response.headers[name] = value
        return response

    def _cursor(self) -> int:
        return int(self.asked[-1][1].get("cursor", [str(T0 + 10**12)])[0])

    async def speak(self, socket: ServerConnection) -> None:
        second, cursor = "xrpc" in self.asked[-1][0], self._cursor()
        if self.too_old == "frame" and cursor < self.floor:
            await socket.send(
                json.dumps({"$type": "error", "error": "CursorTooOld", "message": "floor is 7"})
            )
            return
        if second and cursor < self.floor:
            info = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"}
            await socket.send(json.dumps({"$type": "message", "payload": info}))
        for event in self.events:
            if event["time_us"] >= max(cursor, self.floor):
                await socket.send(json.dumps(second_version(event) if second else event))
        for raw in self.raw:
            await socket.send(raw, text=True)
        await self.then(socket)


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Jetstream, str]]:
    """The server, and its address."""
    server = Jetstream()

    def protocols(_: ServerConnection, offered: Any) -> Any:
        return offered[0] if offered else None

    async with serve(
        server.speak,
        "127.0.0.1",
        0,
        process_request=server.refuse,
        select_subprotocol=protocols,
        compression=None,
    ) as sockets:
        yield server, f"ws://127.0.0.1:{next(iter(sockets.sockets)).getsockname()[1]}"


@asynccontextmanager
async def jetstream(**settings: str) -> AsyncIterator[tuple[Jetstream, Connection]]:
    async with serving() as (server, address), connected({"server": address, **settings}) as connection:
        yield server, connection


async def goes_away(socket: ServerConnection) -> None:
    await socket.close(1001, "restart")


async def breaks(socket: ServerConnection) -> None:
    socket.transport.abort()


async def tears(socket: ServerConnection) -> None:
    """Half a frame of text, announced as a whole one."""
    socket.transport.write(b"\x81\x7e\x01\x00" + b'{"did":"did:plc:ana","time_us":17')
    socket.transport.abort()
