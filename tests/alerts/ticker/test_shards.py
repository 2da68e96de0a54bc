"""Monitors divided among tickers: nobody judges twice, and the states are what one ticker would have."""

from __future__ import annotations

from asyncio import sleep, timeout
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from alerts.alert import DetectorState
from alerts.explained.replay import again
from alerts.judging.checkpoint import Checkpoint, Watched, brought_up, read
from alerts.judging.roster import selected
from alerts.ticker import shards
from alerts.ticker.shards import Shard, taken
from alerts.ticker.tick import tick
from kit import db, locks
from kit.core import Core
from kit.db import computed
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from tests.alerts.cast import Cast, alerts, change, counted, make_cast
from tests.clock import MovableClock

MONITORS = 5
State = dict[Watched, bytes]


def of(core: Core, tickers: int) -> Core:
    return replace(core, settings=replace(core.settings, tickers=tickers))


@pytest.fixture
async def cast(core: Core) -> Cast:
    """Five monitors with a day and a half of calm, each of its own height."""
    cast, now = await make_cast(core), core.clock.now()
    async with core.database.unit_of_work() as session:
        session.add_all(
            Monitor(brand_id=cast.brand_id, name=f"m{n}", query="renfe", created_at=now - timedelta(days=3))
            for n in range(MONITORS - 1)
        )
    for monitor in await monitors(core):
        calm = range(minute_of(now) - 2160, minute_of(now))
        await counted(core, monitor, dict.fromkeys(calm, (3 + monitor % 3, 1)))
    return cast


async def monitors(core: Core) -> Sequence[int]:
    async with core.database.read() as session:
        return (await session.scalars(select(Monitor.id).order_by(Monitor.id))).all()


async def lived(core: Core, clock: MovableClock, tickers: int) -> None:
    """Nine minutes of more or less calm with so many tickers."""
    for step in range(3):
        now = minute_of(clock.now())
        for monitor in await monitors(core):
            await counted(core, monitor, {now + i: (2 + (monitor + i + step) % 4, 1) for i in range(3)})
        clock.forward(minutes=3)
        await tick(of(core, tickers))


async def stored(core: Core) -> State:
    """The state of each monitor, wherever it is."""
    found: State = {}
    async with core.database.read() as session:
        for row in await session.scalars(select(DetectorState)):
            checkpoint = read(row)
            assert checkpoint is not None
            mine = parts(checkpoint)
            assert all(Shard(row.shard, row.shards).has(one.monitor_id) for one in mine)
            assert mine, "it would stand still, and be taken for a ticker that did"
            assert not mine.keys() & found.keys()
            found |= mine
    return found


def parts(checkpoint: Checkpoint) -> State:
    return {
        one: selected(checkpoint.state, [place]).to_bytes() for place, one in enumerate(checkpoint.watched)
    }


async def test_however_they_are_divided_the_states_are_the_same_to_the_digit(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    for tickers in (1, 6, 1):
        await lived(core, clock, tickers)
    found = await stored(core)
    assert len(found) == MONITORS
    since = min(one.live_since for one in found)
    async with core.database.read() as session:
        (row,) = await session.scalars(select(DetectorState))
        every = (await session.scalars(select(Monitor))).all()
        warm = await brought_up(session, None, every, since - 1, {})
        straight = await brought_up(session, warm, every, row.minute, {})
    assert parts(straight) == found


async def test_two_workers_share_the_tickers_and_one_that_is_left_does_all(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    core, now = of(core, 2), minute_of(clock.now())
    for monitor in await monitors(core):
        await counted(core, monitor, {now: (60, 40)})
    clock.forward(seconds=5)
    async with core.database.unit_of_work() as other:
        assert await taken(other, Shard(0, 2))
        await tick(core)
        assert {(alert.monitor_id or 0) % 2 for alert in await alerts(core)} == {1}
    await tick(core)
    opened = [(alert.monitor_id, alert.signal) for alert in await alerts(core)]
    assert {monitor_id for monitor_id, _ in opened} == set(await monitors(core))
    assert len(opened) == len(set(opened))
    async with core.database.read() as session:
        assert all([(await again(session, alert)).same for alert in await alerts(core)])


async def test_beside_an_older_ticker_nobody_ticks(core: Core, cast: Cast) -> None:
    async with core.database.unit_of_work() as older:
        await older.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": locks.TICKING})
        await tick(of(core, 2))
        assert await stored(core) == {}


async def test_a_ticker_whose_last_monitor_is_switched_off_leaves_nothing_that_stands_still(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    core = of(core, MONITORS + 1)
    await tick(core)
    assert len(await stored(core)) == MONITORS
    await change(core, Monitor, cast.monitor_id, enabled=False)
    clock.forward(minutes=1)
    await tick(core)
    assert cast.monitor_id not in {one.monitor_id for one in await stored(core)}
    assert len(await stored(core)) == MONITORS - 1


async def test_a_ticker_that_hangs_gives_its_turn_away(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    shard = Shard(0, 1)

    async def free() -> bool:
        async with core.database.unit_of_work() as other:
            return await taken(other, shard)

    with pytest.raises(DBAPIError):
        async with core.database.unit_of_work() as hanging:
            assert await taken(hanging, shard)
            assert not await free()
            with monkeypatch.context() as soon:
                soon.setattr(shards, "LET_GO_AFTER", 0.05)
                assert await taken(hanging, shard)  # from now on so soon
            async with timeout(60):
                while not await free():  # noqa: ASYNC110 - only the database knows
                    await sleep(0.02)
            await hanging.execute(text("SELECT 1"))


async def test_a_ticker_that_computes_for_long_keeps_its_turn(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine that has much else to do, or where the loop is compiled for the first time."""
    monkeypatch.setattr(shards, "LET_GO_AFTER", 1.0)
    monkeypatch.setattr(db, "SAID_EVERY", 0.02)
    async with core.database.unit_of_work() as session:
        assert await taken(session, Shard(0, 1))
        assert await computed(session, partial(Event().wait, 2.5)) is False
        async with core.database.unit_of_work() as other:
            assert not await taken(other, Shard(0, 1))


async def test_no_transaction_holds_its_locks_for_ever(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        assert await session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
