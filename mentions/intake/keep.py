"""Batches into the database: judged first, by models that may ask others, then stored in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kit.core import Core
from mentions.copies.fold import Stories
from mentions.intake.store import Stored, enabled_monitors, store
from mentions.judging.enrich import whole_text
from mentions.judging.judge import Judged, Unjudged, read
from mentions.sentiment import SentimentModel
from mentions.sentiment.masks import names_in
from mentions.sentiment.plugged import standing
from mentions.waiting.batch import Batch


async def judge_ahead(core: Core, batches: Sequence[Batch], scorer: SentimentModel) -> Judged:
    """Judge these batches, outside of any transaction."""
    async with core.database.read() as session:
        unjudged = await read(session, batches, await enabled_monitors(session))
    judged = await asyncio.to_thread(_judged, unjudged, scorer)
    await standing.note(core, scorer)
    return judged


async def keep(
    core: Core,
    batches: Sequence[Batch],
    scorer: SentimentModel,
    stories: Stories,
    judged: Judged | None = None,
) -> Stored:
    """Store these batches; judge them where that has not been done yet."""
    judged = judged or await judge_ahead(core, batches, scorer)
    async with core.database.unit_of_work() as session:
        monitors = await enabled_monitors(session)
        return await store(
            session,
            batches,
            scorer=scorer,
            monitors=monitors,
            stories=stories,
            judged=judged,
            counted_at=core.clock.now(),
        )


def _judged(unjudged: Unjudged, scorer: SentimentModel) -> Judged:
    """Names of brands first: they must not leave the house, nor count."""
    scorer.know(names_in(tuple(query for _, query in unjudged.monitors)))
    drafts = [draft for batch in unjudged.batches for draft in batch.drafts if not draft.deleted]
    scorer.prepare([whole_text(draft) for draft in drafts], [draft.lang for draft in drafts])
    return unjudged.judged(scorer)
