"""Counts per minute: as arrays for detection, as points for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text

from kit.db import ReadSession
from mentions.monitor import MinuteCount, own_monitors

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """Mentions per minute. The arrays have the shape [monitor, minute]."""

    volume: Counts
    negative: Counts
    positive: Counts
    harm: Counts


class Point(NamedTuple):
    """One minute of a brand."""

    minute: datetime
    volume: int
    negative: int
    positive: int


def minute_of(moment: datetime) -> int:
    """Minutes since 1970-01-01 UTC."""
    return int(moment.timestamp() // 60)


async def series(
    session: ReadSession, monitor_ids: Sequence[int], since_minute: int, until_minute: int
) -> Series:
    """The counts of these monitors, in their order, from `since_minute` until before `until_minute`."""
    volume, negative, positive, harm = np.zeros((4, len(monitor_ids), until_minute - since_minute), np.int64)
    place = {monitor_id: index for index, monitor_id in enumerate(monitor_ids)}
    row = MinuteCount
    query = select(row.monitor_id, row.minute, row.volume, row.negative, row.positive, row.harm).where(
        row.monitor_id.in_(monitor_ids), row.minute >= since_minute, row.minute < until_minute
    )
    found = np.array((await session.execute(query)).all(), np.int64).reshape(-1, 6)
    at = [place[monitor_id] for monitor_id in found[:, 0].tolist()], found[:, 1] - since_minute
    volume[at], negative[at], positive[at], harm[at] = found[:, 2:].T
    return Series(volume, negative, positive, harm)


_BRAND = text("""
    SELECT CAST(floor(extract(epoch FROM arrived_at) / 60) AS bigint) AS minute, count(*),
           count(*) FILTER (WHERE sentiment = 'negative'), count(*) FILTER (WHERE sentiment = 'positive')
    FROM mention
    WHERE arrived_at >= :since AND arrived_at < :until AND id IN (SELECT mention_id FROM mention_match
                 WHERE monitor_id = ANY(:monitors)
                   AND arrived_at >= :since AND arrived_at < :until)
    GROUP BY 1""")


async def brand_signal(session: ReadSession, brand_id: int, since: datetime, until: datetime) -> list[Point]:
    """One point per minute from `since` (its whole minute) until before `until`, zeros included.

    A mention that several of the brand's own monitors found counts once, so this goes by the mentions
    themselves: made for hours, not for months.
    """
    first, last = minute_of(since), minute_of(until)
    start = datetime.fromtimestamp(first * 60, UTC)
    monitors = list(await session.scalars(own_monitors(brand_id)))
    rows = await session.execute(_BRAND, {"monitors": monitors, "since": start, "until": until})
    counted = {minute: (volume, negative, positive) for minute, volume, negative, positive in rows}
    if until.second or until.microsecond:
        last += 1
    return [
        Point(datetime.fromtimestamp(minute * 60, UTC), *counted.get(minute, (0, 0, 0)))
        for minute in range(first, last)
    ]
