"""Rows that could not be worked off by an error of ours: counted, put off longer each time, and reported."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from alerts.audit.tables import Setback
from kit.core import Core
from kit.db import WriteSession

FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)
SET_ASIDE = 2
"""Failures in a row from which a row counts as poison."""


async def failed(core: Core, part: str, row_id: int, error: Exception) -> int:
    """Note one more failure of the row; returns how many there were in a row."""
    now, words = core.clock.now(), f"{type(error).__name__}: {error}"[:500]
    row = insert(Setback).values(part=part, row_id=row_id, failures=1, error=words, first_at=now, last_at=now)
    async with core.database.unit_of_work() as session:
        again = row.on_conflict_do_update(
            index_elements=[Setback.part, Setback.row_id],
            set_={"failures": Setback.failures + 1, "error": words, "last_at": now},
        )
        return int((await session.execute(again.returning(Setback.failures))).scalar_one())


async def recovered(session: WriteSession, part: str, *row_ids: int) -> None:
    """The rows were worked off after all."""
    await session.execute(delete(Setback).where(Setback.part == part, Setback.row_id.in_(row_ids)))


async def poisonous(session: WriteSession, part: str) -> int:
    """How many rows of a part are set aside."""
    query = select(func.count()).where(Setback.part == part, Setback.failures >= SET_ASIDE)
    return int(await session.scalar(query) or 0)


def put_off(failures: int) -> timedelta:
    """One minute, then twice as long each time, at most a quarter of an hour."""
    return min(LONGEST, FIRST * float(2 ** min(failures - 1, 10)))
