"""One look at a source, or one connection to it, with all its consequences.

What a step brings goes into the stream of mentions first; only then is the cursor saved. A worker that dies
in between brings it again, and it falls to its native id. A failure is written down for people and the next
try is put off; it is nobody else's failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import structlog
from msgspec import structs
from sqlalchemy.dialects.postgresql import insert

from kit.core import Core
from kit.db import WriteSession
from kit.errors import Unavailable
from kit.events import record
from mentions.lateness import FIRST
from mentions.source import Source, SourceCursor
from mentions.sources import contact, lease, notices
from mentions.sources.base import Connection, Gap, Items, Kind, Trouble
from mentions.sources.ingest import send
from mentions.sources.patience import LONGEST, back_off
from mentions.waiting.batch import Batch

log = structlog.get_logger(__name__)

DEADLINE = 180.0  # seconds for one look
STALLED = 1800.0  # seconds without anything, after which a connection is made anew
PAUSE = 1.0  # seconds before a batch is offered again to a stream of mentions that is full
MOST = 500  # mentions in one batch
SERIOUS = 3  # failures in a row from which the log warns; people see each of them
AT_ONCE = 50  # looks in a row while the source says that more is waiting


@dataclass
class Step:
    """What one step works with."""

    core: Core
    http: httpx.AsyncClient
    owner: str
    chance: Random
    source: Source
    kind: Kind
    failures: int
    """How many steps before it failed in a row; 0 as soon as this one brought something."""
    began: datetime = field(init=False)

    async def run(self) -> None:
        """Do it; never raises but when it is cancelled."""
        self.began = self.core.clock.now()
        try:
            await self._put_off(await (self._listen() if self.kind.stream else self._look()))
        except Exception as error:
            try:
                await self._failed(error)
            except Exception:
                log.exception("source.not_noted", source=self.source.name)  # the next beat tries again

    async def _look(self) -> datetime:
        """Look until there is no more. The next look goes by when this one began, however slow the answer."""
        assert self.kind.poll is not None
        connection, known = self._connection(), await self._cursor()
        cursor = known or {}
        for _ in range(AT_ONCE):
            try:
                async with asyncio.timeout(DEADLINE):
                    items = await self.kind.poll(connection, cursor)
            except TimeoutError as error:
                raise Trouble(f"It did not answer within {DEADLINE:g} seconds.") from error
            await self._keep(items if known is not None else _history(items))
            if items.gap:
                await self._missed(items.gap)
            elif items.note:
                await self._noted(items.note)
            # asked again after a while all the same: it refused nothing, and headers may be wrong
            rest = min(connection.rest.seconds, LONGEST)
            if items.wait is None or items.wait > 0 or rest > 0:
                break
            cursor = items.cursor if items.cursor is not None else cursor
        due = self.began + timedelta(seconds=max(self.kind.every, items.wait or 0.0))
        return max(due, self.core.clock.now() + timedelta(seconds=rest))

    async def _listen(self) -> datetime:
        """Stay connected until it ends; returns when to connect again.

        A connection that ends before it brought anything has failed, however politely.
        """
        assert self.kind.stream is not None
        steps: Any = self.kind.stream(self._connection(), await self._cursor() or {})
        spoke = False
        async with aclosing(steps):
            try:
                while (items := await _next(steps)) is not None:
                    await self._keep(items)
                    spoke = True
                    if items.wait:
                        return self.core.clock.now() + timedelta(seconds=items.wait)
            except Gap as gap:
                await self._missed(gap)
                spoke = True
        if not spoke:
            raise Trouble("The connection ended before anything came.")
        return self.core.clock.now() + timedelta(seconds=self.chance.uniform(0.5, 2.0))

    async def _keep(self, items: Items) -> None:
        """Bring what came to safety, and only then note how far we are."""
        now = self.core.clock.now()
        for batch in _batches(self.source.id, items, now):
            await self._send(batch)
        async with self.core.database.unit_of_work() as session:
            if not await lease.still_mine(session, self.source.id, self.owner):
                raise Trouble("Another worker runs this source now.")
            if items.cursor is not None:
                await _save(session, self.source.id, items.cursor, now)
            await contact.went_well(session, self.source.id, now)
        self.failures = 0

    async def _send(self, batch: Batch) -> None:
        """Wait while the stream of mentions is full or away: what we hold back, the source holds back."""
        while True:
            try:
                return await send(self.core, batch)
            except Unavailable:
                await asyncio.sleep(PAUSE)

    async def _missed(self, gap: Gap) -> None:
        """Tell people what is missing for good: health forgets it with the next good answer."""
        now = self.core.clock.now()
        log.warning("source.missed", source=self.source.name, gap=gap.message)
        async with self.core.database.unit_of_work() as session:
            await contact.missed(session, self.source.id, gap.message)
            record(session, "source.missed", at=now, source=self.source.name, source_id=self.source.id,
                   gap=gap.message)  # fmt: skip
            await notices.missed(session, self.source, gap.message, now)

    async def _noted(self, note: str) -> None:
        async with self.core.database.unit_of_work() as session:
            await contact.missed(session, self.source.id, note)

    async def _failed(self, error: Exception) -> None:
        """Write the failure down in words for people, and put the next try off."""
        self.failures += 1
        trouble = error if isinstance(error, Trouble) else stumbled(error)
        if trouble is not error:
            log.error("source.broken", source=self.source.name, exc_info=error)
        wait = back_off(
            self.failures,
            every=self.kind.every if self.kind.poll else 0.0,
            retry_after=trouble.retry_after,
            permanent=trouble.permanent,
            chance=self.chance,
        )
        now = self.core.clock.now()
        told = log.warning if self.failures >= SERIOUS else log.info
        told("source.failed", source=self.source.name, error=trouble.message, again_in=round(wait))
        async with self.core.database.unit_of_work() as session:
            if await lease.still_mine(session, self.source.id, self.owner):
                await contact.failed(session, self.source.id, trouble.message, now)
                until = self._paced(now + timedelta(seconds=wait))
                await lease.put_off(session, self.source.id, until, self.failures)

    async def _put_off(self, until: datetime) -> None:
        async with self.core.database.unit_of_work() as session:
            if await lease.still_mine(session, self.source.id, self.owner):
                await lease.put_off(session, self.source.id, self._paced(until))

    def _paced(self, until: datetime) -> datetime:
        """Not before the kind's pace allows it, however well or badly this went."""
        return max(until, self.began + timedelta(seconds=self.kind.pace))

    def _connection(self) -> Connection:
        row = self.source
        return self.kind.connection(row.settings, row.secret, self.http, self.core.clock.now)

    async def _cursor(self) -> Mapping[str, Any] | None:
        """How far we are; None before the first step that went well."""
        async with self.core.database.read() as session:
            found = await session.get(SourceCursor, self.source.id)
        return found.cursor if found is not None else None


