"""Back-tests in a process take turns, and few wait."""

from __future__ import annotations

import asyncio
import threading

import pytest

from alerts.backtest.queue import MOST_WAITING, alone, finished
from kit.errors import Unavailable


async def test_one_runs_some_wait_and_the_others_are_told_to_come_again() -> None:
    inside, most, done = 0, 0, asyncio.Event()

    async def work() -> None:
        nonlocal inside, most
        async with alone():
            inside += 1
            most = max(most, inside)
            await done.wait()
            inside -= 1

    running = []
    for _ in range(1 + MOST_WAITING):
        running.append(asyncio.create_task(work()))
        await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await work()
    running[1].cancel()
    await asyncio.sleep(0)
    running.append(asyncio.create_task(work()))
    done.set()
    await asyncio.gather(*running, return_exceptions=True)
    assert (most, inside) == (1, 0)
    await work()


async def test_who_is_cancelled_keeps_the_turn_until_the_thread_has_ended() -> None:
    go, ended = threading.Event(), threading.Event()

    def slow() -> None:
        go.wait(5)
        ended.set()

    async def work() -> None:
        async with alone():
            await finished(slow)

    running = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    running.cancel()
    asyncio.get_running_loop().call_later(0.05, go.set)
    async with alone():
        assert ended.is_set()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_fails_in_the_thread_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        await finished(lambda: 1 // 0)
