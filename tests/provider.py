"""A provider of messages on loopback that fails the test on any request nobody expected.

It speaks HTTP/1.1 as plainly as it can: one request, one answer, close.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
        assert len(dict(pairs)) == len(pairs), "a field was sent twice"
        return dict(pairs)


@dataclass
class Reply:
    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] | None = None


class Provider:
    """Answers as it is told. Knobs may be turned at any time and hold for the requests that follow.

    reply: the answer to each request, or a function of it; only successes are kept to be expected.
    delay: seconds to wait before the answer. silent: take the request and never answer.
    """

    def __init__(self, reply: Reply | Callable[[Asked], Reply] | None = None) -> None:
        self.reply = reply or Reply()
        self.delay = 0.0
        self.attempts = 0
        self.most_at_once = 0
        self._open = 0
        self._asked: list[Asked] = []
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def phone_url(self) -> str:
        """For TOCSIN_PHONE_URL."""
        return f"http://AC1:phone-token@127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if kind is None:
            assert not self._asked, f"requests that nobody expected: {self._asked}"

    async def open(self) -> None:
        """Listen; on the same port as before when it was closed in between."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def take(self) -> Asked:
        """The one request that came and was answered with a success."""
        assert len(self._asked) == 1, f"{len(self._asked)} requests: {self._asked}"
        return self._asked.pop()

    def take_all(self) -> list[Asked]:
        taken, self._asked = self._asked, []
        return taken

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            asked = await _read(reader)
            self.attempts += 1
            reply = self.reply(asked) if callable(self.reply) else self.reply
            if 200 <= reply.status < 300:
                self._asked.append(asked)
            await asyncio.sleep(self.delay)
            writer.write(_written(reply))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open -= 1
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:])
        if name
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


def _written(reply: Reply) -> bytes:
    body = reply.body.encode()
    headers = {"Content-Length": str(len(body)), "Connection": "close", **(reply.headers or {})}
    lines = [f"HTTP/1.1 {reply.status} x", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def twilio(asked: Asked) -> Reply:
    """As the provider answers to what it takes; fails on any field that it does not know."""
    known = {"To", "From", "Body", "StatusCallback", "Url", "Twiml", "StatusCallbackEvent", "Timeout"}
    assert asked.method == "POST"
    assert asked.headers["authorization"] == "Basic QUMxOnBob25lLXRva2Vu"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert set(asked.form) <= known, asked.form
    kind = {"/2010-04-01/Accounts/AC1/Messages.json": "SM", "/2010-04-01/Accounts/AC1/Calls.json": "CA"}[
        asked.path
    ]
    sid = f"{kind}{abs(hash(asked.body)) % 10**12:032d}"
    return Reply(
        201, json.dumps({"sid": sid, "status": "queued", "to": asked.form["To"], "error_code": None})
    )
