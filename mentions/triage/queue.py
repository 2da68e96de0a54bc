"""What storing a mention leaves for triage: a row for each that may become a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import text

from kit.db import WriteSession
from mentions.item import Enriched
from mentions.triage.routing import CASES

FRESH = timedelta(days=1)
"""What arrived longer ago is history that was loaded: it opens no case."""

_INSERT = text("""
    INSERT INTO triage_queue (mention_id, arrived_at)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:arrived AS timestamptz[]))
    ON CONFLICT DO NOTHING""")


async def enqueue(session: WriteSession, stored: Iterable[tuple[int, Enriched]], now: datetime) -> None:
    """Note the ids of new mentions that ask something of us. Copies and mentions of the past do not."""
    rows = [
        (number, found.item.arrived_at)
        for number, found in stored
        if found.triage in CASES
        and found.monitor_ids
        and not found.copy
        and now - found.item.arrived_at < FRESH
    ]
    if rows:
        ids, arrived = map(list, zip(*rows, strict=True))
        await session.execute(_INSERT, {"ids": ids, "arrived": arrived})
