"""When sources were silent or failing, what they carry, and which minutes we were deaf in because of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, Row
from mentions.counts import moment_of
from mentions.monitor import Monitor
from mentions.source import Source

MUCH = 0.3  # share of a monitor's mentions from which its calm without the source is not calm
SOME = 0.02  # share from which people who look at the brand are told
CARRIED = timedelta(days=7)  # the stretch before an outage that tells what a source carries


class SourceOutage(Row):
    """One stretch in which a source said nothing though it usually does, or could not be asked."""

    __tablename__ = "source_outage"
    __table_args__ = (
        CheckConstraint("state IN ('silent', 'failing')", name="state"),
        Index("uq_source_outage_open", "source_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_source_outage_began_at", "began_at"),
    )

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id))
    state: Mapped[str]
    reason: Mapped[str]
    """What was wrong, as the source or the runner said it; empty for mere silence."""
    began_at: Mapped[datetime]
    """Its last item, or its first failure: before anybody could notice."""
    noticed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    carries: Mapped[dict[str, Any]]
    """Monitor id to the source's share of its mentions in the week before."""
    judged: Mapped[list[Any]] = mapped_column(server_default="[]")
    """From what it was judged (`silence.evidence`): first, and whenever the state changed."""


class SourceRhythm(Base):
    """The usual gap of a source in one hour of the week (`mentions.sources.health.Slot`)."""

    __tablename__ = "source_rhythm"

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    usual: Mapped[float]
    hour: Mapped[int]
    running: Mapped[float]


class SourceHeard(Base):
    """The item from which the gap is counted that is learnt next."""

    __tablename__ = "source_heard"

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True)
    heard_at: Mapped[datetime]


@dataclass(frozen=True)
class Deafness:
    """A source that feeds a brand and cannot be heard now."""

    source_id: int
    name: str
    state: str
    since: datetime
    reason: str
    share: float
    """The largest share that it has of one of the brand's monitors, 0 … 1."""


_CARRIED = text("""
    SELECT match.monitor_id, count(*) FILTER (WHERE mention.source_id = :source) / count(*)::float8
    FROM mention_match AS match
    JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
    WHERE match.arrived_at >= :since AND match.arrived_at < :until
      AND mention.arrived_at >= :since AND mention.arrived_at < :until
    GROUP BY match.monitor_id""")


async def carried(session: ReadSession, source_id: int, until: datetime) -> dict[str, float]:
    """The source's share of each monitor's mentions in the week before `until`, where it has one."""
    values = {"source": source_id, "since": until - CARRIED, "until": until + timedelta(seconds=1)}
    rows = await session.execute(_CARRIED, values)
    return {str(monitor_id): round(share, 3) for monitor_id, share in rows if share > 0}


async def deaf_minutes(
    session: ReadSession, monitor_ids: Sequence[int], first: int, until: int
) -> NDArray[np.bool_]:
    """[monitor, minute]: whether a source that carries much of the monitor was out in that minute.

    Minutes are those since 1970 from `first` until before `until`.
    """
    deaf = np.zeros((len(monitor_ids), until - first), dtype=np.bool_)
    row = SourceOutage
    begins, ends = map(moment_of, (first, until))
    found = select(row.began_at, row.ended_at, row.carries).where(
        row.began_at < ends, or_(row.ended_at.is_(None), row.ended_at >= begins)
    )
    for began_at, ended_at, carries in await session.execute(found):
        start = max(0, int(began_at.timestamp() // 60) - first)
        stop = deaf.shape[1] if ended_at is None else int(ended_at.timestamp() // 60) + 1 - first
        hit = [place for place, one in enumerate(monitor_ids) if carries.get(str(one), 0.0) >= MUCH]
        deaf[hit, start : max(start, stop)] = True
    return deaf


async def deafness(
    session: ReadSession, monitor_ids: Sequence[int], *, share: float = SOME
) -> list[Deafness]:
    """The sources that are out now and carry at least such a share of one of these monitors."""
    row = SourceOutage
    found = await session.execute(
        select(row, Source.name)
        .join(Source, Source.id == row.source_id)
        .where(row.ended_at.is_(None))
        .order_by(row.began_at)
    )
    told = []
    for outage, name in found:
        most = max((outage.carries.get(str(one), 0.0) for one in monitor_ids), default=0.0)
        if most >= share:
            told.append(Deafness(outage.source_id, name, outage.state, outage.began_at, outage.reason, most))
    return told


async def outages(session: ReadSession, source_id: int, limit: int) -> Sequence[SourceOutage]:
    """A source's newest outages, the newest first."""
    query = select(SourceOutage).where(SourceOutage.source_id == source_id)
    return (await session.scalars(query.order_by(SourceOutage.began_at.desc()).limit(limit))).all()


async def brand_deafness(session: ReadSession, brand_id: int) -> list[Deafness]:
    """The sources of a brand that are out now."""
    monitors = await session.scalars(select(Monitor.id).where(Monitor.brand_id == brand_id))
    return await deafness(session, monitors.all())
