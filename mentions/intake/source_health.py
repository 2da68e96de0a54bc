"""What the figures of a source say after its batches were stored: whether it is alive, and how late it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta
from statistics import median

from sqlalchemy import case, func, or_
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from mentions.item import Enriched
from mentions.lateness import LONGEST
from mentions.source import SourceHealth
from mentions.waiting.batch import Batch

NONE = timedelta()
"""What counts as heard when it was published (a file, a first look, what has no time) tells of no lag."""


async def note_health(
    session: WriteSession,
    batches: Sequence[Batch],
    new: Sequence[Enriched],
    judged: Mapping[int, int],
    wanted: Sequence[Enriched],
) -> None:
    """What people look at to see whether a source is alive; in the order of ids, against deadlocks."""
    fresh: dict[int, set[str]] = {}
    for found in new:
        fresh.setdefault(found.item.source_id, set()).add(found.item.draft.native_id)
    kept = Counter(found.item.source_id for found in wanted)
    by_source: dict[int, list[Batch]] = {}
    for batch in batches:
        by_source.setdefault(batch.source_id, []).append(batch)
    for source_id in sorted(by_source):
        unmatched = judged.get(source_id, 0) - kept[source_id]
        await _note(session, source_id, by_source[source_id], fresh.get(source_id, set()), unmatched)


async def _note(
    session: WriteSession, source_id: int, batches: Sequence[Batch], fresh: Set[str], unmatched: int
) -> None:
    """Add what these batches brought to the figures of one source. `fresh`: ids of what was not there before.

    Only that was received: a feed that stands still gives the same entries at each look, and must not seem to
    speak. What no monitor asked for is news when it was published later than all before it.
    """
    brought = [(batch.arrived_at, draft) for batch in batches for draft in batch.drafts]
    published = [min(draft.published_at, arrived_at) for arrived_at, draft in brought if not draft.deleted]
    lags = [
        lag.total_seconds()
        for arrived_at, draft in brought
        if draft.native_id in fresh
        and NONE < (lag := (draft.arrived_at or arrived_at) - draft.published_at) < LONGEST
    ]
    went = max((batch.arrived_at for batch in batches if batch.drafts or not batch.rejected), default=None)
    times = [batch.arrived_at for batch in batches] if fresh or unmatched else []
    row = insert(SourceHealth).values(
        source_id=source_id,
        first_received_at=min(times, default=None),
        last_received_at=max(times, default=None),
        last_published_at=max(published, default=None),
        published_lag_seconds=median(lags) if lags else None,
        received=len(fresh),
        duplicates=len(brought) - len(fresh) - unmatched,
        rejected=sum(batch.rejected for batch in batches),
        unmatched=unmatched,
        last_tried_at=went,
        last_ok_at=went,
    )
    old, add = SourceHealth, row.excluded
    newest = func.greatest(old.last_received_at, add.last_received_at)
    over = old.failing_since <= add.last_ok_at
    later = or_(old.last_published_at.is_(None), add.last_published_at > old.last_published_at)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[old.source_id],
            set_={
                "first_received_at": func.coalesce(old.first_received_at, add.first_received_at),
                "last_received_at": newest if fresh else case((later, newest), else_=old.last_received_at),
                "last_published_at": func.greatest(old.last_published_at, add.last_published_at),
                "published_lag_seconds": func.coalesce(add.published_lag_seconds, old.published_lag_seconds),
                "received": old.received + add.received,
                "duplicates": old.duplicates + add.duplicates,
                "rejected": old.rejected + add.rejected,
                "unmatched": old.unmatched + add.unmatched,
                "last_tried_at": func.greatest(old.last_tried_at, add.last_tried_at),
                "last_ok_at": func.greatest(old.last_ok_at, add.last_ok_at),
                "failing_since": case((over, None), else_=old.failing_since),
                "error": case((over, None), else_=old.error),
            },
        )
    )
