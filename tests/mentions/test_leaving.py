"""What a source carried is counted from its mentions as it was counted when they came."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from kit.core import Core
from mentions import leaving
from mentions.counts import minute_of
from mentions.figures import Change
from mentions.leaving import CARRIED, DAY
from mentions.monitor import Monitor
from mentions.source import Source, SourceHealth
from mentions.sources import admin
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, put, viewer

HATE, LOVE = "Renfe, un desastre horrible, nunca más", "Renfe, una maravilla, me encanta viajar así"


async def two_sources(core: Core) -> tuple[Monitor, Source, Source]:
    """A monitor that hears both."""
    _, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        return monitor, source, await make_source(session, "other")


async def turn_off(core: Core, *sources: Source) -> None:
    """Switched off at once, and what they carried counted."""
    for source in sources:
        async with core.database.unit_of_work() as session:
            await leaving.switched_off(session, source.id, core.clock.now())
    while await leaving.leave_due(core):
        pass


async def turn_on(core: Core, source: Source) -> None:
    async with core.database.unit_of_work() as session:
        await leaving.switched_on(session, source.id, core.clock.now())


async def gone_from(core: Core, monitor: Monitor) -> list[leaving.Left]:
    async with core.database.read() as session:
        return await leaving.left(session, [monitor.id], 0, minute_of(core.clock.now()) + DAY)


async def switch(core: Core, source: Source, enabled: bool) -> None:
    """As an admin does."""
    async with core.database.unit_of_work() as session:
        await admin.switch(session, viewer("admin"), source.id, enabled, now=core.clock.now())


async def test_what_it_carried_is_counted_as_it_was_when_it_came(core: Core, clock: MovableClock) -> None:
    """Copies, people who speak twice within an hour, audiences of every size, moods."""
    monitor, source, other = await two_sources(core)
    now = clock.now()
    for author, followers in (
        ("ada", 500),
        ("bo", 12_345),
        ("bo", 12_345),
        ("cleo", 80_000_000),
        ("dan", None),
    ):
        for words in (HATE, LOVE, f"Renfe llega a las diez, dice {author}"):
            await put(core, source, draft(words, at=clock.now(), author=author, followers=followers))
        clock.forward(minutes=25)
    await put(core, source, draft(at=clock.now(), author="paper", reach=30_000, followers=3))
    await put(
        core, other, draft("Qué vergüenza de Renfe, fatal", at=clock.now(), author="eva", followers=1_001)
    )
    clock.forward(hours=1)
    async with core.database.read() as session:
        since, until = minute_of(now), minute_of(clock.now())
        (found,) = await leaving._carried(session, source.id, [monitor.id], since, until)
    of_other = Change(1, 1, 0, 0, 0, 1, 1, 1, 0, 0)._asdict()
    rest = (found.of_all - found.of_it).sum(axis=1)
    assert dict(zip(CARRIED, rest.tolist(), strict=True)) == {name: of_other[name] for name in CARRIED}
    assert np.array_equal(found.of_all.sum(axis=0) > 0, found.of_it.sum(axis=0) > 0), "at the same hours"
    assert (found.of_it.sum(axis=1) > 0).all()


async def test_a_part_of_nothing_and_one_switched_on_meanwhile_leave_nothing(
    core: Core, clock: MovableClock
) -> None:
    monitor, source, other = await two_sources(core)
    for one in (source, *[other] * 60):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    now = clock.now()
    for one in (source, other):
        async with core.database.unit_of_work() as session:
            await leaving.switched_off(session, one.id, now)
    async with core.database.unit_of_work() as session:
        await leaving.switched_on(session, other.id, now)
    while await leaving.leave_due(core):
        pass
    async with core.database.read() as session:
        assert await leaving.left(session, [monitor.id], 0, minute_of(now) + DAY) == []
        rows = await session.scalars(select(SourceHealth).order_by(SourceHealth.source_id))
        assert [(row.left_to, row.ended_at) for row in rows] == [(None, now), (None, None)]


async def test_who_was_switched_off_on_its_first_day_has_another(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await put(core, source, draft(at=clock.now()))
    for hours, again in ((5, True), (30, False)):
        clock.forward(hours=hours)
        for turn in (leaving.switched_off, leaving.switched_on):
            async with core.database.unit_of_work() as session:
                await turn(session, source.id, clock.now())
        async with core.database.read() as session:
            since = await session.scalar(select(SourceHealth.heard_since))
        assert (since == clock.now()) is again
        assert since is not None
        assert clock.now() - since <= timedelta(hours=30)


async def test_whoever_is_switched_off_again_within_a_minute_has_left(
    core: Core, clock: MovableClock
) -> None:
    monitor, source, other = await two_sources(core)
    for one in (source, other):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    await turn_off(core, source)
    await turn_on(core, source)
    await turn_off(core, source)
    assert [one.back for one in await gone_from(core, monitor)] == [None]


async def test_what_others_that_are_off_brought_is_no_part_of_all(core: Core, clock: MovableClock) -> None:
    """Nine of ten sources are switched off: a tenth is left, not nine tenths nine times over."""
    _, monitor, last = await make_all(core)
    async with core.database.unit_of_work() as session:
        others = [await make_source(session, f"other {number}") for number in range(9)]
    for one in (last, *others):
        for _ in range(3):
            await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    await turn_off(core, *others)
    parts = [
        one.carried.of_it[0].sum() / one.carried.of_all[0].sum() for one in await gone_from(core, monitor)
    ]
    assert np.prod([1 - part for part in parts]) == pytest.approx(0.1)


async def test_whoever_is_off_again_soon_after_it_came_back_leaves_what_came_back(
    core: Core, clock: MovableClock
) -> None:
    """The weeks in which it was off tell nothing of what it brings."""
    monitor, source, other = await two_sources(core)

    async def days(number: int, *sources: Source) -> None:
        for _ in range(number):
            for one in sources:
                await put(core, one, draft(at=clock.now()))
            clock.forward(days=1)

    await days(14, source, other)
    await turn_off(core, source)
    await days(14, other)
    await turn_on(core, source)
    await days(1, source, other)
    await turn_off(core, source)
    first, second = await gone_from(core, monitor)
    for found in (first, second):
        assert found.carried.of_it[0].sum() * 2 == found.carried.of_all[0].sum()
        assert (found.since, found.until) == (first.since, first.until)
    clock.forward(hours=1)
    await turn_on(core, source)
    await days(10, source, other)
    await turn_off(core, source)
    third = (await gone_from(core, monitor))[-1]
    assert (third.carried.of_it[0].sum(), third.carried.of_all[0].sum()) == (10, 20)


async def test_while_it_is_counted_its_health_is_noted_and_it_can_be_switched(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it brought last may still be on its way, and who stores it waits for nobody."""
    monitor, source, other = await two_sources(core)
    for one in (source, other):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    counted, switching = leaving._carried, []

    async def meanwhile(*asked: Any) -> Any:
        switching.append(asyncio.ensure_future(switch(core, source, True)))
        await asyncio.wait_for(put(core, source, draft(at=clock.now())), 60)
        return await counted(*asked)

    await switch(core, source, False)
    monkeypatch.setattr(leaving, "_carried", meanwhile)
    assert await leaving.leave_due(core) == 1
    await switching[0]
    (found,) = await gone_from(core, monitor)
    assert found.back == found.minute
