"""Sources that ended: what each took from a monitor, from when on, and when it came back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, LargeBinary, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession
from mentions.counting.carried import Carried, Key
from mentions.counting.counts import moment_of
from mentions.monitor import Monitor
from mentions.source import Source


class SourceLeft(Base):
    """What a source carried of a monitor when it ended."""

    __tablename__ = "source_left"
    __table_args__ = (Index("ix_source_left_aside", "aside", postgresql_where="aside IS NOT NULL"),)

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True)
    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True, index=True)
    """Since 1970: before it, its part is taken out of what is expected,"""
    back: Mapped[int | None] = mapped_column(index=True)
    """and before this one put in again; None: it has not returned."""
    since: Mapped[int]
    """From this minute on it was heard,"""
    until: Mapped[int]
    """and until before this one."""
    counted: Mapped[bytes] = mapped_column(LargeBinary)
    """`Carried.of_it` and `Carried.of_all`, compressed."""
    aside: Mapped[int | None]
    """The last minute of its absence of which it brought something after all; None: of none."""


class Left(NamedTuple):
    """As `SourceLeft`, read."""

    source_id: int
    monitor_id: int
    minute: int
    back: int | None
    carried: Carried


async def left(session: ReadSession, monitor_ids: Collection[int], first: int, until: int) -> list[Left]:
    """Who left these monitors, or came back to them, in the minutes [first, until)."""
    row = SourceLeft
    inside = [(column >= first) & (column < until) for column in (row.minute, row.back)]
    query = select(row).where(or_(*inside)).where(row.monitor_id == func.any(list(monitor_ids)))
    rows = await session.scalars(query.order_by(row.source_id, row.monitor_id, row.minute))
    return [read(one) for one in rows]


async def ends_of(
    session: ReadSession, source_ids: Collection[int], monitor_ids: Collection[int]
) -> dict[Key, list[int]]:
    """By source and monitor the minutes from which it was expected no more."""
    row = SourceLeft
    query = select(row.source_id, row.monitor_id, row.minute).where(
        row.source_id.in_(source_ids), row.monitor_id == func.any(list(monitor_ids))
    )
    found: dict[Key, list[int]] = {}
    for source_id, monitor_id, minute in await session.execute(query):
        found.setdefault((source_id, monitor_id), []).append(minute)
    return found


async def unexpected_since(session: ReadSession, source_id: int) -> datetime | None:
    """Since when nobody expects anything of it; None: monitors do, or it was none of their parts."""
    row = SourceLeft
    query = select(func.min(row.minute)).where(row.source_id == source_id, row.back.is_(None))
    minute = await session.scalar(query)
    return None if minute is None else moment_of(minute)


def read(row: SourceLeft) -> Left:
    """As it is stored."""
    carried = Carried.of(row.since, row.until, row.counted)
    return Left(row.source_id, row.monitor_id, row.minute, row.back, carried)
