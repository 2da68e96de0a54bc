"""Which worker runs which source: a row with an end, renewed while the worker lives, taken over when not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, WriteSession
from mentions.source import Source

LASTS = timedelta(seconds=10)
"""So long after its last renewal a dead worker's source is free. Workers' clocks may differ by less."""
FURTHEST = timedelta(hours=25)
"""No step is put off for so long, a day's patience included: what is, was by a clock that was ahead."""
AT_ONCE = 4
"""Free sources that one worker takes at a time, so that workers that start together share them."""


class SourceLease(Base):
    """The right to ask one source, and when it may next be asked, whoever does."""

    __tablename__ = "source_lease"
    __table_args__ = (Index("ix_source_lease_owner", "owner"),)

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True)
    owner: Mapped[str]
    """The worker, by its name among workers."""
    until: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """When the next step is due; None: at once."""
    failures: Mapped[int] = mapped_column(default=0)
    """Steps that failed one after the other."""


@dataclass(frozen=True)
class Leased:
    """A source that this worker may run now."""

    source: Source
    not_before: datetime | None
    failures: int

    def is_due(self, now: datetime) -> bool:
        """Whether it may be asked now."""
        return self.not_before is None or not now < self.not_before <= now + FURTHEST


async def held(session: WriteSession, owner: str, kinds: Collection[str], now: datetime) -> Sequence[Leased]:
    """Renew this worker's leases, drop what was switched off, take a few free ones, and tell all it has."""
    wanted = select(Source.id).where(Source.enabled, Source.kind.in_(kinds))
    lease = SourceLease
    await session.execute(delete(lease).where(lease.owner == owner, lease.source_id.not_in(wanted)))
    await session.execute(update(lease).where(lease.owner == owner).values(until=now + LASTS))
    runs = lease.until.between(now, now + 2 * LASTS)  # one that ends later is of a clock that was ahead
    taken = select(lease.source_id).where(or_(runs, lease.owner == owner))
    free = (await session.scalars(wanted.where(Source.id.not_in(taken)).limit(AT_ONCE))).all()
    if free:
        row = insert(lease).values([_mine(source_id, owner, now) for source_id in sorted(free)])
        await session.execute(
            row.on_conflict_do_update(
                index_elements=[lease.source_id],
                set_={"owner": owner, "until": now + LASTS},
                where=not_(runs),  # somebody may have been faster
            )
        )
    rows = await session.execute(
        select(Source, lease.not_before, lease.failures)
        .join(lease, lease.source_id == Source.id)
        .where(lease.owner == owner)
        .order_by(Source.id)
    )
    return [Leased(*row) for row in rows]


def _mine(source_id: int, owner: str, now: datetime) -> dict[str, object]:
    return {"source_id": source_id, "owner": owner, "until": now + LASTS, "failures": 0}


async def still_mine(session: WriteSession, source_id: int, owner: str) -> bool:
    """Whether nobody took the source over, which nobody then can until this unit of work ends."""
    lease = SourceLease
    found = select(lease.source_id).where(lease.source_id == source_id, lease.owner == owner)
    return await session.scalar(found.with_for_update()) is not None


async def put_off(
    session: WriteSession, source_id: int, not_before: datetime | None, failures: int = 0
) -> None:
    """Say when the source is next asked: None means at once. Nothing happens where nobody runs it."""
    lease = SourceLease
    values = {"not_before": not_before, "failures": failures}
    await session.execute(update(lease).where(lease.source_id == source_id).values(values))


async def release(session: WriteSession, owner: str, now: datetime) -> None:
    """Let others have this worker's sources at once; when they are next due stays."""
    await session.execute(
        update(SourceLease)
        .where(SourceLease.owner == owner)
        .values(until=now - timedelta(microseconds=1), owner="")
    )
