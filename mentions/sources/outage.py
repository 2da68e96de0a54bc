"""When sources were silent or failing, what they carry, and which minutes we were deaf in because of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, Row
from mentions.counting.counts import minute_of, moment_of
from mentions.counting.left import ends_of
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
    without_since: datetime | None
    """Since when one of them is judged without it, because it has been out for days."""


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


class Deaf(NamedTuple):
    """A stretch in which a source that carries much of a monitor was out, and was still expected of it."""

    monitor_id: int
    begin: int
    """In minutes since 1970,"""
    end: int | None
    """the first after it; None: it goes on."""
    noticed_at: datetime


async def deaf_stretches(
    session: ReadSession, monitor_ids: Collection[int], first: int, until: int
) -> list[Deaf]:
    """What of them lies in the minutes [first, until).

    Who is silent for days is expected no more (`mentions.counting.leaving`): from then on what the others say
    is all.
    """
    row = SourceOutage
    query = select(row.source_id, row.began_at, row.ended_at, row.noticed_at, row.carries).where(
        row.began_at < moment_of(until), or_(row.ended_at.is_(None), row.ended_at >= moment_of(first))
    )
    outages = (await session.execute(query)).all()
    left = await ends_of(session, {one.source_id for one in outages}, monitor_ids) if outages else {}
    found = []
    for source_id, began_at, ended_at, noticed_at, carries in outages:
        begin, end = minute_of(began_at), None if ended_at is None else minute_of(ended_at) + 1
        for monitor_id in monitor_ids:
            if carries.get(str(monitor_id), 0.0) >= MUCH:
                gone = [at for at in left.get((source_id, monitor_id), ()) if at >= begin]
                ends = [at for at in (end, min(gone, default=None)) if at is not None]
                found.append(Deaf(monitor_id, begin, min(ends, default=None), noticed_at))
    return found


async def deaf_minutes(
    session: ReadSession, monitor_ids: Sequence[int], first: int, until: int
) -> NDArray[np.bool_]:
    """[monitor, minute]: whether a source that carries much of the monitor was out in that minute.

    Minutes are those since 1970 from `first` until before `until`.
    """
    deaf = np.zeros((len(monitor_ids), until - first), dtype=np.bool_)
    place = {monitor_id: at for at, monitor_id in enumerate(monitor_ids)}
    for one in await deaf_stretches(session, monitor_ids, first, until):
        start = max(0, one.begin - first)
        stop = deaf.shape[1] if one.end is None else one.end - first
        deaf[place[one.monitor_id], start : max(start, stop)] = True
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
    outages = [(outage, name) for outage, name in found]
    left = await ends_of(session, {outage.source_id for outage, _ in outages}, monitor_ids) if outages else {}
    for outage, name in outages:
        most = max((outage.carries.get(str(one), 0.0) for one in monitor_ids), default=0.0)
        if most >= share:
            gone = [
                at
                for (source_id, _), minutes in left.items()
                for at in minutes
                if source_id == outage.source_id and at >= minute_of(outage.began_at)
            ]
            without = moment_of(min(gone)) if gone else None
            told.append(
                Deafness(outage.source_id, name, outage.state, outage.began_at, outage.reason, most, without)
            )
    return told


async def outages(session: ReadSession, source_id: int, limit: int) -> Sequence[SourceOutage]:
    """A source's newest outages, the newest first."""
    query = select(SourceOutage).where(SourceOutage.source_id == source_id)
    return (await session.scalars(query.order_by(SourceOutage.began_at.desc()).limit(limit))).all()


async def brand_deafness(session: ReadSession, brand_id: int) -> list[Deafness]:
    """The sources of a brand that are out now."""
    monitors = await session.scalars(select(Monitor.id).where(Monitor.brand_id == brand_id))
    return await deafness(session, monitors.all())
