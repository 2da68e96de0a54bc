"""Out of the stream and into the database: in batches, at least once, acknowledged after the commit.

1. Read what is new for this consumer; now and then also what a dead consumer left unacknowledged.
2. Judge it, while the batches before it are stored.
3. Store the batches in one transaction. What was stored before changes nothing.
4. Acknowledge and delete them, so that the stream holds only what is still to do.
5. When storing fails, try the batches one by one: one that fails by itself goes to the dead-letter stream
   and the log, the rest go on. A database or broker that is away is waited for; nothing is set aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

from kit.core import Core
from kit.db import passing
from mentions.copies.fold import Stories
from mentions.intake.keep import judge_ahead, keep
from mentions.judging.judge import Judged
from mentions.sentiment import SentimentModel
from mentions.sentiment.plugged import open_model
from mentions.waiting.batch import Batch, decode
from mentions.waiting.queue import Entry, Reader
from mentions.waiting.valkey_queue import Inbox

log = structlog.get_logger(__name__)

T = TypeVar("T")
PORTION = 1_500_000  # bytes stored in one transaction: some 3,000 mentions, or one batch that is larger
PAUSE = 1.0  # seconds before another try when a server is away


async def consume(core: Core, *, consumer: str, stop: asyncio.Event) -> None:
    """Work off the stream until `stop` is set. `consumer` names this process among the group's."""
    scorer = await asyncio.to_thread(open_model, core.settings.sentiment_model)
    stories = Stories()
    inbox = Inbox(core.bell.redis, consumer)
    while not stop.is_set():
        try:
            await inbox.open()
            async with aclosing(_one_ahead(_judged(core, inbox, scorer, stop))) as coming:
                async for entries, judged in coming:
                    await work_off(core, inbox, entries, scorer, stories, judged)
        except Exception as error:
            if not passing(error):
                log.exception("stream.stumbled")  # a bug: loud, and tried again
            else:
                log.warning("stream.waits", error=str(error)[:200])
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)


async def _judged(
    core: Core, inbox: Reader, scorer: SentimentModel, stop: asyncio.Event
) -> AsyncGenerator[tuple[list[Entry], Judged | None], None]:
    """What an earlier life left undone, then what is new, in portions; None: could not be judged yet."""
    entries = await inbox.take_over()
    while not stop.is_set():
        for portion in portions(entries):
            judged = None
            with suppress(Exception):  # what is wrong shows again, and is dealt with, when it is stored
                judged = await judge_ahead(core, _batches(portion), scorer)
            yield portion, judged
        entries = await inbox.next()


async def _one_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same, with the next one on its way while the one before is worked on."""
    coming = asyncio.ensure_future(anext(source, None))
    try:
        while (one := await coming) is not None:
            coming = asyncio.ensure_future(anext(source, None))
            yield one
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await source.aclose()


def portions(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in their order, in lists that a worker can hold in memory and one transaction carry."""
    portion: list[Entry] = []
    size = 0
    for entry in entries:
        weight = len(entry.body)
        if portion and size + weight > PORTION:
            yield portion
            portion, size = [], 0
        portion.append(entry)
        size += weight
    if portion:
        yield portion


def _batches(entries: Iterable[Entry]) -> list[Batch]:
    return [decode(entry.body) for entry in entries]


async def work_off(
    core: Core,
    inbox: Reader,
    entries: Sequence[Entry],
    scorer: SentimentModel,
    stories: Stories | None = None,
    judged: Judged | None = None,
) -> int:
    """Store these entries and acknowledge them; returns how many mentions were new."""
    if not entries:
        return 0
    stories = stories or Stories()
    try:
        batches = judged.batches if judged else _batches(entries)
        stored = await keep(core, batches, scorer, stories, judged)
    except Exception as error:
        if passing(error) or isinstance(error, RedisError):
            raise
        if len(entries) == 1:
            await inbox.set_aside(entries[0], error)
            return 0
        return sum([await work_off(core, inbox, [entry], scorer, stories) for entry in entries])
    await inbox.done(entries)
    return stored.new
