"""A server on the outside, over a real socket, that does what the script says, right or wrong."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mentions.sources import web
from mentions.sources.base import Connection
from tests.mentions.sources.golden import NOW


@dataclass
class Answer:
    """One answer, part by part: bytes are sent, numbers are seconds to wait, events are waited for."""

    status: int = 200
    parts: tuple[bytes | float | asyncio.Event, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: str = "close"
    """`close`: as announced. `half`: before what was announced. `reset`: a TCP reset. `hold`: never."""


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, (json.dumps(value).encode(),), {"content-type": "application/json", **named})


def as_text(text: str | bytes, *, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, (text.encode() if isinstance(text, str) else text,), named)


@dataclass
class Asked:
    """One question as it came."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Outside:
    """Answers each path from its queue; the last answer of a queue is given again and again."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, deque[Answer]] = field(default_factory=dict)

    def on(self, path: str, *answers: Answer) -> None:
        self.answers[path] = deque(answers)

    def asked_for(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(await _read(reader), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, as it may, or the test is over
        finally:
            with suppress(ConnectionError):
                writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        queue = self.answers.get(asked.path) or deque([Answer(404, (b"not here",))])
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        headers = {"connection": "close", "transfer-encoding": "chunked", **answer.headers}
        lines = [
            f"HTTP/1.1 {answer.status} X",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            "",
        ]
        writer.write("\r\n".join(lines).encode())
        for part in answer.parts:
            await _send(writer, part)
        if answer.ending == "hold":
            await asyncio.Event().wait()
        elif answer.ending == "reset":
            writer.transport.abort()
        elif answer.ending == "close":
            writer.write(b"0\r\n\r\n")


async def _send(writer: asyncio.StreamWriter, part: bytes | float | asyncio.Event) -> None:
    if isinstance(part, bytes):
        if part:
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await writer.drain()
    elif isinstance(part, asyncio.Event):
        await part.wait()
    else:
        await asyncio.sleep(part)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    aim = urlsplit(target)
    params = {name: values[-1] for name, values in parse_qs(aim.query).items()}
    return Asked(method, aim.path, params, headers, body)


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    found = Outside()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    tasks = asyncio.all_tasks()
    try:
        yield found
    finally:
        server.close()
        for task in asyncio.all_tasks() - tasks - {asyncio.current_task()}:
            task.cancel()


@asynccontextmanager
async def connected(
    settings: Mapping[str, str], *, secret: str | None = "secret", now: datetime = NOW
) -> AsyncIterator[Connection]:
    """What a kind is given to work with, at a time that stands still."""
    async with web.client() as http:
        yield Connection(settings, secret, http, lambda: now)
