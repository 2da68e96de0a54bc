"""The story of connections that break at bad moments: each post is stored and counted once, none is lost.

Runner, stream and store are the real ones, the servers speak their protocol over real sockets.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from websockets.asyncio.server import ServerConnection

from kit.core import Core
from mentions.identity.handles import AccountHandle
from mentions.intake.stream import work_off
from mentions.mention import Mention
from mentions.source import Source, SourceCursor
from mentions.sources import web
from mentions.sources.run import Runner
from mentions.waiting.valkey_queue import STREAM, Inbox
from tests.clock import MovableClock
from tests.mentions.makers import counted, make_brand, make_monitor, make_source, scorer
from tests.mentions.sources.jetstream.server import Jetstream, breaks, serving
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, outside


async def listening(core: Core, kind: str, **settings: str) -> Source:
    """A source of the kind, and a monitor that asks for the ferry, so that what matches is kept."""
    async with core.database.unit_of_work() as session:
        brand = await make_brand(session)
        await make_monitor(session, brand, "ferry", at=core.clock.now())
        return await make_source(session, kind, kind=kind, settings=settings, keep="matched")


async def worked(core: Core, clock: MovableClock, *, rounds: int) -> None:
    """So many connections or looks, a minute from one to the next, and what they brought is stored."""
    async with web.client() as http:
        runner = Runner(core, "one", http, chance=Random(7))
        for _ in range(rounds):
            await runner.beat()
            async with asyncio.timeout(60):
                while runner.running:
                    await asyncio.wait(list(runner.running.values()))
            clock.forward(minutes=1)
        await runner.close()
    inbox = Inbox(core.bell.redis, "one")
    await inbox.open()
    while await core.bell.redis.xlen(STREAM):
        await work_off(core, inbox, await inbox.next(), scorer())


async def stored(core: Core) -> list[Mention]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Mention).order_by(Mention.id)))


async def volume(core: Core) -> int:
    return sum(volume for volume, _, _ in (await counted(core)).values())


async def cursor(core: Core, source: Source) -> Any:
    async with core.database.read() as session:
        return (await session.get_one(SourceCursor, source.id)).cursor


def names(mentions: list[Mention]) -> list[str]:
    return sorted(mention.native_id.rsplit("/", 1)[-1] for mention in mentions)


async def test_mastodon(core: Core, clock: MovableClock) -> None:
    def status(number: int, **values: Any) -> dict[str, Any]:
        uri = f"https://mar.example/statuses/{number}"
        made = {
            "id": str(number),
            "uri": uri,
            "content": f"<p>ferry {number}</p>",
            "account": {"acct": "ana"},
        }
        return {**made, "created_at": core.clock.now().isoformat(), **values}

    def stream(*events: tuple[str, Any]) -> Answer:
        lines = [
            f"event: {name}\ndata: {data if name == 'delete' else json.dumps(data)}\n\n"
            for name, data in events
        ]
        return Answer(
            parts=("".join(lines).encode(),), headers={"content-type": "text/event-stream"}, ending="reset"
        )

    timeline = "/api/v1/timelines/public"
    async with outside() as server:
        await listening(core, "mastodon", server=server.url)
        server.on("/api/v2/instance", as_text("", status=404))
        server.on(timeline, as_json([status(10)]), as_json([status(14), status(13)]), as_json([]))
        server.on(
            "/api/v1/streaming/public",
            stream(("update", status(11)), ("update", status(12)), ("update", status(12)), ("delete", "3")),
            stream(("update", status(14)), ("update", status(15)), ("status.update", edited(status(11)))),
            stream(("delete", "12"), ("update", {**status(16), "content": "<p>nobody asked for this</p>"})),
        )
        await worked(core, clock, rounds=3)
    mentions = await stored(core)
    assert names(mentions) == ["11", "12", "13", "14", "15"]
    assert await volume(core) == 5
    assert {mention.native_id: mention.text for mention in mentions if mention.native_id in ("11", "12")} == {
        "11": "ferry, all is well again",
        "12": "",
    }


def edited(status: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(status["created_at"]) + timedelta(seconds=30)
    return {**status, "content": "<p>ferry, all is well again</p>", "edited_at": at.isoformat()}


async def test_jetstream(core: Core, clock: MovableClock) -> None:
    start = int(clock.now().timestamp() * 1_000_000)

    def post(number: int, second: float, operation: str = "create") -> dict[str, Any]:
        record = {"text": f"ferry {number}", "createdAt": core.clock.now().isoformat()}
        commit = {
            "operation": operation,
            "collection": "app.bsky.feed.post",
            "rkey": f"k{number}",
            "record": record,
        }
        time = start + int(second * 1_000_000)
        return {"did": "did:plc:ana", "time_us": time, "kind": "commit", "commit": commit}

    async with serving() as (server, address):
        source = await listening(core, "jetstream", server=address)
        await saved(core, source, {"time_us": start})
        server.events = [post(1, 0), post(2, 0), post(3, 0)]
        server.then = breaks_after(server, [post(4, 30), post(5, 31), post(1, 31, "delete")])
        await worked(core, clock, rounds=2)
        left = {"active": False, "status": "deleted"}
        gone = {"kind": "account", "account": left, "time_us": start + 90 * 10**6}

        def called(handle: str) -> dict[str, Any]:
            return {"kind": "identity", "identity": {"handle": handle}, "time_us": start + 91 * 10**6}

        server.events += [
            {**post(6, 62), "did": "did:plc:leaver"},
            {"did": "did:plc:leaver", **gone},
            {"did": "did:plc:nobody", **gone},
            {"did": "did:plc:ana", **called("ana.example")},
            {"did": "did:plc:leaver", **called("leaver.example")},
            {"did": "did:plc:nobody", **called("nobody.example")},
            post(7, 115),
        ]
        server.then = breaks
        await worked(core, clock, rounds=2)
    mentions = await stored(core)
    assert names(mentions) == [f"k{number}" for number in range(1, 8)]
    assert await volume(core) == 7
    wiped = [mention for mention in mentions if not mention.text]
    assert names(wiped) == ["k1", "k6"], "taken back, and the account deleted; both stay counted"
    assert {(mention.author, mention.url, mention.deleted_at is None) for mention in wiped} == {
        (None, None, False)
    }
    minutes = {minute: volume for (_, minute), (volume, _, _) in (await counted(core)).items()}
    first = start // 60_000_000
    async with core.database.read() as session:
        handles = await session.execute(select(AccountHandle.did, AccountHandle.handle))
        assert handles.all() == [("did:plc:ana", "ana.example")], "of those of whom we keep something"
    assert minutes == {first: 5, first + 1: 2}, "by the minute in which the network said it, not by ours"


def breaks_after(server: Jetstream, events: list[dict[str, Any]]) -> Any:
    """The line breaks, and while it is down the network goes on."""

    async def then(socket: ServerConnection) -> None:
        await breaks(socket)
        server.events += events
        server.then = breaks

    return then


async def saved(core: Core, source: Source, cursor: dict[str, Any]) -> None:
    async with core.database.unit_of_work() as session:
        session.add(SourceCursor(source_id=source.id, cursor=cursor, saved_at=core.clock.now()))


async def test_talkwalker(core: Core, clock: MovableClock) -> None:
    def result(number: int, **values: Any) -> bytes:
        found = {
            "url": f"https://blog.example/{number}",
            "content": f"ferry {number}",
            "source_type": ["BLOG"],
        }
        data = {"data": {"data": {**found, **values}}}
        return json.dumps({"chunk_type": "CT_RESULT", "chunk_result": data}, indent=1).encode()

    def control(offset: str) -> bytes:
        return json.dumps({"chunk_type": "CT_CONTROL", "chunk_control": {"resume_offset": offset}}).encode()

    updated = {"matched": {"appearance": "UPDATED"}, "content": "ferry, corrected"}
    async with outside() as server:
        source = await listening(core, "talkwalker", server=server.url, collector="ferries")
        server.on(
            "/api/v3/stream/c/ferries/results",
            Answer(parts=(result(1), control("a"), result(2), result(3)[:40]), ending="reset"),
            Answer(parts=(result(2), result(3), control("b"), result(4)), ending="half"),
            Answer(parts=(result(4), result(1, search_indexed=later(clock), **updated), control("c"))),
        )
        await worked(core, clock, rounds=3)
        assert await cursor(core, source) == {"resume_offset": "c"}
        assert [one.params["resume_offset"] for one in server.asked] == ["earliest", "a", "b"]
    mentions = await stored(core)
    assert names(mentions) == ["1", "2", "3", "4"]
    assert await volume(core) == 4
    assert "ferry, corrected" in [mention.text for mention in mentions]


def later(clock: MovableClock) -> int:
    return int(clock.now().timestamp() * 1000) + 1000


async def test_rss(core: Core, clock: MovableClock) -> None:
    """An entry is edited and its dates say nothing of it; the look between fails."""
    item = "<item><guid>{0}</guid><title>ferry {0}</title><description>{1}</description></item>"

    def feed(*items: tuple[int, str]) -> Answer:
        told = "".join(item.format(*one) for one in items)
        return as_text(f'<rss version="2.0"><channel>{told}</channel></rss>')

    async with outside() as server:
        await listening(core, "rss", url=server.url + "/feed")
        server.on(
            "/feed",
            feed((1, "on time")),
            feed((1, "adrift"), (2, "on time")),
            as_text("", status=503),
            feed((1, "adrift"), (2, "late"), (3, "on time")),
        )
        await worked(core, clock, rounds=16)
    mentions = await stored(core)
    assert [mention.text for mention in sorted(mentions, key=lambda one: one.native_id)] == [
        "ferry 1\n\nadrift",
        "ferry 2\n\nlate",
        "ferry 3\n\non time",
    ]
    assert await volume(core) == 3


async def test_reddit(core: Core, clock: MovableClock) -> None:
    def post(number: int, **values: Any) -> dict[str, Any]:
        data = {
            "name": f"t3_{number}",
            "title": f"ferry {number}",
            "created_utc": clock.now().timestamp(),
            "author": "a",
        }
        return {"kind": "t3", "data": {**data, **values}}

    def listing(*things: Any) -> Answer:
        return as_json({"kind": "Listing", "data": {"children": list(things)}})

    async with outside() as server:
        await listening(core, "reddit", server=server.url, client="id", account="x", subreddits="travel")
        script(server, listing(post(2), post(1)), as_text("", status=503), listing(post(3), post(2), post(1)))
        server.on("/api/info", listing(post(1, selftext="[deleted]", author="[deleted]")))
        await worked(core, clock, rounds=5)
    mentions = await stored(core)
    assert names(mentions) == ["t3_1", "t3_2", "t3_3"]
    assert await volume(core) == 3
    assert [mention.text for mention in mentions if mention.native_id == "t3_1"] == [""]


def script(server: Outside, *answers: Answer) -> None:
    server.on("/api/v1/access_token", as_json({"access_token": "tok"}))
    server.on("/r/travel/new", *answers)
    server.on("/r/travel/comments", as_json({"kind": "Listing", "data": {"children": []}}))
