"""Valkey as the bell: it makes things happen sooner, and nothing is lost when it is silent.

Topics are published after commits. A listener also wakes up by itself from time to time, so that a
broker that was wiped, restarted, is down or hangs costs seconds, never an event or a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Any

import structlog
from arq.connections import ArqRedis, RedisSettings
from redis.exceptions import RedisError

from kit.db import WriteSession

log = structlog.get_logger(__name__)

EVENTS = "tocsin:events"
SIGNALS = "tocsin:signals"
ALERTS = "tocsin:alerts"
SEATS = "tocsin:seats"
"""Who may come in, or what somebody may do, has changed."""

PATIENCE = 2.0  # seconds for the broker to answer; reads that block do so for less
SILENT_FOR = 5.0  # seconds without ringing after it did not: what waits for the commit waits once, not often


class Bell:
    """Publish, listen and enqueue; every method is quiet about a broker that is away."""

    def __init__(self, url: str) -> None:
        self.redis: ArqRedis = ArqRedis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        )
        self._silent_until = float("-inf")

    async def ring(self, topic: str) -> None:
        await self._try(lambda: self.redis.publish(topic, b"1"), topic=topic)

    async def enqueue(self, job: str) -> None:
        """Ask a worker to run `job` now, once however often it is asked. The sweep would within a second."""
        await self._try(lambda: self.redis.enqueue_job(job, _job_id=job), job=job)

    async def _try(self, act: Callable[[], Awaitable[Any]], **about: str) -> None:
        if monotonic() < self._silent_until:
            return
        try:
            await act()
        except (RedisError, OSError) as error:
            self._silent_until = monotonic() + SILENT_FOR
            log.warning("bell.silent", error=str(error), **about)

    async def ring_for(self, session: WriteSession) -> None:
        """What the unit of work kept for after its commit: topics to ring, jobs to enqueue."""
        for topic in sorted(session.info.pop("topics", set())):
            await self.ring(topic)
        for job in sorted(session.info.pop("jobs", set())):
            await self.enqueue(job)

    async def listen(self, *topics: str, every: float = 1.0) -> AsyncIterator[str | None]:
        """Yield a topic when it rings, and None at least `every` seconds in any case, for ever.

        What rang several times while nobody asked is yielded once: in a storm each change would otherwise
        cost every listener a round.
        """
        while True:
            try:
                async with self.redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(*topics)
                    while True:
                        _end_if_cancelled()
                        message, rung = await subscription.get_message(timeout=every), set[str]()
                        while message:
                            rung.add(message["channel"].decode())
                            message = await subscription.get_message(timeout=0)
                        for topic in sorted(rung):
                            yield topic
                        if not rung:
                            yield None
            except (RedisError, OSError) as error:
                log.warning("bell.deaf", error=str(error))
                yield None
                await asyncio.sleep(every)

    async def close(self) -> None:
        await self.redis.aclose()


def _end_if_cancelled() -> None:
    """Raise the cancellation of this task that redis-py swallowed: it sends by `asyncio.wait_for`, which does
    so before Python 3.12 when the sending ends in the same moment."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def arq_settings(url: str) -> RedisSettings:
    """The URL in arq's own form."""
    return RedisSettings.from_dsn(url)


def ring_later(session: WriteSession, topic: str) -> None:
    """Ring the topic when this unit of work is committed; forget it when it is rolled back."""
    session.info.setdefault("topics", set()).add(topic)


def enqueue_later(session: WriteSession, job: str) -> None:
    """Enqueue the job when this unit of work is committed; forget it when it is rolled back."""
    session.info.setdefault("jobs", set()).add(job)
