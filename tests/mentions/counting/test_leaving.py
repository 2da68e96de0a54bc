"""What a source carried is counted from its mentions as it was counted when they came."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from kit.core import Core
from kit.db import WriteSession
from mentions import monitors, recount
from mentions.counting import leaving
from mentions.counting import left as ends
from mentions.counting.absences import brought_apart
from mentions.counting.carried import CARRIED, Stretch, carried
from mentions.counting.counts import minute_of
from mentions.counting.newcomers import DAY
from mentions.figures import Change
from mentions.monitor import Monitor
from mentions.source import Source, SourceHealth
from mentions.sources import connecting
from mentions.sources.watch import watch_sources
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, make_source, put, viewer
from tests.waiting import somebody_waits
from tests.web.test_queries import counted as sent

HATE, LOVE = "Renfe, un desastre horrible, nunca más", "Renfe, una maravilla, me encanta viajar así"


async def two_sources(core: Core) -> tuple[Monitor, Source, Source]:
    """A monitor that hears both."""
    _, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        return monitor, source, await make_source(session, "other")


async def speak(core: Core, clock: MovableClock, days: int, *sources: Source) -> None:
    """So many days, each of them once a day."""
    for _ in range(days):
        for one in sources:
            await put(core, one, draft(at=clock.now()))
        clock.forward(days=1)


async def turn_off(core: Core, *sources: Source) -> None:
    """Switched off at once, and what they carried counted."""
    for source in sources:
        async with core.database.unit_of_work() as session:
            await leaving.ended(session, source.id, core.clock.now())
    while await leaving.leave_due(core):
        pass


async def turn_on(core: Core, source: Source) -> None:
    async with core.database.unit_of_work() as session:
        await leaving.returned(session, source.id, core.clock.now())


async def gone_from(core: Core, monitor: Monitor) -> list[ends.Left]:
    async with core.database.read() as session:
        return await ends.left(session, [monitor.id], 0, minute_of(core.clock.now()) + DAY)


async def switch(core: Core, source: Source, enabled: bool) -> None:
    """As an admin does."""
    async with core.database.unit_of_work() as session:
        await connecting.switch(session, viewer("admin"), source.id, enabled, now=core.clock.now())


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
        (found,) = (await carried(session, {(source.id, monitor.id): Stretch(since, until, until)})).values()
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
            await leaving.ended(session, one.id, now)
    async with core.database.unit_of_work() as session:
        await leaving.returned(session, other.id, now)
    while await leaving.leave_due(core):
        pass
    async with core.database.read() as session:
        assert await ends.left(session, [monitor.id], 0, minute_of(now) + DAY) == []
        rows = await session.scalars(select(SourceHealth).order_by(SourceHealth.source_id))
        assert [(row.left_to, row.ended_at) for row in rows] == [(None, now), (None, None)]


async def test_who_was_switched_off_on_its_first_day_has_another(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await put(core, source, draft(at=clock.now()))
    for hours, again in ((5, True), (30, False)):
        clock.forward(hours=hours)
        for turn in (leaving.ended, leaving.returned):
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

    await speak(core, clock, 14, source, other)
    await turn_off(core, source)
    await speak(core, clock, 14, other)
    await turn_on(core, source)
    await speak(core, clock, 1, source, other)
    await turn_off(core, source)
    first, second = await gone_from(core, monitor)
    for found in (first, second):
        assert found.carried.of_it[0].sum() * 2 == found.carried.of_all[0].sum()
        assert (found.carried.since, found.carried.until) == (first.carried.since, first.carried.until)
    clock.forward(hours=1)
    await turn_on(core, source)
    await speak(core, clock, 10, source, other)
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
    counting = carried

    async def meanwhile(*asked: Any) -> Any:
        await asyncio.wait_for(switch(core, source, True), 60)
        await asyncio.wait_for(put(core, source, draft(at=clock.now())), 60)
        return await counting(*asked)

    await switch(core, source, False)
    monkeypatch.setattr(leaving, "carried", meanwhile)
    assert await leaving.leave_due(core) == 1
    assert await gone_from(core, monitor) == [], "it has returned before it was gone"


async def test_who_switches_it_on_just_when_it_is_noted_comes_after(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hold what the other one wants next, unless a switch leaves room for rows that name the source."""
    monitor, source, other = await two_sources(core)
    for one in (source, other):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    await switch(core, source, False)
    putting, switching = leaving._put, []

    async def meanwhile(session: WriteSession, rows: Any) -> None:
        switching.append(asyncio.create_task(switch(core, source, True)))
        await somebody_waits(session)
        await putting(session, rows)

    monkeypatch.setattr(leaving, "_put", meanwhile)
    assert await leaving.leave_due(core) == 1
    await switching[0]
    (found,) = await gone_from(core, monitor)
    assert found.back == found.minute


