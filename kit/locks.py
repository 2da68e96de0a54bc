"""PostgreSQL's advisory locks: their numbers in one place, so that no two mean the same, and taking one.

The numbers are the same in every version: binaries of two versions lock one another out by them.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

EVENTS = 0x70C51
"""The log; held from numbering to commit."""
MIGRATING = 0x70C52
"""Two processes that migrate at once take turns."""
TICKING = 0x70C53
"""Shared by all who tick; alone has it who divides anew, or the one ticker of an older version."""
IMPORTING_CAMPAIGNS = 0x70C54
"""With the number of a brand whose file is being brought in."""
TICKING_SHARD = 0x70C55
"""With its number: of the one ticker of a shard."""
LISTENING_FOR_ARRIVALS = 0x70C56
"""Of the one who looks at what arrives."""
WATCHING_SOURCES = 0x70C57
"""Of the one who looks whether sources are silent."""
MAKING_PARTITIONS = 0x70C58
"""Two workers that make the same week take turns."""
AUDITING = 0x70C59
"""Of the one who looks whether the bell would ring."""
CHANNEL = 0x70C60
"""With a channel's hash: channels with a rate, one page behind the other."""
CLAIMANT = 0x70C61
"""With the number of a process that is alive."""
ENGINE_PART = 0x70C62
"""With a part's hash: shared by those who work, alone for who steps up."""
ROUTING = 0x70C63
"""Admins who change the routing rules take turns."""
IMPORTING_FILES = 0x70C64
"""Files of mentions that are sent by page are put aside one behind the other."""
LEAVING = 0x70C65
"""Of the one who counts what sources carried that ended."""
MAKING_POLICIES = 0x70C66
"""Admins who make escalation policies take turns."""


async def take_turn(session: AsyncSession, lock: int) -> None:
    """Wait until nobody holds this lock; until the transaction ends nobody else does."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


async def is_alone(session: AsyncSession, lock: int) -> bool:
    """The same without waiting; False while somebody holds it."""
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock}))
