"""Pushes on their bad days, over a real socket: what comes slowly is taken, what is torn leaves nothing."""

from __future__ import annotations

import asyncio
import json

from kit.core import Core
from mentions.waiting.valkey_queue import STREAM
from tests.mentions.makers import make_source, signed
from tests.mentions.sources.said import webhook
from tests.stories.test_in_the_browser import served, street  # noqa: F401 - a fixture
from tests.world import World

BODY = webhook([(1, "2026-03-10T03:00:00+00:00"), (2, "2026-03-10T03:00:00+00:00")])


def head(core: Core, length: int = len(BODY)) -> bytes:
    lines = {"Host": "x", "Content-Type": "application/json", "Content-Length": str(length)}
    lines |= {**signed(BODY, at=core.clock.now()), "Connection": "close"}
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /ingest/suite HTTP/1.1\r\n{said}\r\n".encode()


async def posted(port: int, *parts: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to a request that comes in such parts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    return int(answer.split(b" ")[1]), answer.split(b"\r\n\r\n", 1)[1]


async def torn(port: int, *parts: bytes, reset: bool) -> None:
    """A request that ends, politely or not, before its body does."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(parts))
    await writer.drain()
    await asyncio.sleep(0.05)
    if reset:
        writer.transport.abort()
    else:
        writer.close()
    await asyncio.sleep(0.05)


async def test_a_body_that_is_slow_or_torn(street: World) -> None:  # noqa: F811 - the fixture
    """In one house, for it takes seconds to build."""
    core, port, redis = street.core, street.core.settings.port, street.core.bell.redis
    async with core.database.unit_of_work() as session:
        await make_source(session, "suite")
    before, half, third = await redis.xlen(STREAM), len(BODY) // 2, len(BODY) // 3
    async with served(street):
        await torn(port, head(core), BODY[:half], reset=False)
        await torn(port, head(core), BODY[:half], reset=True)
        status, _ = await posted(port, head(core, half), BODY[:half])
        assert status == 401, "it was signed as a whole"
        assert await redis.xlen(STREAM) == before
        drops = (head(core)[:30], head(core)[30:], BODY[:third], BODY[third:])
        status, said = await posted(port, *drops)
    assert (status, json.loads(said)) == (202, {"accepted": 2, "rejected": []})
    assert await redis.xlen(STREAM) == before + 1
