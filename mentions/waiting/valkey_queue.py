"""The queue of batches as a Valkey stream with a consumer group, and a second stream for the poisonous."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError

from kit.errors import Unavailable
from mentions.waiting.queue import Entry

log = structlog.get_logger(__name__)

STREAM = "tocsin:mentions"
GROUP = "store"
DEAD = "tocsin:mentions:dead"
MOST_DEAD = 1_000  # entries of the dead-letter stream
MAX_WAITING = 2_000  # batches in the stream; more means that no worker is taking them out
MAX_WAITING_BYTES = 400_000_000  # of the stream: what Valkey should be able to hold in memory
LARGE = MAX_WAITING_BYTES // MAX_WAITING  # bytes; if all batches are smaller, their number is limit enough
PATIENCE = 5.0  # seconds for the broker to answer
READ_AT_ONCE = 20  # batches
BLOCK_MS = 500  # how long a read waits for news, and so how late a stop is noticed
CLAIM_EVERY = 5.0  # seconds between looks at what dead consumers left
DEAD_AFTER_MS = 30_000  # an entry unacknowledged for so long has lost its consumer
GONE_AFTER_MS = 3_600_000  # a consumer that has not asked for so long, and holds nothing, is forgotten


async def forget_written(redis: Any) -> None:
    """Have the append-only file written anew: what was read and deleted stands in the old one until then.

    Left out where there is none, where the server's owner allows it nobody, and while it is being done.
    """
    with suppress(ResponseError):
        if (await redis.info("persistence"))["aof_enabled"]:
            await redis.bgrewriteaof()


@dataclass
class Outbox:
    """What takes batches in: see `mentions.waiting.queue.Queue`."""

    redis: Any  # redis-py's own annotations promise either a value or an awaitable

    async def append(self, body: bytes) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                if await self.redis.xlen(STREAM) >= MAX_WAITING or await self._too_heavy(len(body)):
                    raise Unavailable("Too many batches wait to be read. Send this one again in a minute.")
                await self.redis.xadd(STREAM, {b"batch": body})
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("ingest.broker_away", error=str(error))
            raise Unavailable(
                "The mentions could not be stored. Send the batch again in a minute."
            ) from error

    async def oldest(self) -> float | None:
        first = await self.redis.xrange(STREAM, count=1)
        return int(first[0][0].split(b"-")[0]) / 1000 if first else None

    async def dead(self) -> int:
        return int(await self.redis.xlen(DEAD))

    async def forget_dead(self, before: datetime) -> int:
        """Let go what was set aside before this moment: nobody looked, and it holds people's words."""
        return int(
            await self.redis.xtrim(DEAD, minid=f"{int(before.timestamp() * 1000)}-0", approximate=False)
        )

    async def _too_heavy(self, more: int) -> bool:
        """Whether the stream would weigh more than Valkey should hold; looked up for large batches only."""
        if more < LARGE:
            return False
        # a sample of the stream's nodes: exact enough, and not slow on a long one
        weight = await self.redis.memory_usage(STREAM, samples=5)
        return (weight or 0) + more > MAX_WAITING_BYTES


@dataclass
class Inbox:
    """One consumer's view of the stream: see `mentions.waiting.queue.Reader`."""

    redis: Any  # redis-py's own annotations promise either a value or an awaitable
    consumer: str
    dead_after_ms: int = DEAD_AFTER_MS
    gone_after_ms: int = GONE_AFTER_MS
    _claimed_at: float = field(default=float("-inf"))

    async def open(self) -> None:
        """Make sure that stream and group exist: both are gone after a FLUSHALL."""
        with suppress(ResponseError):  # BUSYGROUP: it exists
            await self.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)

    async def take_over(self) -> list[Entry]:
        """What this consumer's own earlier life left unacknowledged: being stored, and read ahead."""
        return self._entries(
            await self.redis.xreadgroup(GROUP, self.consumer, {STREAM: "0"}, count=2 * READ_AT_ONCE)
        )

    async def next(self) -> list[Entry]:
        """What a dead consumer left, if it is time to look, else what is new; maybe nothing."""
        if monotonic() - self._claimed_at >= CLAIM_EVERY and (left := await self._claim()):
            return left
        news = await self.redis.xreadgroup(
            GROUP, self.consumer, {STREAM: ">"}, count=READ_AT_ONCE, block=BLOCK_MS
        )
        return self._entries(news)

    async def done(self, entries: Sequence[Entry]) -> None:
        """Acknowledge and delete, together."""
        ids = [entry.id for entry in entries]
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.xack(STREAM, GROUP, *ids)
            pipe.xdel(STREAM, *ids)
            await pipe.execute()

    async def set_aside(self, entry: Entry, error: Exception) -> None:
        """Move a poisonous entry out of the way, where a person can look at it."""
        log.error("stream.poison", entry=entry.id.decode(), kept_in=DEAD, error=repr(error)[:500])
        why = repr(error)[:2_000].encode("utf-8", "replace")
        kept = {b"batch": entry.body, b"error": why, b"entry": entry.id}
        await self.redis.xadd(DEAD, kept, maxlen=MOST_DEAD, approximate=False)
        await self.done([entry])

    async def _claim(self) -> list[Entry]:
        _, entries, deleted = await self.redis.xautoclaim(
            STREAM, GROUP, self.consumer, self.dead_after_ms, count=READ_AT_ONCE
        )
        if entries:
            log.warning("stream.claimed", entries=len(entries), deleted=len(deleted))
        else:
            self._claimed_at = monotonic()
            await self._forget_the_gone()
        return [_entry(found) for found in entries]

    async def _forget_the_gone(self) -> None:
        """Each start of a worker is a new consumer; without this the group would remember them all."""
        for one in await self.redis.xinfo_consumers(STREAM, GROUP):
            if one["idle"] > self.gone_after_ms and not one["pending"]:
                await self.redis.xgroup_delconsumer(STREAM, GROUP, one["name"])

    @staticmethod
    def _entries(answer: Any) -> list[Entry]:
        return [_entry(found) for _, entries in answer or [] for found in entries if found[1]]


def _entry(found: Any) -> Entry:
    """An entry with no batch in it, which none of us wrote, is one that cannot be read."""
    number, fields = found
    return Entry(number, fields.get(b"batch", b""))
