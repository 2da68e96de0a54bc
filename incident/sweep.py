"""Work off due rows, some in one unit of work: a bad row must not stop the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Select

from kit.core import Core
from kit.db import WriteSession, passing

log = structlog.get_logger(__name__)

PUT_OFF = 60
"""Seconds that a row which failed is left alone."""
TOGETHER = 10
"""Rows of one unit of work: what a transaction and its events cost is paid once, and no lock is held long."""

Work = Callable[[WriteSession, int], Awaitable[bool]]
Together = Callable[[WriteSession, Sequence[int]], Awaitable[int]]


async def found(core: Core, query: Select[int], most: int) -> Sequence[int]:
    """The keys of the first rows that are due."""
    async with core.database.read() as session:
        return (await session.scalars(query.limit(most))).all()


async def each(core: Core, name: str, keys: Sequence[int], work: Work) -> int:
    """Do `work(session, key)` for every key; counts those where it says that something was done."""

    async def one_by_one(session: WriteSession, keys: Sequence[int]) -> int:
        return sum([await work(session, key) for key in keys])

    return await together(core, name, keys, one_by_one)


async def together(core: Core, name: str, keys: Sequence[int], work: Together) -> int:
    """Do `work(session, keys)` for some keys after the other; sums what it counts.

    Where it raises, nothing of its unit is done, and each of the unit is tried by itself: the one that
    raises again is logged and put off for a minute; the rest goes on.
    """
    resting = await _resting(core, name, keys)
    due = [key for key in keys if key not in resting]
    done = 0
    for start in range(0, len(due), TOGETHER):
        done += await _unit(core, name, due[start : start + TOGETHER], work)
    return done


async def _unit(core: Core, name: str, keys: Sequence[int], work: Together) -> int:
    try:
        async with core.database.unit_of_work() as session:
            return await work(session, keys)
    except Exception as error:
        if passing(error):
            raise
        if len(keys) > 1:
            return sum([await _unit(core, name, [key], work) for key in keys])
        log.error("sweep.failed", sweep=name, key=keys[0], exc_info=error)
        await _put_off(core, name, keys[0])
        return 0


async def _resting(core: Core, name: str, keys: Sequence[int]) -> set[int]:
    """The keys that were put off; one question for all, since a broker that is away costs its time-out."""
    if not keys:
        return set()
    try:
        notes = await core.bell.redis.mget([_note(name, key) for key in keys])
    except (RedisError, OSError):
        return set()
    return {key for key, note in zip(keys, notes, strict=True) if note is not None}


async def _put_off(core: Core, name: str, key: int) -> None:
    """Kept in the broker: when it forgets, the row is only tried sooner."""
    try:
        await core.bell.redis.set(_note(name, key), 1, ex=PUT_OFF)
    except (RedisError, OSError) as error:
        log.warning("sweep.not_put_off", sweep=name, key=key, error=str(error))


def _note(name: str, key: int) -> str:
    return f"tocsin:put_off:{name}:{key}"
