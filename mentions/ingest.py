"""Batches from outside: checked, judged mention by mention, and safe in the stream before the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from kit.core import Core
from kit.errors import Invalid, NotFound, SignedOut, Unavailable
from kit.signing import check_body
from mentions.batch import Batch, encode
from mentions.draft import MentionDraft, parse, storable
from mentions.source import Source

log = structlog.get_logger(__name__)

STREAM = "tocsin:mentions"
MAX_BODY = 5_000_000  # bytes
MAX_MENTIONS = 5_000
MAX_WAITING = 2_000  # batches in the stream; more means that no worker is taking them out
PATIENCE = 5.0  # seconds for the broker to answer


class Rejected(TypedDict):
    """One mention that was not taken: its place in the batch from 0, the field at fault, a sentence."""

    index: int
    field: str | None
    reason: str


@dataclass(frozen=True)
class Accepted:
    """What became of a batch."""

    accepted: int
    rejected: list[Rejected] = field(default_factory=list)


async def accept(core: Core, source_name: str, *, headers: Mapping[str, str], body: bytes) -> Accepted:
    """Take a signed batch in; when this returns, its good mentions are in the append-only stream.

    Raises NotFound (no such source), SignedOut (signature), Invalid (size, JSON), Unavailable (broker).
    """
    if len(body) > MAX_BODY:
        raise Invalid(f"The body has {len(body):,} bytes; the limit is {MAX_BODY:,}. Send smaller batches.")
    now = core.clock.now()
    source = await _source(core, source_name)
    _check_signature(source, headers, body, now)
    drafts, rejected = _judge(_mentions(body), source.field_map, now)
    await send(core, Batch(source.id, now, tuple(drafts), rejected=len(rejected)))
    return Accepted(len(drafts), rejected)


async def send(core: Core, batch: Batch) -> None:
    """Append the batch to the stream; Unavailable when the broker is away, or full of unread batches."""
    redis = core.bell.redis
    try:
        async with asyncio.timeout(PATIENCE):
            if await redis.xlen(STREAM) >= MAX_WAITING:
                raise Unavailable("Too many batches wait to be read. Send this one again in a minute.")
            await redis.xadd(STREAM, {b"batch": encode(batch)})
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("ingest.broker_away", error=str(error))
        raise Unavailable("The mentions could not be stored. Send the batch again in a minute.") from error


async def _source(core: Core, name: str) -> Source:
    found = None
    if storable(name) == name:
        async with core.database.read() as session:
            found = await session.scalar(select(Source).where(Source.name == name, Source.enabled))
    if found is None:
        raise NotFound("There is no such source.")
    return found


def _check_signature(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    if not source.secret:
        raise SignedOut("This source has no secret, so nothing can be sent to it.")
    given = {name.lower(): value for name, value in headers.items()}
    check_body(
        source.secret,
        timestamp=given.get("x-tocsin-timestamp"),
        signature=given.get("x-tocsin-signature"),
        body=body,
        now=now,
    )


def _mentions(body: bytes) -> list[object]:
    """The batch's members: a bare list, or the list under `mentions`."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The body is not JSON in UTF-8: {error}.") from error
    found = content.get("mentions") if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise Invalid('The body must be {"mentions": […]} or a bare list of mentions.', field="mentions")
    if len(found) > MAX_MENTIONS:
        raise Invalid(
            f"{len(found):,} mentions in one batch; the limit is {MAX_MENTIONS:,}.", field="mentions"
        )
    return found


def _judge(
    found: list[object], field_map: Mapping[str, str], now: datetime
) -> tuple[list[MentionDraft], list[Rejected]]:
    drafts, rejected = [], []
    for index, obj in enumerate(found):
        try:
            # the arrival is ours to say: a sender's clock must not move a mention to another minute
            drafts.append(replace(parse(obj, field_map=field_map, now=now), arrived_at=None))
        except Invalid as error:
            rejected.append(Rejected(index=index, field=error.field, reason=error.message))
    return drafts, rejected
