"""What batches bring is judged before the transaction that stores it, while the batches before are stored.

What somebody else stores in the meantime is judged in vain, and stored once (`mentions.identity.keys`). When
the monitors changed in the meantime, all is judged again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kit.db import ReadSession
from mentions.identity import keys
from mentions.item import Enriched, Item, items_of
from mentions.judging.enrich import SourceNames, enrich
from mentions.judging.matcher import Queries
from mentions.lateness import usual_of
from mentions.sentiment import SentimentModel
from mentions.sentiment.masks import names_in
from mentions.source import Source
from mentions.triage import learning
from mentions.triage.learned import Learned
from mentions.waiting.batch import Batch


@dataclass(frozen=True)
class Judged:
    """Some batches, with what was found out about what is new in them."""

    batches: Sequence[Batch]
    first: Sequence[Item]
    """What came for the first time in these batches."""
    again: Sequence[Item]
    """What came again to change it, or takes it back."""
    new: Sequence[Enriched]
    """Those of the first that were not there."""
    monitors: Queries
    """By which they were judged."""
    sources: SourceNames


@dataclass(frozen=True)
class Unjudged:
    """The same before, with what judging needs."""

    batches: Sequence[Batch]
    first: Sequence[Item]
    again: Sequence[Item]
    unknown: Sequence[Item]
    monitors: Queries
    sources: SourceNames
    learned: Learned | None
    """What people taught of labels."""

    def judged(self, scorer: SentimentModel) -> Judged:
        """Judge what is unknown. For a thread: a large batch takes the better part of a second."""
        scorer.know(names_in(tuple(query for _, query in self.monitors)))
        enriched = enrich(self.unknown, scorer, self.monitors, self.sources, self.learned)
        return Judged(self.batches, self.first, self.again, enriched, self.monitors, self.sources)


async def read(session: ReadSession, batches: Sequence[Batch], monitors: Queries) -> Unjudged:
    """These batches, with what judging them needs."""
    usual = await usual_of(session, {batch.source_id for batch in batches})
    first, again = items_of(batches, usual)
    places = await keys.known(session, sorted(item.key for item in first))
    unknown = [item for item in first if item.key not in places]
    sources, learned = await source_names(session), await learning.current(session)
    return Unjudged(batches, first, again, unknown, monitors, sources, learned)


async def judge(
    session: ReadSession, batches: Sequence[Batch], monitors: Queries, scorer: SentimentModel
) -> Judged:
    """Judge these batches here and now."""
    unjudged = await read(session, batches, monitors)
    return await asyncio.to_thread(unjudged.judged, scorer)


async def source_names(session: ReadSession) -> SourceNames:
    """What a query may call each source: its name and its kind."""
    rows = await session.execute(select(Source.id, Source.name, Source.kind))
    return {source_id: (name, kind) for source_id, name, kind in rows}
