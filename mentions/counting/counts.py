"""Counts per minute: as arrays for detection, as points for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, func, literal, select, text

from kit.db import ReadSession
from mentions.monitor import MinuteCount, own_monitors

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """Figures per minute (`mentions.monitor.MinuteCount`). The arrays have the shape [monitor, minute]."""

    volume: Counts
    negative: Counts
    positive: Counts
    harm: Counts
    independent: Counts
    independent_negative: Counts
    independent_positive: Counts
    reach: Counts


class Point(NamedTuple):
    """One minute of a brand."""

    minute: datetime
    volume: int
    negative: int
    positive: int


def minute_of(moment: datetime) -> int:
    """Minutes since 1970-01-01 UTC."""
    return int(moment.timestamp() // 60)


def moment_of(minute: int) -> datetime:
    """The time at which that minute begins."""
    return datetime.fromtimestamp(60 * minute, UTC)


async def series(
    session: ReadSession, monitor_ids: Sequence[int], since_minute: int, until_minute: int
) -> Series:
    """The counts of these monitors, in their order, from `since_minute` until before `until_minute`."""
    names = [field.name for field in fields(Series)]
    counts = np.zeros((len(names), len(monitor_ids), until_minute - since_minute), np.int64)
    place = {monitor_id: index for index, monitor_id in enumerate(monitor_ids)}
    for monitor_id, minutes, figures in await _stored(
        session, monitor_ids, since_minute, until_minute, names
    ):
        counts[:, place[monitor_id], minutes] = figures
    return Series(*counts)


async def every_figure(session: ReadSession, monitor_id: int, since_minute: int, until_minute: int) -> Counts:
    """All that is counted of one monitor, [figure in the order of Sums, minute]; minutes as in `series`."""
    counts = np.zeros((len(Sums._fields), until_minute - since_minute), np.int64)
    for _, minutes, figures in await _stored(session, [monitor_id], since_minute, until_minute, Sums._fields):
        counts[:, minutes] = figures
    return counts


async def _stored(
    session: ReadSession, monitor_ids: Sequence[int], since: int, until: int, names: Sequence[str]
) -> list[tuple[int, Counts, Counts]]:
    """For each monitor with rows: its id, their minutes after `since`, and the figures [name, row].

    Each column comes as one string of bytes, big endian: months of minutes are a quarter of a million rows.
    """
    columns = [MinuteCount.minute, *(getattr(MinuteCount, name) for name in names)]
    query = (
        select(
            MinuteCount.monitor_id,
            *(func.string_agg(func.int8send(column), literal(b"", LargeBinary)) for column in columns),
        )
        .where(
            MinuteCount.monitor_id == func.any(list(monitor_ids)),
            MinuteCount.minute >= since,
            MinuteCount.minute < until,
        )
        .group_by(MinuteCount.monitor_id)
    )
    found = []
    for monitor_id, *strings in await session.execute(query):
        minutes, *figures = (np.frombuffer(one, ">i8").astype(np.int64) for one in strings)
        found.append((monitor_id, minutes - since, np.array(figures)))
    return found


class Sums(NamedTuple):
    """What was counted of one monitor since a minute."""

    volume: int
    negative: int
    positive: int
    harm: int
    copies: int
    voices: int
    independent: int
    independent_negative: int
    independent_positive: int
    reach: int
    notable: int


_SUMS = text(f"""
    SELECT asked.monitor_id, asked.since,
           {", ".join(f"CAST(coalesce(sum(counted.{name}), 0) AS bigint)" for name in Sums._fields)}
    FROM unnest(CAST(:monitors AS bigint[]), CAST(:since AS bigint[])) AS asked (monitor_id, since)
    LEFT JOIN minute_count AS counted
        ON counted.monitor_id = asked.monitor_id AND counted.minute >= asked.since
    GROUP BY 1, 2""")  # noqa: S608 - names of ours


async def sums(session: ReadSession, asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], Sums]:
    """For each (monitor id, minute) what was counted from that minute on."""
    if not asked:
        return {}
    monitors, since = zip(*sorted(asked), strict=True)
    rows = await session.execute(_SUMS, {"monitors": list(monitors), "since": list(since)})
    return {(monitor_id, minute): Sums(*figures) for monitor_id, minute, *figures in rows}


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
    start = moment_of(first)
    monitors = list(await session.scalars(own_monitors(brand_id)))
    rows = await session.execute(_BRAND, {"monitors": monitors, "since": start, "until": until})
    counted = {minute: (volume, negative, positive) for minute, volume, negative, positive in rows}
    if until.second or until.microsecond:
        last += 1
    return [Point(moment_of(minute), *counted.get(minute, (0, 0, 0))) for minute in range(first, last)]
