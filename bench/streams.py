"""Streams: posts a second from a socket to checked drafts, on one core, beside reading the JSON only.

    python -m bench.streams [--posts 20000]

A server in a process of its own sends as fast as it is read: Jetstream (version 1) by WebSocket, each post
with a link and a tag. The limit beside it is the `websockets` library and `json.loads` with nothing else.
What matters is how fast a stream catches up after a break.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from mentions.sources import web
from mentions.sources.base import Connection
from mentions.sources.jetstream import KIND

TEXT = "Four hours on the ferry and nobody says a word 🚢 example.com/long… #almadia"
LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com/long/way"}
TAG = {"$type": "app.bsky.richtext.facet#tag", "tag": "almadia"}


def frame(number: int, now: datetime) -> str:
    """A post as Jetstream sends it."""
    start = TEXT.encode().index(b"example")
    index = {"byteStart": start, "byteEnd": start + len("example.com/long…".encode())}
    facets = [
        {"index": index, "features": [LINK]},
        {"index": {"byteStart": 0, "byteEnd": 0}, "features": [TAG]},
    ]
    record = {"$type": "app.bsky.feed.post", "text": TEXT, "facets": facets, "langs": ["en"]}
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"k{number}",
        "cid": "bafy" * 12,
    }
    record["createdAt"] = now.isoformat()
    event = {"did": "did:plc:ana", "time_us": int(now.timestamp() * 1e6) + number, "kind": "commit"}
    return json.dumps({**event, "commit": {**commit, "record": record}})


def send(posts: int, pipe: Pipe) -> None:
    """The server: tells its port, and sends all posts to whoever connects."""
    frames = [frame(number, datetime.now(UTC)) for number in range(posts)]

    async def speak(socket: ServerConnection) -> None:
        for one in frames:
            await socket.send(one)
        await socket.wait_closed()

    async def main() -> None:
        async with serve(speak, "127.0.0.1", 0, compression=None) as server:
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            await server.serve_forever()

    asyncio.run(main())


async def read_by_us(address: str, posts: int) -> float:
    assert KIND.stream is not None
    began, seen = time.perf_counter(), 0
    async with web.client() as http:
        connection = Connection({"server": address}, None, http, lambda: datetime.now(UTC))
        async for items in KIND.stream(connection, {}):
            seen += len(items.drafts)
            if seen >= posts:
                break
    return posts / (time.perf_counter() - began)


async def read_only(address: str, posts: int) -> float:
    began = time.perf_counter()
    async with connect(f"{address}/subscribe", compression=None) as socket:
        for _ in range(posts):
            json.loads(await socket.recv())
    return posts / (time.perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    posts = parser.parse_args().posts
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=send, args=(posts, theirs), daemon=True)
    server.start()
    address = f"ws://127.0.0.1:{ours.recv()}"
    print(f"{'socket to checked drafts':<40} {asyncio.run(read_by_us(address, posts)):>10,.0f} posts/s")
    print(
        f"{'limit: websockets and json.loads':<40} {asyncio.run(read_only(address, posts)):>10,.0f} posts/s"
    )
    server.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
