"""What is old goes: whole weeks by dropping their tables, a source's own shorter limit by deleting.

Counts per minute stay: they name nobody, and they are what the detector knows the usual by.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import or_, select, text

from kit.core import Core
from kit.db import WriteSession
from mentions.privacy.partitions import PARTITIONED, ensure, week_in, week_of
from mentions.source import Source
from mentions.waiting.valkey_queue import Outbox, forget_written

log = structlog.get_logger(__name__)

EVERY = 3600.0  # seconds between two looks
LETTERS_KEPT = timedelta(days=30)
FILES_KEPT = timedelta(days=1)
"""For files that nobody began to read in."""
FAULTS_KEPT = timedelta(days=30)
"""For what stood in rejected lines."""
DEAD_KEPT = timedelta(days=30)  # for batches that could not be stored
VOICES_KEPT = timedelta(hours=1)
OVERTAKING = timedelta(hours=1)
"""By how much a deletion may come before what it takes back; networks delete much that we never store."""
AT_ONCE = 5_000  # rows of one transaction, so that nobody waits long for one

_WEEKS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:table AS regclass)"

_MENTIONS = """
    WITH gone AS (SELECT id, arrived_at FROM {table}
                  WHERE arrived_at < :before AND (:source = 0 OR source_id = :source) LIMIT :at_once),
         corrections AS (DELETE FROM correction USING gone WHERE correction.mention_id = gone.id),
         decisions AS (DELETE FROM triage_decision USING gone WHERE triage_decision.mention_id = gone.id),
         matches AS (DELETE FROM mention_match USING gone
                     WHERE mention_match.mention_id = gone.id AND mention_match.arrived_at = gone.arrived_at)
    DELETE FROM {table} USING gone WHERE {table}.id = gone.id AND {table}.arrived_at = gone.arrived_at"""

_TAUGHT = """
    DELETE FROM {table} USING mention
    WHERE mention.id = {table}.mention_id AND mention.arrived_at < CAST(:before AS date)"""
"""What people said of a text holds the text."""

_KEYS = """
    DELETE FROM mention_key WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM mention_key WHERE taken_at < :before LIMIT :at_once))"""
"""By when they were taken: who knows no more that an item was here would count it again."""

_VOICES = """
    DELETE FROM voice_hour WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM voice_hour WHERE hour < :before LIMIT :at_once))"""
"""Who was heard in an hour that is over."""

_HANDLES = """
    DELETE FROM account_handle WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM account_handle AS old
        WHERE NOT EXISTS (SELECT FROM mention WHERE mention.author = old.did AND mention.author LIKE 'did:%')
        LIMIT :at_once))"""
"""Of accounts of which no mention is left."""

_TAKEN_BACK = """
    DELETE FROM mention_key WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM mention_key WHERE mention_id = 0 AND taken_at < :before LIMIT :at_once))"""

_PAYLOADS = """
    DELETE FROM raw_payload WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM raw_payload
        WHERE received_at < :before AND (:source = 0 OR source_id = :source) LIMIT :at_once))"""


_FILES = """
    DELETE FROM import_job WHERE id = ANY(ARRAY(
        SELECT id FROM import_job WHERE state = 'draft' AND created_at < :before LIMIT :at_once))"""

_FAULTS = """
    UPDATE import_job SET faults = '[]' WHERE id = ANY(ARRAY(
        SELECT id FROM import_job
        WHERE finished_at < :before AND jsonb_array_length(faults) > 0 LIMIT :at_once))"""

_LETTERS = """
    DELETE FROM letter WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM letter
        WHERE created_at < :before AND state IN ('sent', 'failed') LIMIT :at_once))"""
"""Letters quote mentions, and nobody reads here what was sent."""


async def keep_house(core: Core, *then: Callable[[Core], Awaitable[int]]) -> None:
    """Expire what is due, now and every hour, for as long as the worker lives; `then` what was made of it."""
    while True:
        gone = sum([await expiring(core) for expiring in (expire, *then)])
        if gone:
            log.info("retention.expired", weeks_and_rows=gone)
        await asyncio.sleep(EVERY)


async def expire(core: Core) -> int:
    """Drop and delete what has outlived its limit; returns how many weeks and rows went. Safe to repeat.

    Also makes next week's tables, so that the first mention of a Monday waits for nothing.
    """
    now = core.clock.now()
    before = now - timedelta(days=core.settings.retention_days)
    async with core.database.unit_of_work() as session:
        await ensure(session, [now, now + timedelta(days=7)], now)
        gone = await _drop_weeks(session, before)
    gone += await _repeat(core, _KEYS, before=before)
    gone += await _repeat(core, _TAKEN_BACK, before=now - OVERTAKING)
    gone += await _repeat(core, _HANDLES)
    gone += await _repeat(core, _LETTERS, before=now - LETTERS_KEPT)
    gone += await _repeat(core, _FILES, before=now - FILES_KEPT)
    gone += await _repeat(core, _FAULTS, before=now - FAULTS_KEPT)
    gone += await _repeat(core, _VOICES, before=int((now - VOICES_KEPT).timestamp()) // 3600)
    for statement in (_MENTIONS.format(table="mention_other"), _PAYLOADS):
        gone += await _repeat(core, statement, before=before, source=0)
    await _know_sizes(core)
    with suppress(RedisError, OSError):  # it is there again in an hour
        gone += await Outbox(core.bell.redis).forget_dead(now - DEAD_KEPT)
        await forget_written(core.bell.redis)
    return gone + await _expire_by_source(core, now)


async def _know_sizes(core: Core) -> None:
    """Tell the planner what the weeks hold together: autovacuum looks at each of them, and never at all."""
    async with core.database.unit_of_work() as session:
        for table in PARTITIONED:
            await session.execute(text(f"ANALYZE ONLY {table}"))


async def _expire_by_source(core: Core, now: datetime) -> int:
    """The limits that sources have of their own, for their mentions and for their raw payloads."""
    limits = or_(Source.retention_days.is_not(None), Source.raw_days.is_not(None))
    async with core.database.read() as session:
        sources = (await session.scalars(select(Source).where(limits).order_by(Source.id))).all()
    gone = 0
    for source in sources:
        if source.retention_days is not None:
            before = now - timedelta(days=source.retention_days)
            gone += await _repeat(core, _MENTIONS.format(table="mention"), before=before, source=source.id)
        if source.raw_days is not None:
            before = now - timedelta(days=source.raw_days)
            gone += await _repeat(core, _PAYLOADS, before=before, source=source.id)
    return gone


async def _drop_weeks(session: WriteSession, before: datetime) -> int:
    """Drop the tables of weeks that ended before the moment."""
    for table in ("correction", "triage_decision"):
        await session.execute(text(_TAUGHT.format(table=table)), {"before": week_of(before)})
    dropped = 0
    for table in PARTITIONED:
        for name in (await session.scalars(text(_WEEKS), {"table": table})).all():
            if "_w" in name and week_in(name) + timedelta(days=7) <= week_of(before):
                await session.execute(text(f"DROP TABLE IF EXISTS {name}"))  # another worker may be at it
                dropped += 1
    return dropped


async def _repeat(core: Core, statement: str, **values: Any) -> int:
    """Run a bounded deletion until it finds nothing more, each time in a transaction of its own."""
    total = 0
    while True:
        async with core.database.unit_of_work() as session:
            done: Any = await session.execute(text(statement), {**values, "at_once": AT_ONCE})
        rows = int(done.rowcount)
        total += rows
        if rows < AT_ONCE:
            return total
