"""The story of a clock that is years off: what says 1970 or 2099 arrives now, and all goes on behind it.

Each source brings something ordinary, then an item of each of those years and an ordinary one, then another:
none may be lost, stand in another week's table, count in another minute, or outlive or miss its retention.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text

from kit.core import Core
from mentions.ingest import accept
from mentions.mention import Mention
from mentions.mentions import recent
from mentions.retention import expire
from mentions.source import Source, SourceHealth
from mentions.sources import web
from mentions.sources.run import Runner
from mentions.stream import work_off
from mentions.valkey_queue import STREAM, Inbox
from tests.clock import MovableClock
from tests.mentions.makers import counted, make_brand, make_monitor, make_source, scorer, signed, viewer
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, outside

PAST, FUTURE = "1970-01-01T00:00:00+00:00", "2099-12-31T23:59:59+00:00"
Said = Iterable[tuple[int, str]]
"""The number of each item, and when it says that it was published."""


def mastodon(said: Said) -> Answer:
    found = [
        {
            "id": str(number),
            "uri": f"https://mar.example/statuses/{number}",
            "content": f"<p>ferry {number}</p>",
            "created_at": at,
            "account": {"acct": "ana"},
        }
        for number, at in said
    ]
    lines = [f"event: update\ndata: {json.dumps(status)}\n\n" for status in found]
    return as_text("".join(lines), content_type="text/event-stream")


def rss(said: Said) -> Answer:
    entries = [
        f"<entry><id>{number}</id><title>ferry {number}</title><published>{at}</published></entry>"
        for number, at in said
    ]
    return as_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>')


def gdelt(said: Said) -> Answer:
    def seen(at: str) -> str:
        return datetime.fromisoformat(at).strftime("%Y%m%dT%H%M%SZ")

    return as_json(
        {
            "articles": [
                {"url": f"https://n.example/{number}", "title": f"ferry {number}", "seendate": seen(at)}
                for number, at in said
            ]
        }
    )


def talkwalker(said: Said) -> Answer:
    def result(number: int, at: str) -> bytes:
        stamp = int(datetime.fromisoformat(at).timestamp() * 1000)
        found = {
            "url": f"https://blog.example/{number}",
            "content": f"ferry {number}",
            "published": stamp,
            "search_indexed": stamp,
        }
        return json.dumps({"chunk_type": "CT_RESULT", "chunk_result": {"data": {"data": found}}}).encode()

    offset = {"chunk_type": "CT_CONTROL", "chunk_control": {"resume_offset": "o"}}
    return Answer(parts=(*(result(*one) for one in said), json.dumps(offset).encode()))


def mention_com(said: Said) -> Answer:
    found = [{"id": str(number), "description": f"ferry {number}", "published_at": at} for number, at in said]
    return as_json({"mentions": found})


def meltwater(said: Said) -> bytes:
    found = [
        {"id": str(number), "content": {"text": f"ferry {number}"}, "published_date": at}
        for number, at in said
    ]
    return json.dumps({"documents": found}).encode()


ASKED: dict[str, tuple[Callable[[Said], Answer], str, dict[str, str]]] = {
    "mastodon": (mastodon, "/api/v1/streaming/public", {}),
    "rss": (rss, "/feed", {}),
    "gdelt": (gdelt, "/api/v2/doc/doc", {"query": "ferry"}),
    "talkwalker": (talkwalker, "/api/v3/stream/c/ferries/results", {"collector": "ferries"}),
    "mention_com": (mention_com, "/api/accounts/a/alerts/5/mentions", {"account": "a", "alert": "5"}),
}


async def listening(core: Core, kind: str, **values: Any) -> tuple[int, Source]:
    async with core.database.unit_of_work() as session:
        brand = await make_brand(session)
        await make_monitor(session, brand, "ferry", at=core.clock.now())
        return brand.id, await make_source(session, kind, kind=kind, **values)


async def stored(core: Core) -> None:
    inbox = Inbox(core.bell.redis, "one")
    await inbox.open()
    while await core.bell.redis.xlen(STREAM):
        await work_off(core, inbox, await inbox.next(), scorer())


async def looked(core: Core, runner: Runner) -> None:
    await runner.beat()
    for task in list(runner.running.values()):
        await task
    await stored(core)


def waves(now: datetime) -> list[list[tuple[int, str]]]:
    """What is said at each of three looks, an hour apart."""
    first, second, third = ((now + timedelta(hours=hour)).isoformat() for hour in range(3))
    return [[(1, first)], [(2, PAST), (3, FUTURE), (4, second)], [(5, third)]]


@pytest.mark.parametrize("kind", ASKED)
async def test_what_is_asked_for(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(import_module("mentions.sources.gdelt.look"), "PACE", 0.0)
    answer, path, settings = ASKED[kind]
    began = clock.now()
    async with outside() as server, web.client() as http:
        place = (
            {"url": f"{server.url}/feed"} if kind == "rss" else {"server": server.url, "address": server.url}
        )
        brand_id, source = await listening(core, kind, settings={**place, **settings}, secret="token")
        _quiet(server)
        runner = Runner(core, "one", http, chance=Random(7))
        for said in waves(began):
            server.on(path, answer(said))
            await looked(core, runner)
            clock.forward(hours=1)
        await runner.close()
    await check(core, clock, brand_id, source, began)


def _quiet(server: Outside) -> None:
    """What Mastodon is asked beside its stream."""
    server.on("/api/v2/instance", as_text("", status=404))
    server.on("/api/v1/timelines/public", as_json([]))


async def test_what_is_pushed(core: Core, clock: MovableClock) -> None:
    began = clock.now()
    brand_id, source = await listening(core, "meltwater")
    for said in waves(began):
        body = meltwater(said)
        await accept(core, "meltwater", headers=signed(body, at=clock.now()), body=body)
        await stored(core)
        clock.forward(hours=1)
    await check(core, clock, brand_id, source, began)


async def check(core: Core, clock: MovableClock, brand_id: int, source: Source, began: datetime) -> None:
    await expire(core)
    async with core.database.read() as session:
        found = await recent(session, viewer(), brand_id)
        elsewhere = await session.scalar(text("SELECT count(*) FROM mention_other"))
        health = await session.get_one(SourceHealth, source.id)
        rows = (await session.scalars(select(Mention))).all()
    assert len(rows) == 5
    names = ["".join(filter(str.isdigit, row.text)) for row in found]
    assert (names[0], sorted(names[1:4]), names[4]) == ("5", ["2", "3", "4"], "1"), "newest arrival first"
    assert elsewhere == 0, "all stand in the table of their week"
    assert all(began <= row.arrived_at <= clock.now() for row in found)
    assert all(row.published_at <= row.arrived_at for row in found), "nothing is from the future"
    first = int(began.timestamp()) // 60
    minutes = {minute - first: volume for (_, minute), (volume, _, _) in (await counted(core)).items()}
    assert minutes == {0: 1, 60: 3, 120: 1}
    assert health.last_published_at is not None
    assert health.last_published_at <= clock.now()
    assert health.published_lag_seconds is not None
    assert health.published_lag_seconds <= 3600


async def test_at_the_first_look_what_says_1970_says_nothing(core: Core, clock: MovableClock) -> None:
    """What is there at the first look arrived when it was published; so it must be able to have been."""
    began = clock.now()
    old = (began - timedelta(days=30)).isoformat()
    async with outside() as server, web.client() as http:
        _, source = await listening(core, "rss", settings={"url": f"{server.url}/feed"})
        runner = Runner(core, "one", http, chance=Random(7))
        server.on("/feed", rss([(1, PAST), (2, FUTURE), (3, old)]))
        await looked(core, runner)
        await runner.close()
    await expire(core)
    async with core.database.read() as session:
        found = (await session.scalars(select(Mention).order_by(Mention.native_id))).all()
        health = await session.get_one(SourceHealth, source.id)
    assert [row.arrived_at for row in found] == [began, began, began - timedelta(days=30)]
    assert health.published_lag_seconds == 0, "neither an archive nor a wrong clock is a delay"
