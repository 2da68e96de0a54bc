"""The story of a clock that is years off: what says 1970 or 2099 arrives now, and all goes on behind it.

Each source brings something ordinary, then an item of each of those years and an ordinary one, then another,
and always also what it brought before: none may be lost, count twice, stand in another week's table, count in
another minute, or outlive or miss its retention.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text

from kit.core import Core
from mentions.intake.stream import work_off
from mentions.mention import Mention
from mentions.mentions import recent
from mentions.privacy.retention import expire
from mentions.source import Source, SourceHealth
from mentions.sources import web
from mentions.sources.ingest import accept
from mentions.sources.run import Runner
from mentions.waiting.valkey_queue import STREAM, Inbox
from tests.clock import MovableClock
from tests.mentions.makers import counted, make_brand, make_monitor, make_source, scorer, signed, viewer
from tests.mentions.sources.outside import outside
from tests.mentions.sources.said import ASKED, PUSHED, beside

PAST, FUTURE = "1970-01-01T00:00:00+00:00", "2099-12-31T23:59:59+00:00"


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
    """What is said at each of three looks, an hour apart, with what was said at the one before."""
    first, second, third = ((now + timedelta(hours=hour)).isoformat() for hour in range(3))
    middle = [(2, PAST), (3, FUTURE), (4, second)]
    return [[(1, first)], [*middle, (1, first)], [(5, third), *middle]]


@pytest.mark.parametrize("kind", ASKED)
async def test_what_is_asked_for(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(import_module("mentions.sources.gdelt.look"), "PACE", 0.0)
    voice, began = ASKED[kind], clock.now()
    async with outside() as server, web.client() as http:
        settings = {"url": voice.where(server)["url"]} if kind == "rss" else voice.where(server)
        brand_id, source = await listening(core, kind, settings=settings, secret="token")
        beside(server)
        runner = Runner(core, "one", http, chance=Random(7))
        for said in waves(began):
            server.on(voice.path, voice.says(said))
            await looked(core, runner)
            clock.forward(hours=1)
        await runner.close()
    await check(core, clock, brand_id, source, began)


@pytest.mark.parametrize("kind", PUSHED)
async def test_what_is_pushed(core: Core, clock: MovableClock, kind: str) -> None:
    began = clock.now()
    brand_id, source = await listening(core, kind)
    for said in waves(began):
        body = PUSHED[kind](said)
        await accept(core, kind, headers=signed(body, at=clock.now()), body=body)
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
    assert (health.published_lag_seconds or 0) <= 3600


async def test_at_the_first_look_what_says_1970_says_nothing(core: Core, clock: MovableClock) -> None:
    """What is there at the first look arrived when it was published; so it must be able to have been."""
    began = clock.now()
    old = (began - timedelta(days=30)).isoformat()
    async with outside() as server, web.client() as http:
        _, source = await listening(core, "rss", settings={"url": f"{server.url}/feed"})
        runner = Runner(core, "one", http, chance=Random(7))
        server.on("/feed", ASKED["rss"].says([(1, PAST), (2, FUTURE), (3, old)]))
        await looked(core, runner)
        await runner.close()
    await expire(core)
    async with core.database.read() as session:
        found = (await session.scalars(select(Mention).order_by(Mention.native_id))).all()
        health = await session.get_one(SourceHealth, source.id)
    assert [row.arrived_at for row in found] == [began, began, began - timedelta(days=30)]
    assert health.published_lag_seconds is None, "what was there before we looked tells of no delay"


@pytest.mark.parametrize("kind", ASKED)
async def test_our_own_clock_was_years_ahead(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A machine that starts with a wrong clock, and is set right: nobody is deaf until that year comes."""
    monkeypatch.setattr(import_module("mentions.sources.gdelt.look"), "PACE", 0.0)
    voice, truth = ASKED[kind], clock.now()
    async with outside() as server, web.client() as http:
        settings = {"url": voice.where(server)["url"]} if kind == "rss" else voice.where(server)
        await listening(core, kind, settings=settings, secret="token")
        beside(server)
        runner = Runner(core, "one", http, chance=Random(7))
        for number, days in enumerate((800, -800)):
            clock.forward(days=days)
            server.on(voice.path, voice.says([(number, truth.isoformat())]))
            await looked(core, runner)
        await runner.close()
    async with core.database.read() as session:
        texts = (await session.scalars(select(Mention.text))).all()
    assert any("1" in text for text in texts)
    asked = server.asked_for(voice.path)[-1].params
    told = {asked.get("startDate", ""), asked.get("startdatetime", "")}
    assert not any(one.startswith(str((truth + timedelta(days=799)).year)) for one in told)
