"""What storing a mention leaves for triage: a row for each that may become a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import text

from kit.db import WriteSession
from mentions.item import Enriched
from mentions.triage.routing import MAY_BE

FRESH = timedelta(days=1)
"""What was said longer ago is history that was loaded: it opens no case."""

_INSERT = text("""
    INSERT INTO triage_queue (mention_id, arrived_at)
    SELECT given.mention_id, given.arrived_at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:arrived AS timestamptz[]), CAST(:labels AS text[]))
        AS given (mention_id, arrived_at, label)
    WHERE given.label <> 'praise' OR EXISTS (SELECT FROM routing_rule WHERE label = 'praise')
    ON CONFLICT DO NOTHING""")


Asking = tuple[int, datetime, str]
"""A mention's id, its arrival and its label."""


async def enqueue(session: WriteSession, stored: Iterable[tuple[int, Enriched]], now: datetime) -> None:
    """Note the new mentions that ask something of us. Copies and mentions of the past do not."""
    asking = [
        (number, found.item.arrived_at, found.triage)
        for number, found in stored
        if found.monitor_ids and not found.copy and now - found.item.arrived_at < FRESH
    ]
    await put(session, asking)


async def put(session: WriteSession, asking: Iterable[Asking]) -> None:
    """Note those of these mentions whose label may make a case."""
    rows = [one for one in asking if one[2] in MAY_BE]
    if rows:
        ids, arrived, labels = map(list, zip(*rows, strict=True))
        await session.execute(_INSERT, {"ids": ids, "arrived": arrived, "labels": labels})
