"""Waiting for somebody who waits: only the database knows that another transaction has come to our locks."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from kit.db import WriteSession

BLOCKED = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


async def somebody_waits(session: WriteSession) -> None:
    """For what this transaction has locked."""
    async with asyncio.timeout(30):
        while not await session.scalar(BLOCKED):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
