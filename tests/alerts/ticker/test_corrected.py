"""What comes late corrects what the detector has learned, to the digit; our own backlog is no silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from alerts.detection.live import State
from alerts.explained.basis import Pasts
from alerts.judging.checkpoint import HELD_MINUTES, SETTLE_MINUTES, Checkpoint, closed_for_good, load
from alerts.judging.roster import selected
from alerts.ticker.corrected import corrected
from alerts.ticker.tick import tick
from kit.core import Core
from kit.db import WriteSession
from mentions import lateness
from mentions.counting.counts import minute_of
from mentions.figures import Change
from mentions.monitor import Monitor
from tests.alerts.cast import Cast, alerts, counted, make_cast
from tests.clock import MovableClock

DAY = 1440


async def _second(core: Core, cast: Cast) -> int:
    async with core.database.unit_of_work() as session:
        first = await session.get_one(Monitor, cast.monitor_id)
        twin = Monitor(brand_id=first.brand_id, name="twin", query="x", created_at=first.created_at)
        session.add(twin)
        await session.flush()
        return twin.id


async def _late(core: Core, monitor_id: int, minutes: dict[int, tuple[int, int]], harm: int = 0) -> None:
    """Counted as a worker counts what came late."""
    await counted(core, monitor_id, minutes)
    async with core.database.unit_of_work() as session:
        changes = [((monitor_id, at), Change(volume, harm=harm), 0) for at, (volume, _) in minutes.items()]
        await lateness.note(session, changes, core.clock.now())


async def _states(core: Core) -> tuple[State, State]:
    async with core.database.read() as session:
        checkpoint = await load(session)
    assert checkpoint is not None
    place = {one.monitor_id: i for i, one in enumerate(checkpoint.watched)}
    one, two = sorted(place)
    return selected(checkpoint.state, [place[one]]), selected(checkpoint.state, [place[two]])


def _same(one: State, two: State) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True)
        for name in State.column_names()
    )


async def _waiting(core: Core) -> int:
    async with core.database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(lateness.LateCount)) or 0)


@pytest.mark.parametrize("days", [0, 2])
async def test_a_gap_filled_in_is_learned_as_if_it_had_been_there(
    core: Core, clock: MovableClock, days: int
) -> None:
    """Of two monitors that hear the same, one hears three hours of it three hours late."""
    cast = await make_cast(core)
    twin = await _second(core, cast)
    now = minute_of(clock.now())
    for monitor_id in (cast.monitor_id, twin):
        await counted(core, monitor_id, dict.fromkeys(range(now - 2 * DAY, now + days * DAY), (4, 1)))
    await tick(core)
    for _ in range(days):
        clock.forward(days=1)
        await tick(core)
    gap = dict.fromkeys(range(minute_of(clock.now()), minute_of(clock.now()) + 180), (4, 1))
    await counted(core, twin, gap)
    clock.forward(hours=3, minutes=SETTLE_MINUTES + 2)
    await tick(core)
    assert not _same(*await _states(core)), "one has heard nothing for three hours"

    await _late(core, cast.monitor_id, gap)
    await tick(core)
    assert await _waiting(core) == 1, "at most once a minute"
    clock.forward(minutes=1)
    await tick(core)
    assert await _waiting(core) == 0
    assert _same(*await _states(core))
    assert await alerts(core) == []


async def test_a_second_correction_does_not_undo_the_first(core: Core, clock: MovableClock) -> None:
    """The gap of an evening is filled in after midnight, and later that of the morning."""
    cast = await make_cast(core)
    twin = await _second(core, cast)
    clock.set(clock.now().replace(hour=20, minute=0))
    now = minute_of(clock.now()) + DAY
    for monitor_id in (cast.monitor_id, twin):
        await counted(core, monitor_id, dict.fromkeys(range(now - 3 * DAY, now), (4, 1)))
    await tick(core)
    clock.forward(days=1)
    await tick(core)  # puts this evening aside, before what follows
    evening, morning = range(now, now + 180), range(now + 480, now + 540)
    for minutes in (evening, morning):
        await counted(core, twin, dict.fromkeys(minutes, (4, 1)))
    clock.forward(hours=4, minutes=30)
    await tick(core)  # and the day that begins, with the silence
    await _late(core, cast.monitor_id, dict.fromkeys(evening, (4, 1)))
    clock.forward(minutes=1)
    await tick(core)
    assert _same(*await _states(core))
    clock.forward(hours=5)
    await tick(core)
    assert not _same(*await _states(core))
    await _late(core, cast.monitor_id, dict.fromkeys(morning, (4, 1)))
    clock.forward(minutes=1)
    await tick(core)
    assert _same(*await _states(core))
    async with core.database.read() as session:
        checkpoint = await load(session)
        assert checkpoint is not None
        pasts = Pasts(session, checkpoint)
        (at, one), (twins, two) = [await pasts.base(own, morning[0] + DAY) for own in checkpoint.watched]
    assert at == twins > evening[-1], "an alert of tomorrow is computed again from the same state"
    assert one is not None
    assert two is not None
    assert _same(one, two)


class _Interrupted:
    """A session behind whose first question of several rows another worker commits something."""

    def __init__(self, session: WriteSession, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._meanwhile: Callable[[], Awaitable[None]] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def scalars(self, *asked: Any) -> Any:
        answer = await self._session.scalars(*asked)
        if (meanwhile := self._meanwhile) is not None:
            self._meanwhile = None
            await meanwhile()
        return answer


async def test_what_is_committed_while_the_ticker_looks_is_not_forgotten(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await make_cast(core)
    twin = await _second(core, cast)
    now = minute_of(clock.now())
    for monitor_id in (cast.monitor_id, twin):
        await counted(core, monitor_id, dict.fromkeys(range(now - 2 * DAY, now), (4, 1)))
    await tick(core)
    await counted(core, twin, dict.fromkeys(range(now, now + 180), (4, 1)))
    clock.forward(hours=3, minutes=SETTLE_MINUTES + 2)
    await tick(core)
    await _late(core, cast.monitor_id, dict.fromkeys(range(now + 90, now + 180), (4, 1)))

    async def meanwhile() -> None:
        await _late(core, cast.monitor_id, dict.fromkeys(range(now, now + 90), (4, 1)))

    async def interrupted(session: Any, *rest: Any) -> Checkpoint:
        return await corrected(_Interrupted(session, meanwhile), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("alerts.ticker.tick.corrected", interrupted)
    clock.forward(minutes=1)
    await tick(core)
    assert await _waiting(core) == 0
    assert _same(*await _states(core))


async def test_what_is_heard_now_makes_nothing_late_small(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    now = minute_of(clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - DAY, now + 30, 10), (1, 0)))
    await tick(core)
    clock.forward(minutes=30)
    await tick(core)
    await counted(core, cast.monitor_id, {now + 30: (500, 0)})
    await _late(core, cast.monitor_id, {now + 1: (3, 0)})
    clock.forward(minutes=1)
    await tick(core)
    assert await _waiting(core) == 0


async def test_what_waited_is_no_correction_where_its_minute_waited_too(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await make_cast(core)
    now = minute_of(clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - DAY, now), (4, 1)))
    await tick(core)
    clock.forward(minutes=40)
    await _late(core, cast.monitor_id, dict.fromkeys(range(now, now + 30), (4, 1)))

    async def never(*_: object) -> None:
        raise AssertionError("nothing was closed without it")

    monkeypatch.setattr("alerts.ticker.corrected._before", never)
    for _ in range(2):
        await tick(core)
        clock.forward(minutes=1)
    assert await _waiting(core) == 0


async def test_a_few_stragglers_move_nothing_and_harm_always_does(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    now = minute_of(clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - DAY, now + 30), (4, 1)))
    await tick(core)
    clock.forward(minutes=30)
    await tick(core)
    for harm, waiting in ((0, 1), (1, 0)):
        await _late(core, cast.monitor_id, {now + 1: (2, 0)}, harm)
        clock.forward(minutes=1)
        await tick(core)
        assert await _waiting(core) == waiting


def test_what_no_worker_has_counted_yet_is_not_nothing() -> None:
    minute = 1_000_000
    settled = minute - 1 - SETTLE_MINUTES
    assert closed_for_good(None, minute, None) == settled
    assert closed_for_good(None, minute, 60.0 * (minute - 2)) == settled
    assert closed_for_good(None, minute, 60.0 * (minute - 30) + 59) == minute - 31
    assert closed_for_good(None, minute, 60.0 * (minute - 500)) == settled - HELD_MINUTES


async def test_a_crisis_that_waits_for_a_worker_is_judged_when_it_is_counted(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await make_cast(core)
    now = minute_of(clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - 2 * DAY, now), (4, 1)))
    await tick(core)

    async def oldest(_: object) -> float:
        return 60.0 * now

    monkeypatch.setattr("mentions.waiting.valkey_queue.Outbox.oldest", oldest)
    clock.forward(minutes=40)
    await tick(core)
    await counted(core, cast.monitor_id, dict.fromkeys(range(now, now + 20), (40, 30)))
    await tick(core)
    assert await alerts(core) != []
