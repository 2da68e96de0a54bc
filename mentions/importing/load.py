"""The lines of a file into the store, as the command and the page do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit.core import Core
from kit.db import WriteSession
from mentions.copies.fold import Stories
from mentions.drafts.draft import MentionDraft
from mentions.importing.tables import BadLine
from mentions.intake.keep import keep
from mentions.privacy.erase import digest, erased_since
from mentions.sentiment.plugged import open_model
from mentions.source import Source
from mentions.waiting.batch import Batch

BATCH = 5_000  # lines per transaction


@dataclass(frozen=True)
class Loaded:
    """What became of some lines."""

    lines: int
    new: int
    known: int
    outlived: int
    """How many are older than mentions are kept: they are counted, and go."""
    bad: Sequence[BadLine]


async def file_source(session: WriteSession, name: str) -> int:
    """The id of the source of this name, made when there is none; nothing can be sent to it by HTTP."""
    row = insert(Source).values(name=name, kind="file", secret=None, field_map={}, enabled=True)
    await session.execute(row.on_conflict_do_nothing(index_elements=[Source.name]))
    found = await session.scalar(select(Source.id).where(Source.name == name))
    assert found is not None
    return found


async def load(
    core: Core,
    lines: Iterator[MentionDraft | BadLine],
    *,
    source_id: int,
    monitor_ids: tuple[int, ...],
    sent_at: datetime | None = None,
) -> AsyncIterator[Loaded]:
    """Store the lines, batch by batch. Each mention arrived when it was published unless the file says.

    `sent_at`: what those wrote who were erased since then is passed over, as if it were known.
    """
    scorer, stories = await asyncio.to_thread(open_model, core.settings.sentiment_model), Stories()
    while some := await asyncio.to_thread(lambda: list(islice(lines, BATCH))):
        bad = [line for line in some if isinstance(line, BadLine)]
        gone = await _erased(core, sent_at) if sent_at else set()
        sound = [line for line in some if not isinstance(line, BadLine)]
        drafts = tuple(_arrived(line) for line in sound if not is_of(line, gone))
        batch = Batch(source_id, core.clock.now(), drafts, monitor_ids=monitor_ids)
        stored = await keep(core, [batch], scorer, stories)
        kept_from = core.clock.now() - timedelta(days=core.settings.retention_days)
        outlived = sum(draft.published_at < kept_from for draft in drafts)
        known = stored.duplicates + len(sound) - len(drafts)
        yield Loaded(len(some), stored.new, known, outlived, bad)


async def _erased(core: Core, since: datetime) -> set[str]:
    async with core.database.read() as session:
        return await erased_since(session, since)


def is_of(draft: MentionDraft, erased: Collection[str]) -> bool:
    """Whether one of these (digests of names) wrote it."""
    return bool(erased) and draft.author is not None and digest(draft.author) in erased


def _arrived(draft: MentionDraft) -> MentionDraft:
    return replace(draft, arrived_at=draft.arrived_at or draft.published_at)
