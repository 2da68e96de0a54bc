"""The worker: its sign of life stands for deciding who is paged, and its parts end when it does."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from redis.exceptions import RedisError
from structlog.testing import CapturingLogger

from alerts.contacts.contact import Contact
from alerts.escalating.escalate import escalate_due
from alerts.page import Page
from alerts.paging.deliver import AT_ONCE
from kit.core import Core
from tests.alerts.cast import an_alert, make_cast
from tests.clock import MovableClock
from tests.provider import Provider
from tocsin import alive, worker
from tocsin.looks import Looks


@pytest.fixture(autouse=True)
def _without_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """arq closes its connections in a way that redis-py warns of, and warnings are errors here."""

    async def idle(_: Core) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(worker, "_jobs", idle)


async def test_a_worker_that_decides_nothing_gives_no_sign_however_much_it_sends(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = asyncio.Semaphore(0)

    async def hang(_: Core) -> int:
        await asyncio.Event().wait()
        return 0

    async def quick(_: Core) -> int:
        rounds.release()
        return 0

    monkeypatch.setattr(worker, "DECIDING", (hang,))
    monkeypatch.setattr(worker, "SENDING", {"mail": quick})
    await an_alert(core, await make_cast(core))
    await escalate_due(core)  # a page is due, and the alert is to become an incident
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(core, stop))
    async with asyncio.timeout(60):
        await rounds.acquire()
        await rounds.acquire()
    assert not alive.is_alive(core.settings.home)
    stop.set()
    await task


async def test_a_worker_that_decides_gives_a_sign(core: Core) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(core, stop))
    async with asyncio.timeout(60):
        while not alive.is_alive(core.settings.home):  # noqa: ASYNC110 - a file is what it gives
            await asyncio.sleep(0.05)
    stop.set()
    await task


@pytest.mark.parametrize(
    ("only", "other"), [(worker.ALARM, worker.LISTENING), (worker.LISTENING, worker.ALARM)]
)
async def test_a_worker_of_one_kind_signs_for_that_kind_only(core: Core, only: str, other: str) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(core, stop, only=only))
    async with asyncio.timeout(60):
        while not alive.is_alive(core.settings.home, only):  # noqa: ASYNC110 - a file is what it gives
            await asyncio.sleep(0.05)
    assert not alive.is_alive(core.settings.home, other)
    stop.set()
    await task


def test_every_part_is_of_one_kind(core: Core) -> None:
    shared = Looks(core)
    alarm = worker._alarm(core, shared)
    listening = worker._listening(core, shared, asyncio.Event(), signs=True)
    assert not alarm.keys() & listening.keys()
    assert {"deciding", "sending mail", "tick"} <= alarm.keys()
    assert {"stream", "sources", "cases"} <= listening.keys()


async def test_a_part_that_fails_while_it_is_stopped_does_not_hold_the_worker(core: Core) -> None:
    """Such as arq's, which tells a broker that is away that it goes."""
    stop = asyncio.Event()

    async def part() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ConnectionError("the broker is away")

    task = asyncio.create_task(worker._kept_up("part", part, stop))
    await asyncio.sleep(0)
    stop.set()
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.gather(task, return_exceptions=True)


async def test_that_the_broker_is_away_is_said_once_and_once_that_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not with a traceback at each try, for as long as it takes."""
    monkeypatch.setattr(worker, "RESTART_AFTER", 0.0)
    monkeypatch.setattr(worker, "STEADY", 0.0)
    stop = asyncio.Event()
    outcomes = iter([OSError(), RedisError(), RedisError(), None, OSError(), ValueError(), None])

    async def part() -> None:
        try:
            outcome = next(outcomes)
        except StopIteration:
            stop.set()
            return
        if outcome is not None:
            raise outcome
        await asyncio.sleep(0.01)

    said = CapturingLogger()
    monkeypatch.setattr(worker, "log", said)
    async with asyncio.timeout(60):
        await worker._kept_up("part", part, stop)
    once = ["worker.part_waits", "worker.part_is_back"]
    assert [call.args[0] for call in said.calls] == [*once, once[0], "worker.part_failed", once[1]]


async def test_a_part_that_overhears_that_it_should_end_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As housekeeping did once, somewhere in a library: the worker waited for it for ever."""
    monkeypatch.setattr(worker, "CANCEL_EVERY", 0.01)

    async def part() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    task = asyncio.create_task(part())
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await worker._end([task])
    assert task.cancelled()


async def test_a_job_carries_no_more_pages_side_by_side_than_a_sweep(core: Core, clock: MovableClock) -> None:
    cast, now = await make_cast(core), clock.now()
    alert_id = await an_alert(core, cast)
    async with Provider() as hook:
        hook.delay = 0.05
        async with core.database.unit_of_work() as session:
            contacts = [
                Contact(
                    member_id=cast.bo.member_id, channel="webhook", made_at=now, verified_at=now,
                    values={"url": f"{hook.url}/{number}", "secret": "s" * 16}, may_be_inside=True,
                )
                for number in range(AT_ONCE + 2)
            ]  # fmt: skip
            session.add_all(contacts)
            await session.flush()
            session.add_all(
                Page(
                    alert_id=alert_id, member_id=cast.bo.member_id, channel="webhook", contact_id=one.id,
                    step=1, reason="r", key=f"{one.id}", due_at=now, created_at=now,
                )
                for one in contacts
            )  # fmt: skip
        await worker.deliver_pages({"core": core})
        assert len(hook.take_all()) == AT_ONCE + 2
        assert hook.most_at_once <= AT_ONCE
