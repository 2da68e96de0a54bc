"""A signed request is worked on once, however often and however much at once it comes."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from kit.core import Core
from kit.errors import Unavailable
from kit.repeats import Answer, Repeats


class Work:
    """Something that must not be done twice."""

    def __init__(self) -> None:
        self.done = 0
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> Answer:
        self.done += 1
        self.begun.set()
        await self.goes_on.wait()
        return {"number": self.done}


async def test_of_two_at_the_same_instant_one_is_worked_on_and_the_other_may_come_again(core: Core) -> None:
    repeats, work = Repeats(core.bell.redis, "here"), Work()
    first = asyncio.create_task(repeats.once("s", work))
    await work.begun.wait()
    with pytest.raises(Unavailable, match="being worked on"):
        await repeats.once("s", work)
    work.goes_on.set()
    assert await first == {"number": 1}
    assert await repeats.once("s", work) == {"number": 1}, "as it was answered before"
    assert await repeats.once("another", work) == {"number": 2}
    assert await Repeats(core.bell.redis, "elsewhere").once("s", work) == {"number": 3}


async def test_what_failed_or_was_cut_off_may_be_tried_again(core: Core) -> None:
    repeats, work = Repeats(core.bell.redis, "here"), Work()

    async def fails() -> Answer:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await repeats.once("s", fails)
    first = asyncio.create_task(repeats.once("s", work))
    await work.begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.goes_on.set()
    assert await repeats.once("s", work) == {"number": 2}


async def test_a_process_that_died_over_it_holds_it_up_for_half_a_minute(core: Core) -> None:
    repeats, work = Repeats(core.bell.redis, "here"), Work()
    first = asyncio.create_task(repeats.once("s", work))
    await work.begun.wait()
    [key] = await core.bell.redis.keys("tocsin:answer:*")
    assert 0 < await core.bell.redis.ttl(key) <= 30
    work.goes_on.set()
    await first
    assert await core.bell.redis.ttl(key) > 500


async def test_without_the_broker_a_door_opens_or_says_when_to_come_again() -> None:
    away, work = Redis.from_url("redis://127.0.0.1:1"), Work()
    work.goes_on.set()
    assert await Repeats(away, "open").once("s", work) == {"number": 1}
    with pytest.raises(Unavailable, match="broker"):
        await Repeats(away, "strict", opens_without=False).once("s", work)
    assert work.done == 1
    await away.aclose()
