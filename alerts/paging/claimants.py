"""Who has claimed which page: what a process that died had in hand is lost at once, not after a minute.

Each process has a number, and holds an advisory lock of that number on a connection that it keeps: the
database lets go of it when the process dies, however it dies. A claim whose process holds none is due
again. A process may be without its connection for a moment, so a claim is left alone for GRACE first.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit import locks
from kit.bell import ALERTS, ring_later
from kit.core import Core

NUMBER = secrets.randbelow(2**31)
GRACE = timedelta(seconds=4)


async def sign_in(connection: AsyncConnection) -> None:
    """This process lives for as long as the connection does."""
    await connection.execute(
        text("SELECT pg_advisory_lock_shared(:lock, :number)"), {"lock": locks.CLAIMANT, "number": NUMBER}
    )


async def take_over(core: Core) -> int:
    """Let the attempts of processes that are no more count as lost; returns how many."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        lost = await session.execute(_LOST, {"now": now, "before": now - GRACE, "lock": locks.CLAIMANT})
        found = lost.scalars().all()
        if found:
            ring_later(session, ALERTS)
        return len(found)


_LOST = text("""
    UPDATE page SET due_at = :now
    WHERE state = 'sending' AND due_at > :now AND claimed_at <= :before AND claimed_by IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND CAST(classid AS bigint) = :lock AND CAST(objid AS bigint) = page.claimed_by)
    RETURNING id""")
