"""Out of the stream and into the database: in batches, at least once, acknowledged after the commit.

1. Read what is new for this consumer; now and then also what a dead consumer left unacknowledged.
2. Store the batches in one transaction. What was stored before changes nothing.
3. Acknowledge and delete them, so that the stream holds only what is still to do.
4. When storing fails, try the batches one by one: one that fails by itself goes to the dead-letter stream
   and the log, the rest go on. A database or broker that is away is waited for; nothing is set aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kit.core import Core
from mentions.batch import Batch, decode
from mentions.copies.fold import Stories
from mentions.enrich import whole_text
from mentions.ingest import STREAM
from mentions.sentiment import SentimentModel
from mentions.sentiment.plugged import open_model
from mentions.store import enabled_monitors, store

log = structlog.get_logger(__name__)

GROUP = "store"
DEAD = "tocsin:mentions:dead"
DEAD_KEPT = 1_000  # entries of the dead-letter stream
READ_AT_ONCE = 20  # batches
PORTION = 1_500_000  # bytes stored in one transaction: some 3,000 mentions, or one batch that is larger
BLOCK_MS = 500  # how long a read waits for news, and so how late a stop is noticed
PAUSE = 1.0  # seconds before another try when a server is away
CLAIM_EVERY = 5.0  # seconds between looks at what dead consumers left
DEAD_AFTER_MS = 30_000  # an entry unacknowledged for so long has lost its consumer
GONE_AFTER_MS = 3_600_000  # a consumer that has not asked for so long, and holds nothing, is forgotten

PASSING = ("08", "40", "53", "55", "57", "58")
"""SQLSTATE classes of trouble that passes: connection, deadlock, resources, locks, operator, system."""

Entry = tuple[bytes, dict[bytes, bytes]]


@dataclass
class Inbox:
    """One consumer's view of the stream."""

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
        """What this consumer's own earlier life left unacknowledged."""
        return self._entries(
            await self.redis.xreadgroup(GROUP, self.consumer, {STREAM: "0"}, count=READ_AT_ONCE)
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
        ids = [entry_id for entry_id, _ in entries]
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.xack(STREAM, GROUP, *ids)
            pipe.xdel(STREAM, *ids)
            await pipe.execute()

    async def set_aside(self, entry: Entry, error: Exception) -> None:
        """Move a poisonous entry out of the way, where a person can look at it."""
        entry_id, fields = entry
        log.error("stream.poison", entry=entry_id.decode(), kept_in=DEAD, error=repr(error)[:500])
        kept = {**fields, b"error": repr(error)[:2_000].encode("utf-8", "replace"), b"entry": entry_id}
        await self.redis.xadd(DEAD, kept, maxlen=DEAD_KEPT, approximate=False)
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
        return list(entries)

    async def _forget_the_gone(self) -> None:
        """Each start of a worker is a new consumer; without this the group would remember them all."""
        for one in await self.redis.xinfo_consumers(STREAM, GROUP):
            if one["idle"] > self.gone_after_ms and not one["pending"]:
                await self.redis.xgroup_delconsumer(STREAM, GROUP, one["name"])

    @staticmethod
    def _entries(answer: Any) -> list[Entry]:
        return [entry for _, entries in answer or [] for entry in entries if entry[1]]


async def consume(core: Core, *, consumer: str, stop: asyncio.Event) -> None:
    """Work off the stream until `stop` is set. `consumer` names this process among the group's."""
    scorer = await asyncio.to_thread(open_model, core.settings.sentiment_model)
    stories = Stories()
    inbox = Inbox(core.bell.redis, consumer)
    while not stop.is_set():
        try:
            await inbox.open()
            for portion in portions(await inbox.take_over()):
                await work_off(core, inbox, portion, scorer, stories)
            while not stop.is_set():
                for portion in portions(await inbox.next()):
                    await work_off(core, inbox, portion, scorer, stories)
        except Exception as error:
            if not passing(error):
                log.exception("stream.stumbled")  # a bug: loud, and tried again
            else:
                log.warning("stream.waits", error=str(error)[:200])
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)


def portions(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in their order, in lists that a worker can hold in memory and one transaction carry."""
    portion: list[Entry] = []
    size = 0
    for entry in entries:
        weight = len(entry[1].get(b"batch", b""))
        if portion and size + weight > PORTION:
            yield portion
            portion, size = [], 0
        portion.append(entry)
        size += weight
    if portion:
        yield portion


async def oldest_unprocessed(core: Core) -> float | None:
    """When the oldest batch still to store came in, in Unix seconds; None when there is none."""
    redis: Any = core.bell.redis
    first = await redis.xrange(STREAM, count=1)
    return int(first[0][0].split(b"-")[0]) / 1000 if first else None


async def work_off(
    core: Core,
    inbox: Inbox,
    entries: Sequence[Entry],
    scorer: SentimentModel,
    stories: Stories | None = None,
) -> int:
    """Store these entries and acknowledge them; returns how many mentions were new."""
    if not entries:
        return 0
    stories = stories or Stories()
    try:
        batches = [decode(fields.get(b"batch", b"")) for _, fields in entries]
        await asyncio.to_thread(_prepare, scorer, batches)
        new = await _store(core, batches, scorer, stories)
    except Exception as error:
        if passing(error):
            raise
        if len(entries) == 1:
            await inbox.set_aside(entries[0], error)
            return 0
        return sum([await work_off(core, inbox, [entry], scorer, stories) for entry in entries])
    await inbox.done(entries)
    return new


def passing(error: Exception) -> bool:
    """Whether the same work may succeed later: a server is away or busy, nothing is wrong with the data."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or not state or state.startswith(PASSING)
    return isinstance(error, RedisError | OSError | PoolTimeout)


def _prepare(scorer: SentimentModel, batches: Sequence[Batch]) -> None:
    """Let a model that asks others do so now, before the transaction."""
    drafts = [draft for batch in batches for draft in batch.drafts if not draft.deleted]
    scorer.prepare([whole_text(draft) for draft in drafts], [draft.lang for draft in drafts])


async def _store(core: Core, batches: Sequence[Batch], scorer: SentimentModel, stories: Stories) -> int:
    async with core.database.unit_of_work() as session:
        monitors = await enabled_monitors(session)
        stored = await store(session, batches, scorer=scorer, monitors=monitors, stories=stories)
    return stored.new
