"""Batches into the database, in a transaction of their own; a model that asks others does so before it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kit.core import Core
from mentions.batch import Batch
from mentions.copies.fold import Stories
from mentions.enrich import whole_text
from mentions.sentiment import SentimentModel
from mentions.sentiment.masks import names_in
from mentions.store import Stored, enabled_monitors, store


async def keep(core: Core, batches: Sequence[Batch], scorer: SentimentModel, stories: Stories) -> Stored:
    """Judge and store these batches."""
    async with core.database.read() as session:
        names = names_in(tuple(monitor.query for monitor in await enabled_monitors(session)))
    await asyncio.to_thread(_prepare, scorer, names, batches)
    async with core.database.unit_of_work() as session:
        monitors = await enabled_monitors(session)
        return await store(session, batches, scorer=scorer, monitors=monitors, stories=stories)


def _prepare(scorer: SentimentModel, names: frozenset[str], batches: Sequence[Batch]) -> None:
    """Names of brands first: they must not leave the house, nor count."""
    scorer.know(names)
    drafts = [draft for batch in batches for draft in batch.drafts if not draft.deleted]
    scorer.prepare([whole_text(draft) for draft in drafts], [draft.lang for draft in drafts])
