"""What became of asking a source, written beside what the pipeline sees of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from mentions.source import SourceHealth

LONGEST_ERROR = 500  # characters


async def went_well(session: WriteSession, source_id: int, now: datetime) -> None:
    """It answered, whether or not it had anything to say."""
    values = {"last_tried_at": now, "last_ok_at": now, "failing_since": None, "error": None}
    row = insert(SourceHealth).values(source_id=source_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=values))


async def missed(session: WriteSession, source_id: int, gap: str) -> None:
    """It answered, but some of what it should have told is missing; said until it answers again."""
    values = {"error": gap[:LONGEST_ERROR]}
    row = insert(SourceHealth).values(source_id=source_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=values))


async def refused(session: WriteSession, source_id: int, why: str, now: datetime) -> None:
    """Somebody called it who did not prove to be its sender: that says nothing of its health."""
    values = {"refused_at": now, "refused_why": why[:LONGEST_ERROR]}
    row = insert(SourceHealth).values(source_id=source_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=values))


async def failed(session: WriteSession, source_id: int, error: str, now: datetime) -> None:
    """It did not; `error` is a sentence for people."""
    values = {"last_tried_at": now, "failing_since": now, "error": error[:LONGEST_ERROR]}
    row = insert(SourceHealth).values(source_id=source_id, **values)
    kept = {**values, "failing_since": func.coalesce(SourceHealth.failing_since, now)}
    await session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=kept))
