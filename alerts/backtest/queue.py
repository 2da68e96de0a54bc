"""Back-tests one after the other in a process: a year of one monitor's minutes is hundreds of megabytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from kit.errors import Unavailable

MOST_WAITING = 2
"""Each holds a connection to the database while it waits."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class _Queue:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


_QUEUES: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()


@asynccontextmanager
async def alone() -> AsyncIterator[None]:
    """When nobody else is inside; Unavailable at once while MOST_WAITING wait already."""
    queue = _QUEUES.setdefault(asyncio.get_running_loop(), _Queue())
    if queue.waiting >= MOST_WAITING:
        raise Unavailable("Other back-tests are running. Try again in a minute.")
    queue.waiting += 1
    try:
        await queue.turn.acquire()
    finally:
        queue.waiting -= 1
    try:
        yield
    finally:
        queue.turn.release()


async def finished(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What it returns, from a thread. Who is cancelled waits for its end: a thread cannot be stopped."""
    running = asyncio.create_task(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    finally:
        await asyncio.wait([running])
