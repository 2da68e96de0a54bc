"""The consumer stores what the stream holds, whatever dies, vanishes or is poisonous in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from kit.core import Core
from kit.db import passing
from mentions.intake.store import _copy
from mentions.intake.stream import consume, portions, work_off
from mentions.lateness import LateCount
from mentions.mention import Mention
from mentions.source import Source
from mentions.sources.ingest import send
from mentions.waiting import valkey_queue
from mentions.waiting.batch import Batch
from mentions.waiting.queue import Entry
from mentions.waiting.valkey_queue import DEAD, GROUP, STREAM, Inbox, Outbox
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, scorer


async def stored(core: Core) -> int:
    async with core.database.read() as session:
        return (await session.scalar(select(func.count()).select_from(Mention))) or 0


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what it waits for is in another process
            await asyncio.sleep(0.05)


@asynccontextmanager
async def consumer(core: Core, name: str = "one") -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(consume(core, consumer=name, stop=stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await task


def batch(core: Core, source: Source, count: int = 1, **values: object) -> Batch:
    now = core.clock.now()
    return Batch(source.id, now, tuple(draft(at=now) for _ in range(count)), **values)  # type: ignore[arg-type]


async def test_what_is_sent_is_stored_and_the_stream_is_empty_again(core: Core) -> None:
    _, monitor, source = await make_all(core)
    for _ in range(45):
        await send(core, batch(core, source, 3))
    async with consumer(core):
        await until(lambda: empty(core))
    assert await stored(core) == 135
    minute = int(core.clock.now().timestamp()) // 60
    assert (await counted(core))[monitor.id, minute][0] == 135


def test_portions_keep_the_order_and_a_worker_s_memory() -> None:
    sizes = [600_000, 600_000, 600_000, 9_000_000, 1, 1]
    entries = [Entry(str(number).encode(), b"x" * size) for number, size in enumerate(sizes)]
    found = list(portions(entries))
    assert [entry for portion in found for entry in portion] == entries
    assert [len(portion) for portion in found] == [2, 1, 1, 2]
    assert list(portions([])) == []


async def empty(core: Core) -> bool:
    return not await core.bell.redis.xlen(STREAM)


async def test_it_counts_by_the_arrival_of_the_batch(core: Core) -> None:
    _, monitor, source = await make_all(core)
    await send(core, batch(core, source))
    minute = int(core.clock.now().timestamp()) // 60
    core.clock.forward(minutes=9)  # type: ignore[attr-defined]
    async with consumer(core):
        await until(lambda: empty(core))
    assert list(await counted(core)) == [(monitor.id, minute)]


async def test_mentions_of_a_brand_go_to_its_monitor_whatever_their_words(core: Core) -> None:
    _, monitor, source = await make_all(core, "words that nobody says")
    await send(core, batch(core, source, monitor_ids=(monitor.id,)))
    async with consumer(core):
        await until(lambda: empty(core))
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 1


async def test_flushall_does_not_stop_it(core: Core) -> None:
    _, _, source = await make_all(core)
    async with consumer(core):
        await send(core, batch(core, source))
        await until(lambda: holds(core, 1))
        await core.bell.redis.flushall()
        await send(core, batch(core, source))
        await until(lambda: holds(core, 2))


async def holds(core: Core, count: int) -> bool:
    return await stored(core) == count


async def test_one_poisonous_batch_is_set_aside_and_the_rest_go_on(core: Core) -> None:
    _, _, source = await make_all(core)
    await send(core, batch(core, source, 2))
    await core.bell.redis.xadd(STREAM, {b"batch": b'{"half": '})
    await core.bell.redis.xadd(STREAM, {b"other": b"fields"})
    await send(core, Batch(999_999, core.clock.now(), (draft(at=core.clock.now()),)))
    await send(core, Batch(source.id, core.clock.now(), (draft(at=core.clock.now(), followers=2**70),)))
    await send(core, batch(core, source, 3))
    async with consumer(core):
        await until(lambda: empty(core))
    assert await stored(core) == 5
    dead = await core.bell.redis.xrange(DEAD)
    assert [fields.get(b"batch", b"")[:8] for _, fields in dead] == [b'{"half":', b"", *[b'{"source'] * 2]
    assert all(fields[b"error"] for _, fields in dead)


async def test_entries_of_a_dead_consumer_are_claimed(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, source = await make_all(core)
    dead = Inbox(core.bell.redis, "dead")
    await dead.open()
    for _ in range(25):
        await send(core, batch(core, source))
    assert len(await dead.next()) == 20
    monkeypatch.setattr(valkey_queue, "CLAIM_EVERY", 0.0)
    alive = Inbox(core.bell.redis, "alive", dead_after_ms=60_000)
    seen = await alive.next()
    assert len(seen) == 5, "what the dead one holds is not taken from it before its time"
    alive.dead_after_ms = 0
    left = await alive.next()
    assert len(left) == 20
    await work_off(core, alive, seen + left, scorer())
    assert (await stored(core), await empty(core)) == (25, True)


async def test_consumers_that_are_gone_are_forgotten_unless_they_hold_something(core: Core) -> None:
    _, _, source = await make_all(core)
    await send(core, batch(core, source))
    for name in ("holds", "gone"):
        inbox = Inbox(core.bell.redis, name)
        await inbox.open()
        await inbox.next()
    await asyncio.sleep(0.2)
    await Inbox(core.bell.redis, "alive", gone_after_ms=100).next()
    known = await core.bell.redis.xinfo_consumers(STREAM, GROUP)
    assert {one["name"] for one in known} == {b"holds", b"alive"}


async def test_a_consumer_that_comes_back_takes_up_its_own(core: Core) -> None:
    _, _, source = await make_all(core)
    before = Inbox(core.bell.redis, "one")
    await before.open()
    for _ in range(25):
        await send(core, batch(core, source))
    assert [len(await before.next()), len(await before.next())] == [20, 5], "in work, and read ahead"
    async with consumer(core, "one"):
        await until(lambda: empty(core))
    assert await stored(core) == 25


async def test_the_next_is_judged_while_the_one_before_is_stored(core: Core) -> None:
    _, monitor, source = await make_all(core)
    await Inbox(core.bell.redis, "one").open()  # makes the group, which the consumer may not have made yet
    async with consumer(core):
        async with core.database.engine.begin() as connection:
            await connection.execute(text("LOCK TABLE mention_key IN SHARE MODE"))  # read, but not written
            await send(core, batch(core, source))
            await until(lambda: taken(core, 1))
            await send(core, batch(core, source))
            await until(lambda: taken(core, 2))
        await until(lambda: empty(core))
    minute = int(core.clock.now().timestamp()) // 60
    assert (await counted(core))[monitor.id, minute][0] == 2


async def taken(core: Core, count: int) -> bool:
    pending = await core.bell.redis.xpending(STREAM, GROUP)
    return bool(pending["pending"] == count)


async def test_a_crash_between_commit_and_acknowledgement_counts_nothing_twice(core: Core) -> None:
    _, _, source = await make_all(core)
    before = Inbox(core.bell.redis, "one")
    await before.open()
    await send(core, batch(core, source, 4))
    entries = await before.next()

    class Crashed(Inbox):
        async def done(self, entries: object) -> None:
            raise ConnectionError("the process died here")

    with pytest.raises(ConnectionError):
        await work_off(core, Crashed(core.bell.redis, "one"), entries, scorer())
    assert await stored(core) == 4
    counts = await counted(core)
    async with consumer(core, "one"):
        await until(lambda: empty(core))
    assert (await stored(core), await counted(core)) == (4, counts)


async def test_two_consumers_share_and_nothing_is_counted_twice(core: Core) -> None:
    _, _, source = await make_all(core)
    again = batch(core, source, 50)
    for _ in range(10):
        await send(core, again)
        await send(core, batch(core, source, 20))
    async with consumer(core, "one"), consumer(core, "two"):
        await until(lambda: empty(core))
    assert await stored(core) == 250
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 250


async def test_a_database_that_refuses_for_a_while_loses_nothing(core: Core) -> None:
    _, _, source = await make_all(core)
    await send(core, batch(core, source))
    async with core.database.engine.begin() as connection:
        # as a database looks to us whose disk is full: an error of SQLSTATE class 53
        await connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"
            )
        )
        await connection.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON mention EXECUTE FUNCTION refuse()")
        )
    try:
        async with consumer(core):
            await asyncio.sleep(1.5)
            assert (await stored(core), await empty(core)) == (0, False)
            async with core.database.engine.begin() as connection:
                await connection.execute(text("DROP FUNCTION refuse CASCADE"))
            await until(lambda: empty(core))
        assert await stored(core) == 1
    finally:
        async with core.database.engine.begin() as connection:
            await connection.execute(text("DROP FUNCTION IF EXISTS refuse CASCADE"))


async def test_opening_twice_keeps_what_is_pending(core: Core) -> None:
    _, _, source = await make_all(core)
    inbox = Inbox(core.bell.redis, "one")
    await inbox.open()
    await send(core, batch(core, source))
    await inbox.next()
    await inbox.open()
    assert (await core.bell.redis.xpending(STREAM, GROUP))["pending"] == 1


async def test_the_age_of_the_oldest_batch(core: Core) -> None:
    _, _, source = await make_all(core)
    assert await Outbox(core.bell.redis).oldest() is None
    await core.bell.redis.xadd(STREAM, {b"batch": b"x"}, id="1773104523500-0")
    await send(core, batch(core, source))
    assert await Outbox(core.bell.redis).oldest() == 1773104523.5


async def test_a_connection_lost_in_a_copy_sets_nothing_aside(core: Core) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with core.database.unit_of_work() as session:
            connection = await (await session.connection()).get_raw_connection()
            connection.driver_connection.terminate()  # type: ignore[union-attr]
            await _copy(session, "mention", ["id"], [(1,)])
    assert passing(failure.value)


@pytest.mark.parametrize(("waited", "noted"), [(1, False), (120, True)])
async def test_what_waited_for_a_worker_is_late_for_the_detector(
    core: Core, clock: MovableClock, waited: int, noted: bool
) -> None:
    """It arrived in time, and counts where it did; by then the detector has taken that minute for silence."""
    _, monitor, source = await make_all(core)
    minute = int(core.clock.now().timestamp()) // 60
    await send(core, batch(core, source, 3))
    clock.forward(minutes=waited)
    inbox = Inbox(core.bell.redis, "one")
    await inbox.open()
    await work_off(core, inbox, await inbox.next(), scorer())
    assert await counted(core) == {(monitor.id, minute): (3, 0, 0)}
    async with core.database.read() as session:
        rows = (await session.scalars(select(LateCount))).all()
    assert [(row.monitor_id, row.minute, row.volume) for row in rows] == [(monitor.id, minute, 3)] * noted
