"""The log's numbers are gapless and in commit order, and its chain shows any change."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from kit import events
from kit.core import Core


async def record_one(core: Core, name: str, pause: float = 0) -> None:
    async with core.database.unit_of_work() as session:
        events.record(session, "test.done", at=core.clock.now(), actor=name, number=1)
        await asyncio.sleep(pause)


async def test_numbers_have_no_gap_however_many_write_at_once(core: Core) -> None:
    await asyncio.gather(*(record_one(core, f"writer {n}", pause=n % 3 / 100) for n in range(12)))
    async with core.database.read() as session:
        assert [event.seq for event in await events.after(session, 0)] == list(range(1, 13))
        assert await events.broken_link(session) is None


async def test_a_rolled_back_unit_leaves_no_event_and_no_gap(core: Core) -> None:
    with pytest.raises(ZeroDivisionError):
        async with core.database.unit_of_work() as session:
            events.record(session, "test.done", at=core.clock.now())
            _ = 1 / 0
    await record_one(core, "after")
    async with core.database.read() as session:
        assert [event.seq for event in await events.after(session, 0)] == [1]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET actor = 'somebody else' WHERE seq = 2",
        """UPDATE event SET data = '{"number": 2}' WHERE seq = 2""",
        "DELETE FROM event WHERE seq = 2",
    ],
)
async def test_tampering_is_found_at_the_right_place(core: Core, tampering: str) -> None:
    for name in ("a", "b", "c"):
        await record_one(core, name)
    async with core.database.unit_of_work() as session:
        await session.execute(text(tampering))
    async with core.database.read() as session:
        assert await events.broken_link(session) in (2, 3)
