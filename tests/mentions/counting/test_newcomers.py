"""What a source brings on its first day beside others is counted, and counted apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import func, select, text

from kit.core import Core
from mentions import recount
from mentions.counting.counts import minute_of
from mentions.counting.newcomers import _BESIDE, DAY, NewcomerCount, hours_before
from mentions.lateness import LateCount
from mentions.monitor import MinuteCount, Monitor
from mentions.source import Source, SourceHealth
from mentions.sources import contact
from people.organisations import Brand
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_monitor, make_source, put

Figures = list[tuple[int, int, int, int]]
"""Source, minute, mentions, negative ones."""


async def apart(core: Core) -> Figures:
    async with core.database.read() as session:
        row = NewcomerCount
        found = await session.scalars(select(row).order_by(row.source_id, row.minute))
        return [(one.source_id, one.minute, one.volume, one.negative) for one in found]


async def volume(core: Core) -> int:
    async with core.database.read() as session:
        return int(await session.scalar(select(func.sum(MinuteCount.volume))) or 0)


async def since(core: Core, source: Source) -> datetime | None:
    async with core.database.read() as session:
        query = select(SourceHealth.heard_since).where(SourceHealth.source_id == source.id)
        return await session.scalar(query)


@pytest.fixture
async def elder(core: Core, clock: MovableClock) -> Monitor:
    """A monitor that a source has spoken to for two days."""
    _, monitor, source = await make_all(core)
    await put(core, source, draft(at=clock.now()))
    clock.forward(days=2)
    return monitor


async def another(core: Core, name: str = "forum", kind: str = "webhook") -> Source:
    async with core.database.unit_of_work() as session:
        return await make_source(session, name, kind=kind)


async def test_the_first_sources_of_a_house_are_no_newcomers(core: Core, clock: MovableClock) -> None:
    _, _, first = await make_all(core)
    second = await another(core)
    await put(core, first, draft(at=clock.now()))
    clock.forward(hours=23)
    await put(core, second, draft(at=clock.now()))
    assert (await apart(core), await volume(core)) == ([], 2)


async def test_a_newcomer_is_counted_apart_for_a_day(core: Core, clock: MovableClock, elder: Monitor) -> None:
    source, began = await another(core), minute_of(clock.now())
    await put(core, source, draft(at=clock.now()), draft("Renfe, un desastre horrible", at=clock.now()))
    clock.forward(minutes=DAY - 1)
    await put(core, source, draft(at=clock.now()))
    clock.forward(minutes=1)
    await put(core, source, draft(at=clock.now()))
    assert await apart(core) == [(source.id, began, 2, 1), (source.id, began + DAY - 1, 1, 0)]
    assert await volume(core) == 5, "all of it is counted as ever"


async def test_what_it_brings_of_the_past_is_counted_apart_there(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    source, said = await another(core), clock.now() - timedelta(hours=5)
    await put(core, source, draft(at=said))
    assert await apart(core) == [(source.id, minute_of(said), 1, 0)]


async def test_an_edit_and_a_recount_move_it_there_too(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    source, began = await another(core), minute_of(clock.now())
    said = draft(at=clock.now(), native_id="it")
    await put(core, source, said)
    clock.forward(minutes=3)
    angry = "Renfe, un desastre horrible"
    await put(core, source, structs.replace(said, text=angry, revised_at=clock.now()))
    assert await apart(core) == [(source.id, began, 1, 1)]
    async with core.database.unit_of_work() as session:
        brand = await session.get_one(Brand, elder.brand_id)
        young = await make_monitor(session, brand, at=clock.now())
        await recount.ask_for(session, young, [], clock.now())
    clock.forward(minutes=1)
    while await recount.recount_due(core):
        pass
    async with core.database.read() as session:
        rows = await session.execute(select(NewcomerCount.monitor_id, NewcomerCount.volume))
        assert sorted(map(tuple, rows)) == [(elder.id, 1), (young.id, 1)]


async def test_a_feed_is_heard_from_its_first_answer_and_a_hook_from_what_was_looked_for(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    feed, hook, began = await another(core, "feed", "rss"), await another(core), clock.now()
    for _ in range(2):
        async with core.database.unit_of_work() as session:
            await contact.went_well(session, feed.id, clock.now())
        await put(core, hook, draft("A test of the connection", at=clock.now()))
        clock.forward(hours=30)
    await put(core, feed, draft(at=clock.now()))
    await put(core, hook, draft(at=clock.now()))
    assert (await since(core, feed), await since(core, hook)) == (began, clock.now())
    assert [row[0] for row in await apart(core)] == [hook.id], "the feed was asked in vain for a day"


async def test_a_hook_that_was_called_for_weeks_begins_nothing_in_a_crisis(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    """A regional wire, which never spoke of the brand; then it is where the crisis is told."""
    for keep in ("all", "matched"):
        async with core.database.unit_of_work() as session:
            hook = await make_source(session, f"wire {keep}", keep=keep)
        began = clock.now()
        for _ in range(3):
            elsewhere = [draft(f"Sports of the day {n}", at=clock.now()) for n in range(8)]
            await put(core, hook, *elsewhere)
            clock.forward(days=7)
        await put(core, hook, draft(at=clock.now()))
        assert await since(core, hook) == began
    assert await apart(core) == []


@pytest.mark.parametrize("together", [True, False])
async def test_what_an_old_source_repeats_is_put_aside_no_more(
    core: Core, clock: MovableClock, elder: Monitor, together: bool
) -> None:
    feed, began = await another(core, "feed"), minute_of(clock.now())
    async with core.database.read() as session:
        old = await session.scalar(select(Source).where(Source.name != "feed"))
    assert old is not None
    angry = "Renfe, un desastre horrible"
    said = draft(angry, at=clock.now(), native_id="it", uri="https://diari.example/1")
    other = draft(at=clock.now(), uri="https://diari.example/2")
    await put(core, feed, said, other)
    assert await apart(core) == [(feed.id, began, 2, 1)]
    clock.forward(minutes=1 if together else 20)
    for native_id in ("theirs", "theirs", "once more"):
        await put(core, old, structs.replace(said, native_id=native_id))
    assert await apart(core) == [(feed.id, began, 1, 0)]
    assert await volume(core) == 3
    async with core.database.read() as session:
        late = (await session.scalars(select(LateCount))).all()
    assert [(one.minute, one.volume) for one in late] == ([] if together else [(began, 1)])
    calm = structs.replace(said, text="Renfe ha llegado", revised_at=clock.now())
    await put(core, feed, calm)
    assert await apart(core) == [(feed.id, began, 1, 0)], "nor what is edited of it"


async def test_what_another_newcomer_repeats_stays_put_aside(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    feed, second, began = await another(core, "feed"), await another(core, "2nd"), minute_of(clock.now())
    said = draft(at=clock.now(), uri="https://diari.example/1")
    await put(core, feed, said)
    await put(core, second, structs.replace(said, native_id="before it is heard of anything else"))
    await put(core, second, draft(at=clock.now()))
    await put(core, second, said)
    assert await apart(core) == [(feed.id, began, 1, 0), (second.id, began, 1, 0)]


async def test_whom_it_began_beside_is_read_by_key(core: Core) -> None:
    """By each tick on the day that a source begins, and the table only grows."""
    async with core.database.engine.connect() as connection:  # given back without what is written to it
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # no keys to others
        await connection.execute(
            text("""
            INSERT INTO minute_count (monitor_id, minute, volume, negative, positive, harm, copies)
            SELECT monitor, minute, 1, 0, 0, 0, 0
            FROM generate_series(1, 40) AS monitor, generate_series(1, 500) AS minute""")
        )
        await connection.execute(
            text("""
            INSERT INTO newcomer_count
                (source_id, monitor_id, minute, volume, negative, positive, harm, copies)
            SELECT source, monitor, minute, 1, 0, 0, 0, 0
            FROM generate_series(1, 10) AS source, generate_series(1, 20) AS monitor,
                generate_series(1, 100) AS minute""")
        )
        await connection.execute(text("ANALYZE minute_count, newcomer_count"))
        plan = await connection.scalars(text(f"EXPLAIN {_BESIDE}"), {"monitors": [1], "firsts": [9 * DAY]})
        asked = [line for line in plan if "Index Cond" in line and "monitor_id" in line]
    assert len(asked) == 2
    assert sum("source_id" in line for line in asked) == 1, asked


async def test_files_are_no_newcomers(core: Core, clock: MovableClock, elder: Monitor) -> None:
    await put(core, await another(core, kind="file"), draft(at=clock.now()))
    assert await apart(core) == []


async def test_of_the_week_before_it_is_told_what_others_said_by_hours(
    core: Core, clock: MovableClock, elder: Monitor
) -> None:
    async with core.database.read() as session:
        old = await session.scalar(select(Source))
    assert old is not None
    feed = await another(core)
    for _ in range(2):
        for source in (old, feed, feed):
            await put(core, source, draft(at=clock.now()))
        clock.forward(hours=5)
    hour, asked = clock.now().hour, (elder.id, minute_of(clock.now()))
    async with core.database.read() as session:
        found = (await hours_before(session, [asked]))[asked]
    assert [found[(hour - 5) % 24], found[(hour - 10) % 24]] == [1, 2], "two days before it spoke, too"
    assert sum(found) == 3, "and nothing of who began since"
