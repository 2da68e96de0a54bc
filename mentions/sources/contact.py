"""What became of asking a source, written beside what the pipeline sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from mentions.source import SourceHealth

LONGEST_ERROR = 500  # characters


async def went_well(session: WriteSession, source_id: int, now: datetime) -> None:
    """It answered, whether or not it had anything to say."""
    values = {"last_tried_at": now, "last_ok_at": now, "failing_since": None, "error": None}
    since = func.coalesce(SourceHealth.heard_since, now)
    await _note(session, source_id, {**values, "heard_since": now}, heard_since=since)


async def missed(session: WriteSession, source_id: int, gap: str) -> None:
    """It answered, but some of what it should have told is missing; said until it answers again."""
    await _note(session, source_id, {"error": gap[:LONGEST_ERROR]})


async def refused(session: WriteSession, source_id: int, why: str, now: datetime) -> None:
    """Somebody called it and was not heard, for want of a proof or of room: no word of its health."""
    await _note(session, source_id, {"refused_at": now, "refused_why": why[:LONGEST_ERROR]})


async def silent(session: WriteSession, source_id: int, since: datetime | None) -> None:
    """It is told as silent since then; None: no longer. Whoever asks it may have made its row meanwhile."""
    await _note(session, source_id, {"silent_since": since})


async def failed(session: WriteSession, source_id: int, error: str, now: datetime) -> None:
    """It did not; `error` is a sentence for people."""
    values = {"last_tried_at": now, "failing_since": now, "error": error[:LONGEST_ERROR]}
    await _note(session, source_id, values, failing_since=func.coalesce(SourceHealth.failing_since, now))


async def _note(session: WriteSession, source_id: int, values: Mapping[str, Any], **known: Any) -> None:
    """`known`: what else is written where the source has a row."""
    row = insert(SourceHealth).values(source_id=source_id, **values)
    again = row.on_conflict_do_update(index_elements=["source_id"], set_={**values, **known})
    await session.execute(again)
