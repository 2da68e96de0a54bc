"""What is done with batches that could not be stored: put back, or searched for who asks to be forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from typing import Any

from redis.exceptions import RedisError

from kit.errors import Unavailable
from mentions.waiting.batch import Broken, decode, encode
from mentions.waiting.queue import Entry
from mentions.waiting.valkey_queue import DEAD, READ_AT_ONCE, Outbox, forget_written


async def put_back(redis: Any) -> int:
    """Have every batch that is set aside tried again; how many. What is stored is not stored twice.

    Unavailable when the stream takes no more: what is left stays set aside.
    """
    count, outbox = 0, Outbox(redis)
    async for entry in _entries(redis):
        await outbox.append(entry.body)
        await redis.xdel(DEAD, entry.id)
        count += 1
    return count


async def forget(redis: Any, authors: Collection[str]) -> int:
    """Take what these wrote out of the batches that are set aside; out of how many. Safe to repeat.

    What they wrote leaves the files of the broker, too: that of batches that were stored long ago.
    """
    count, folded = 0, {author.casefold() for author in authors}
    try:
        async for entry in _entries(redis):
            left = _without(entry.body, folded)
            if left == entry.body:
                continue
            async with redis.pipeline(transaction=True) as pipe:
                pipe.xdel(DEAD, entry.id)
                if left is not None:
                    pipe.xadd(DEAD, {b"batch": left, b"entry": entry.id})
                await pipe.execute()
            count += 1
        await forget_written(redis)
    except (RedisError, OSError) as error:
        raise Unavailable(
            "The database has forgotten this author; the batches that were set aside cannot be reached."
            " Ask again in a minute."
        ) from error
    return count


def _without(body: bytes, authors: Collection[str]) -> bytes | None:
    """The batch without the drafts and handles of these authors; None where it is not to be kept at all."""
    try:
        batch = decode(body)
    except Broken:
        content = body.decode("utf-8", "replace").casefold()
        return None if any(author in content for author in authors) else body
    left = tuple(draft for draft in batch.drafts if (draft.author or "").casefold() not in authors)
    told = tuple((did, handle) for did, handle in batch.handles if did.casefold() not in authors)
    if (left, told) == (batch.drafts, batch.handles):
        return body
    return encode(replace(batch, drafts=left, handles=told)) if left else None


async def _entries(redis: Any) -> AsyncIterator[Entry]:
    """What is set aside now, the oldest first, without what is put there meanwhile."""
    newest = await redis.xrevrange(DEAD, count=1)
    start = b"-"
    while newest and (found := await redis.xrange(DEAD, start, newest[0][0], count=READ_AT_ONCE)):
        for number, fields in found:
            yield Entry(number, fields.get(b"batch", b""))
        start = b"(" + found[-1][0]
