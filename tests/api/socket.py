"""A client of `/graphql` over graphql-transport-ws, inside the process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Message

from tests.web.cast import Cast


class Socket:
    """One connection; `ask` for one answer, `subscribe` and `next` for many."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.from_app: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = False
        """Whether the line was cut: what the app says then fails, as a server's `send` does."""
        self.said_in_vain = asyncio.Event()
        self._asked = 0

    async def carry(self, message: Message) -> None:
        """The app's `send`."""
        if self.gone:
            self.said_in_vain.set()
            raise OSError("the line was cut")
        await self.from_app.put(message)

    async def say(self, **message: Any) -> None:
        await self.to_app.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> dict[str, Any]:
        """The next message; the ASGI message itself when it is the end of the connection."""
        async with asyncio.timeout(60):
            message = await self.from_app.get()
        return dict(json.loads(message["text"]) if message["type"] == "websocket.send" else message)

    async def subscribe(self, query: str, **variables: Any) -> None:
        self._asked += 1
        payload = {"query": query, "variables": variables}
        await self.say(id=str(self._asked), type="subscribe", payload=payload)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The payload of a query's or mutation's answer."""
        await self.subscribe(query, **variables)
        answer = await self.hear()
        assert answer["type"] == "next", answer
        assert (await self.hear())["type"] == "complete"
        return dict(answer["payload"])


@asynccontextmanager
async def socket(cast: Cast, name: str = "", *, bearer: str = "") -> AsyncIterator[Socket]:
    """A connection of somebody who is signed in, or of a program with a token."""
    made = Socket()
    proof = (b"authorization", f"Bearer {bearer}".encode())
    if name:
        proof = (b"cookie", f"tocsin_session={await cast.cookie(name)}".encode())
    headers = [
        (b"host", b"tocsin.test"),
        (b"origin", b"http://tocsin.test"),
        proof,
    ]
    protocols = ["graphql-transport-ws"]
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "scheme": "ws",
        "headers": headers,
        "subprotocols": protocols,
    }
    await made.to_app.put({"type": "websocket.connect"})
    app = asyncio.create_task(cast.app(scope, made.to_app.get, made.carry))
    opened = await made.from_app.get()
    assert opened["type"] == "websocket.accept", opened["type"]
    await made.say(type="connection_init")
    assert (await made.hear())["type"] == "connection_ack"
    try:
        yield made
    finally:
        await made.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await app
