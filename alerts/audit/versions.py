"""Which version of a part may run: so that an old and a new binary can work on one database side by side.

A worker writes the versions of its parts down when it starts, if they are newer than what is there; each
transaction of a part looks, under a lock that it shares with the others. So the new worker waits until the
transactions under way of the old one are over, and from then on the old one stands aside, part by part. Raise
a part's version when a new release writes rows of it that the release before would work off wrongly.
"""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from alerts.audit.tables import EnginePart
from kit import locks
from kit.core import Core
from kit.db import ReadSession

VERSIONS = {"escalate": 1, "quiet": 1, "incoming": 1, "deliver": 1}


async def step_up(core: Core, versions: dict[str, int] | None = None) -> None:
    """From now on nobody older than we works off the rows of these parts."""
    for name, version in (versions or VERSIONS).items():
        async with core.database.unit_of_work() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock, hashtext(:part))"), _key(name))
            row = insert(EnginePart).values(name=name, version=version, since=core.clock.now())
            newer = row.on_conflict_do_update(
                index_elements=[EnginePart.name],
                set_={"version": row.excluded.version, "since": row.excluded.since},
                where=EnginePart.version < row.excluded.version,
            )
            await session.execute(newer)


async def may_run(session: ReadSession, part: str, version: int | None = None) -> bool:
    """Whether no newer version of the part has run here; holds new ones off until the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock, hashtext(:part))"), _key(part))
    newest = await session.scalar(select(EnginePart.version).where(EnginePart.name == part))
    return newest is None or newest <= (VERSIONS[part] if version is None else version)


def _key(part: str) -> dict[str, object]:
    return {"lock": locks.ENGINE_PART, "part": part}