async def test_a_monitor_that_is_off_meanwhile_does_not_expect_it_when_it_is_on_again(
    core: Core, clock: MovableClock
) -> None:
    monitor, source, other = await two_sources(core)
    for one in (source, other):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    await switch_monitor(core, monitor, False)
    await turn_off(core, source)
    await switch_monitor(core, monitor, True)
    assert [one.source_id for one in await gone_from(core, monitor)] == [source.id]


async def test_what_was_said_while_a_monitor_was_off_is_counted_when_it_is_on_again(
    core: Core, clock: MovableClock
) -> None:
    """Else it would learn that silence is usual, and what is usual would be a crisis."""
    monitor, source, _ = await two_sources(core)
    await switch_monitor(core, monitor, False)
    await put(core, source, draft(at=clock.now()))
    clock.forward(days=1)
    assert await counted(core) == {}
    await switch_monitor(core, monitor, True)
    clock.forward(minutes=1)
    while await recount.recount_due(core):
        pass
    assert [volume for volume, _, _ in (await counted(core)).values()] == [1]


async def switch_monitor(core: Core, monitor: Monitor, enabled: bool) -> None:
    async with core.database.unit_of_work() as session:
        await monitors.switch(session, viewer("admin"), monitor.id, enabled=enabled, now=core.clock.now())


async def test_one_that_had_fallen_silent_takes_what_it_brought_while_it_spoke(
    core: Core, clock: MovableClock
) -> None:
    """The silent days before somebody switches it off tell nothing of what it brings."""
    monitor, source, other = await two_sources(core)
    await speak(core, clock, 4, source, other)
    clock.forward(days=1)
    await watch_sources(core)
    async with core.database.unit_of_work() as session:
        await leaving.returned(session, other.id, clock.now())
    await turn_off(core, source)
    (found,) = await gone_from(core, monitor)
    assert found.carried.until == minute_of(clock.now() - timedelta(days=2)) + 1
    assert (found.carried.of_it[0].sum(), found.carried.of_all[0].sum()) == (4, 8)


async def test_all_that_end_together_are_counted_in_one_go(core: Core, clock: MovableClock) -> None:
    _, monitor, last = await make_all(core)
    async with core.database.unit_of_work() as session:
        others = [await make_source(session, f"other {number}") for number in range(20)]
    for one in (last, *others):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    with sent(core) as queries:
        await turn_off(core, *others)
    assert len([one for one in queries if "FROM mention_match" in one]) == 1
    assert len(await gone_from(core, monitor)) == 20


async def test_of_its_absence_what_it_brings_is_counted_and_counted_apart(
    core: Core, clock: MovableClock
) -> None:
    monitor, source, other = await two_sources(core)
    for one in (source, other):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    await turn_off(core, source)
    left_at = minute_of(clock.now()) + 1
    clock.forward(hours=9)
    await turn_on(core, source)
    backlog = (clock.now() - timedelta(hours=at) for at in (0, 5, 30))
    await put(core, source, *(draft(at=at) for at in backlog))
    await put(core, other, draft(at=clock.now() - timedelta(hours=5)))
    async with core.database.read() as session:
        (found,) = await brought_apart(session, [monitor.id], 0, minute_of(clock.now()) + 1)
        assert found.minutes.tolist() == [minute_of(clock.now()) - 5 * 60]
        assert found.figures[0].tolist() == [1]
        assert (found.newcomer.source_id, found.newcomer.first) == (source.id, minute_of(clock.now()))
        for first, until in ((0, left_at), (minute_of(clock.now()), minute_of(clock.now()) + 9)):
            assert await brought_apart(session, [monitor.id], first, until) == []
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 6, "and in no curve is less"


async def test_a_monitor_whose_past_is_counted_afterwards_expects_nothing_of_it_either(
    core: Core, clock: MovableClock
) -> None:
    """It was made, or switched on again, after the source had ended that spoke in its past."""
    monitor, source, other = await two_sources(core)
    await speak(core, clock, 5, source, other)
    await turn_off(core, source)
    (known,) = await gone_from(core, monitor)
    ended = minute_of(clock.now()) + 1
    clock.forward(days=2)
    async with core.database.unit_of_work() as session:
        row = await session.get_one(Monitor, monitor.id)
        wish = monitors.Wish(name="Renfe too", query=row.query, type=row.type)
        made = await monitors.create(session, viewer("admin"), row.brand_id, wish, now=clock.now())
        await recount.ask_for(session, monitor, [], clock.now())
    clock.forward(minutes=1)
    while await recount.recount_due(core):
        pass
    (found,) = await gone_from(core, made)
    assert found.minute == ended
    assert (found.carried.of_it[0].sum(), found.carried.of_all[0].sum()) == (5, 10)
    assert [one.minute for one in await gone_from(core, monitor)] == [known.minute], "once is enough"
