"""Work off due rows, one unit of work each: a bad row must not stop the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError

from kit.core import Core
from kit.db import WriteSession

log = structlog.get_logger(__name__)

PUT_OFF = 60
"""Seconds that a row which failed is left alone."""

Work = Callable[[WriteSession, int], Awaitable[bool]]


async def each(core: Core, name: str, keys: Sequence[int], work: Work) -> int:
    """Do `work(session, key)` for every key; counts those where it says that something was done.

    One that raises is logged, rolled back and put off for a minute; the rest goes on.
    """
    resting = await _resting(core, name, keys)
    done = 0
    for key in keys:
        if key in resting:
            continue
        try:
            async with core.database.unit_of_work() as session:
                done += await work(session, key)
        except Exception:
            log.exception("sweep.failed", sweep=name, key=key)
            await _put_off(core, name, key)
    return done


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
