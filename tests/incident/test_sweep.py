"""One bad row does not stop the others, and is left alone for a while."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from incident.sweep import PUT_OFF, TOGETHER, each
from kit import events
from kit.bell import Bell
from kit.core import Core
from kit.db import WriteSession
from kit.events import Event


async def work(session: WriteSession, key: int) -> bool:
    events.record(session, "test.done", at=session.info["now"], key=key)
    await session.flush()
    if key == 2:
        raise ZeroDivisionError
    return key != 3


async def keys_done(core: Core) -> list[int]:
    async with core.database.read() as session:
        found = await session.execute(select(Event.data).order_by(Event.seq))
        return [data["key"] for data in found.scalars()]


async def sweep(core: Core) -> int:
    async def timed(session: WriteSession, key: int) -> bool:
        session.info["now"] = core.clock.now()
        return await work(session, key)

    return await each(core, "test", [1, 2, 3, 4], timed)


async def test_the_bad_row_is_rolled_back_and_the_others_are_done(core: Core) -> None:
    assert await sweep(core) == 2, "1 and 4; 3 had nothing to do"
    assert await keys_done(core) == [1, 3, 4]


async def test_the_bad_row_is_put_off_for_a_minute(core: Core) -> None:
    await sweep(core)
    assert 0 < await core.bell.redis.ttl("tocsin:put_off:test:2") <= PUT_OFF == 60
    assert await core.bell.redis.keys("tocsin:put_off:*") == [b"tocsin:put_off:test:2"]


async def test_without_a_broker_it_is_only_tried_sooner(core: Core) -> None:
    bell = Bell("redis://127.0.0.1:1")
    deaf = replace(core, bell=bell)
    assert await sweep(deaf) == 2
    await bell.close()


async def test_no_row_is_put_off_because_the_database_was_away(core: Core) -> None:
    async def cut(session: WriteSession, key: int) -> bool:
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return True

    with pytest.raises(DBAPIError):
        await each(core, "test", [1, 2], cut)
    assert await core.bell.redis.keys("tocsin:put_off:*") == []


async def test_what_is_done_together_is_one_unit_of_work(core: Core) -> None:
    sessions = set()

    async def note(session: WriteSession, key: int) -> bool:
        sessions.add(await session.scalar(text("SELECT txid_current()")))
        return True

    assert await each(core, "test", range(2 * TOGETHER), note) == 2 * TOGETHER
    assert len(sessions) == 2
