"""A source falls silent for good: it is told as silent, and no crisis elsewhere waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from alerts.ticker.tick import tick
from kit.core import Core
from mentions import lateness
from mentions.counting import leaving
from mentions.counting import left as ends
from mentions.counting.counts import minute_of, moment_of
from mentions.counting.leaving import SILENT_FOR
from mentions.counting.newcomers import DAY
from mentions.monitor import Monitor
from mentions.source import SourceHealth
from mentions.sources.outage import brand_deafness, deaf_minutes
from mentions.sources.watch import watch_sources
from tests.alerts.cast import alerts
from tests.mentions.makers import draft, put
from tests.stories.test_a_source_that_began_yesterday import checked
from tests.stories.test_a_source_that_is_switched_off import LOUD, QUIET, Old
from tests.stories.test_a_source_that_is_switched_off import house as house

DAYS = SILENT_FOR // timedelta(days=1)
UNNOTICED = DAY + 360
"""Minutes until somebody looks after it has been silent for a day."""


async def silent(house: Old, minutes: int) -> None:
    """Nothing comes of the forum, and everybody does their work."""
    async with house.core.database.unit_of_work() as session:
        row = update(SourceHealth).where(SourceHealth.source_id == house.forum.id)
        await session.execute(row.values(last_received_at=house.clock.now()))
    for _ in range(0, minutes, 360):
        await house.live(360, every=360, calm=QUIET)
        await watch_sources(house.core)
        while await leaving.leave_due(house.core):
            pass
    await house.live(15, every=15, calm=QUIET)


async def left(house: Old) -> list[ends.Left]:
    async with house.core.database.read() as session:
        return await ends.left(session, [house.cast.monitor_id], 0, minute_of(house.clock.now()) + DAY)


async def test_a_crisis_elsewhere_is_heard_as_soon_as_if_it_had_never_been_there(house: Old) -> None:
    await silent(house, UNNOTICED + DAYS * DAY)
    assert await alerts(house.core) == [], "that it is gone is no news"
    now = minute_of(house.clock.now())
    async with house.core.database.read() as session:
        (told,) = await brand_deafness(session, house.cast.brand_id)
        assert (told.name, told.state) == ("forum", "silent"), "and it is no calm"
        (gone,) = await left(house)
        assert told.without_since == moment_of(gone.minute)
        deaf = await deaf_minutes(session, [house.cast.monitor_id], now - DAYS * DAY, now)
        assert deaf[0, : gone.minute - (now - DAYS * DAY)].all()
        assert not deaf[0, gone.minute - (now - DAYS * DAY) :].any(), "what is left is all that is expected"
    first, *_ = await house.live(8, every=2, calm=8 * QUIET)
    assert first.evidence["expected"] < 2 * QUIET * first.evidence["window_minutes"]
    assert [one["source"] for one in first.evidence["silent_sources"]] == ["forum"]
    await checked(house.core, first)
    over = await house.live(12 * 60, every=60, calm=QUIET)
    assert [one.id for one in over] == [first.id]
    assert over[0].ended_at is not None, "and it ends"


async def test_until_then_it_is_expected(house: Old) -> None:
    await silent(house, UNNOTICED + (DAYS - 1) * DAY)
    assert await left(house) == []


@pytest.mark.parametrize("backlog", [0, 8 * 60])
async def test_it_comes_back_without_a_spike_and_so_does_its_backlog(house: Old, backlog: int) -> None:
    await silent(house, UNNOTICED + DAYS * DAY + 10 * 60)
    async with house.core.database.read() as session:
        monitor = await session.get_one(Monitor, house.cast.monitor_id)
    await put(house.core, house.forum, draft(f"{monitor.query} is here again", at=house.clock.now()))
    await watch_sources(house.core)
    (gone,) = await left(house)
    now = minute_of(house.clock.now())
    assert gone.back == now
    await house.said(house.forum, LOUD, range(now - backlog, now))
    async with house.core.database.unit_of_work() as session:
        session.add(lateness.LateCount(monitor_id=monitor.id, minute=now - backlog - 1, volume=9, harm=0))
    await tick(house.core)
    assert await house.live(10, (house.forum, LOUD), every=2, calm=QUIET) == []
    assert await house.live(120, (house.forum, LOUD), every=30, calm=QUIET) == []
    first, *_ = await house.live(10, (house.forum, 6 * LOUD), every=2, calm=QUIET)
    assert first.evidence["expected"] > LOUD * first.evidence["window_minutes"] / 2
    await checked(house.core, first)


async def test_who_only_answers_again_is_expected_again(core: Core, house: Old) -> None:
    """A feed that could not be asked for days, and has nothing new to say."""
    async with core.database.unit_of_work() as session:
        row = update(SourceHealth).where(SourceHealth.source_id == house.forum.id)
        failing = {"failing_since": house.clock.now(), "last_tried_at": house.clock.now() + timedelta(days=9)}
        await session.execute(row.values(last_received_at=house.clock.now(), **failing))
    for days in (5, DAYS):
        assert await left(house) == []
        house.clock.forward(days=days)
        await watch_sources(core)  # nobody looked for days: that it is out is noticed now
    while await leaving.leave_due(core):
        pass
    assert [one.back for one in await left(house)] == [None]
    async with core.database.unit_of_work() as session:
        row = update(SourceHealth).where(SourceHealth.source_id == house.forum.id)
        await session.execute(row.values(failing_since=None, last_received_at=house.clock.now()))
    await watch_sources(core)
    assert [one.back for one in await left(house)] != [None]
    async with core.database.read() as session:
        query = select(SourceHealth.ended_at).where(SourceHealth.source_id == house.forum.id)
        assert await session.scalar(query) is None
