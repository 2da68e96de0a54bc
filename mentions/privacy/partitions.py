"""Weeks of mentions: each week a table of its own, made when it is needed and dropped when it is old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from kit import locks
from kit.db import WriteSession

PARTITIONED = ("mention", "mention_match")
KEPT_WEEKS = 104
"""What is older goes to the one table `…_other`: a file of the last century must not make 5,000 tables."""


def week_of(moment: datetime) -> date:
    """The Monday of the moment's week, in UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def partition(table: str, week: date) -> str:
    """The name of the table that holds this week."""
    return f"{table}_w{week:%Y%m%d}"


def week_in(name: str) -> date:
    """The week whose name `partition` made; ValueError for any other name."""
    return datetime.strptime(name.rsplit("_w", 1)[1], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


async def ensure(session: WriteSession, moments: Iterable[datetime], now: datetime) -> None:
    """Make the tables for the weeks of these moments, where they are missing and not too old."""
    oldest = week_of(now) - timedelta(weeks=KEPT_WEEKS)
    weeks = sorted({week for moment in moments if (week := week_of(moment)) >= oldest})
    names = [partition(table, week) for week in weeks for table in PARTITIONED]
    query = text("SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NULL")
    if not (await session.execute(query, {"names": names})).first():
        return
    await locks.take_turn(session, locks.MAKING_PARTITIONS)
    for name in (await session.execute(query, {"names": names})).scalars().all():
        await _make(session, name)


async def _make(session: WriteSession, name: str) -> None:
    """Made apart and then attached: that does not wait for those who read the other weeks."""
    table, week = name.rsplit("_w", 1)[0], week_in(name)
    until = week + timedelta(days=7)
    await session.execute(
        text(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    )
    bounds = f"FOR VALUES FROM ('{week} 00:00+00') TO ('{until} 00:00+00')"
    await session.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} {bounds}"))
