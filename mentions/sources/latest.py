"""What a source last brought, and how long it takes from what is said to what is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from kit.db import ReadSession
from mentions.mention import Mention
from mentions.source import SourceHealth

MOST = 20
LOOK_BACK = timedelta(days=2)
"""Before its last item: older partitions are searched only where that finds nothing, as of an old file."""


async def latest(
    session: ReadSession, source_id: int, last_received_at: datetime | None, *, limit: int = 5
) -> Sequence[Mention]:
    """The newest mentions of a source, newest first, at most MOST; none where nothing ever came."""
    if last_received_at is None:
        return []
    query = (
        select(Mention)
        .where(Mention.source_id == source_id)
        .order_by(Mention.arrived_at.desc(), Mention.id.desc())
        .limit(max(1, min(limit, MOST)))
    )
    recent = query.where(Mention.arrived_at > last_received_at - LOOK_BACK)
    return (await session.scalars(recent)).all() or (await session.scalars(query)).all()


async def published_lag(session: ReadSession, since: datetime) -> float | None:
    """The median over the sources heard since then of their lag from published to received, in seconds."""
    health = SourceHealth
    rows = await session.scalars(
        select(health.published_lag_seconds)
        .where(health.last_received_at >= since, health.published_lag_seconds.is_not(None))
        .order_by(health.published_lag_seconds)
    )
    lags = [lag for lag in rows if lag is not None]
    return lags[len(lags) // 2] if lags else None