def _history(items: Items) -> Items:
    """What the first look finds: it arrived when it was published, and is no onset in this minute."""
    drafts = [
        structs.replace(draft, arrived_at=draft.arrived_at or draft.published_at)
        if draft.published_at >= FIRST
        else draft
        for draft in items.drafts
    ]
    return replace(items, drafts=drafts, cursor={} if items.cursor is None else items.cursor)


async def _next(steps: AsyncIterator[Items]) -> Items | None:
    """The next step of a stream, None at its end; a Trouble when none comes for very long."""
    try:
        async with asyncio.timeout(STALLED):
            return await anext(steps, None)
    except TimeoutError as error:
        raise Trouble("The connection was open, but nothing came.") from error


def _batches(source_id: int, items: Items, now: datetime) -> list[Batch]:
    """What came, in batches of a size that the stream likes.

    The rejected are told with the first, who is gone and who has a new name with the last.
    """
    drafts = tuple(items.drafts)
    parts = [drafts[start : start + MOST] for start in range(0, len(drafts), MOST)]
    if not parts and (items.rejected or items.gone or items.handles):
        parts = [()]
    batches = [Batch(source_id, now, part) for part in parts]
    if batches:
        batches[0] = replace(batches[0], rejected=items.rejected)
        batches[-1] = replace(batches[-1], gone=tuple(items.gone), handles=tuple(items.handles))
    return batches


async def _save(session: WriteSession, source_id: int, cursor: Mapping[str, Any], now: datetime) -> None:
    row = insert(SourceCursor).values(source_id=source_id, cursor=dict(cursor), saved_at=now)
    changed = {"cursor": row.excluded.cursor, "saved_at": now}
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=changed))


def stumbled(error: Exception) -> Trouble:
    """A bug of ours, or of a kind: the log has it, people get a sentence."""
    return Trouble(f"What it sent made us stumble ({type(error).__name__}); the log of Tocsin says where.")
