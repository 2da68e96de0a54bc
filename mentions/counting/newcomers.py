"""Sources in their first day beside others: what they bring is counted, and counted apart, too.

The counts of a minute know no source. So when one begins, they step up as if more were said; what it brings
on its first day is therefore kept beside them (`NewcomerCount`), and whoever judges the counts can put it
aside (`alerts.judging.newcomers`).

A source is heard from the first time that it was asked and answered, or, where it calls us, from its first
mention that a monitor looked for: until then it may only have been tried. If it had brought more than a test
before, it is heard since it first did, for then what it says now is no beginning. It is a newcomer for a day
where another one had been heard for a day before: the first sources of a house are none, for there is nothing
beside them. Nor are files that people bring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ForeignKey, LargeBinary, case, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, WriteSession
from mentions.figures import Change
from mentions.item import Enriched
from mentions.monitor import Figures, Monitor
from mentions.source import Source, SourceHealth

DAY = 1440
"""Minutes for which a source is a newcomer."""
BEFORE = 7 * DAY
"""Minutes in which a monitor must have heard something of others, for a source to begin beside them."""

TEST = 20
"""So many things a source brings that is more than tried: it is known to be silent of what monitors seek."""


class NewcomerCount(Figures, Base):
    """How much of `MinuteCount` a newcomer brought, in the minutes up to the end of its first day."""

    __tablename__ = "newcomer_count"

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True, sort_order=-3)
    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id), primary_key=True, sort_order=-2)
    minute: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class Newcomer(NamedTuple):
    """A source, the minute since 1970 in which it was first heard, and that in which it was switched off."""

    source_id: int
    name: str
    first: int
    ended: int | None = None

    @property
    def until(self) -> int:
        """The minute in which it is none any more."""
        return self.first + DAY

    @property
    def stays(self) -> bool:
        """Whether it was listened to for all of its first day."""
        return self.ended is None or self.ended >= self.until


class Brought(NamedTuple):
    """What a newcomer brought to a monitor: figures [of `Change`, row] in the minutes [row], in order."""

    newcomer: Newcomer
    monitor_id: int
    minutes: NDArray[np.int64]
    figures: NDArray[np.int64]


_NEWCOMERS = text(f"""
    SELECT source.id, source.name, CAST(floor(extract(epoch FROM health.heard_since) / 60) AS bigint),
           CAST(floor(extract(epoch FROM health.ended_at) / 60) AS bigint)
    FROM source_health AS health JOIN source ON source.id = health.source_id
    WHERE source.kind <> 'file' AND health.heard_since >= to_timestamp(60.0 * (:minute - {DAY} + 1))
      AND EXISTS (
        SELECT FROM source_health AS elder JOIN source AS known ON known.id = elder.source_id
        WHERE known.kind <> 'file' AND elder.heard_since <= health.heard_since - interval '1 day')
    ORDER BY source.id""")  # noqa: S608 - a number of ours


async def newcomers(session: ReadSession, minute: int) -> list[Newcomer]:
    """The sources that are newcomers in this minute since 1970, or in a later one."""
    return [Newcomer(*row) for row in await session.execute(_NEWCOMERS, {"minute": minute})]


async def unheard(session: ReadSession, source_ids: Collection[int]) -> set[int]:
    """Those of them that call us and have brought no more than a test: their first day is still to come."""
    row = SourceHealth
    query = select(Source.id).outerjoin(row, row.source_id == Source.id).where(Source.id.in_(source_ids))
    brought = func.coalesce(row.received + row.unmatched, 0)
    query = query.where(Source.kind != "file", row.heard_since.is_(None), brought < TEST)
    return set(await session.scalars(query))


async def first_heard(session: WriteSession, new: Iterable[Enriched], now: datetime) -> None:
    """Note since when the sources of these mentions are heard, where that is not known."""
    speak = {found.item.source_id for found in new if found.monitor_ids}
    row = SourceHealth
    query = select(row.source_id).where(row.source_id.in_(speak), row.heard_since.is_not(None))
    unheard = speak - set(await session.scalars(query)) if speak else set()
    if unheard:
        put = insert(row).values([{"source_id": one, "heard_since": now} for one in sorted(unheard)])
        called = case((row.received + row.unmatched >= TEST, row.first_received_at))
        since = func.coalesce(row.heard_since, called, put.excluded.heard_since)
        await session.execute(
            put.on_conflict_do_update(index_elements=[row.source_id], set_={"heard_since": since})
        )


async def brought(
    session: ReadSession, of: Collection[Newcomer], monitor_ids: Collection[int], first: int, until: int
) -> list[Brought]:
    """What these brought to these monitors since they began, and since `first`, until before `until`.

    Without those that a monitor began with, for it heard nothing of others before: it has nothing to set it
    beside.
    """
    if not of:
        return []
    begun = {one.source_id: one for one in of}
    row = NewcomerCount
    columns = [row.minute, *(getattr(row, name) for name in Change._fields)]
    query = (
        select(
            row.source_id,
            row.monitor_id,
            *(func.string_agg(func.int8send(column), literal(b"", LargeBinary)) for column in columns),
        )
        .where(row.source_id == func.any(list(begun)), row.monitor_id == func.any(list(monitor_ids)))
        .where(row.minute >= min(first, *(one.first for one in of)), row.minute < until)
        .group_by(row.source_id, row.monitor_id)
        .order_by(row.source_id, row.monitor_id)
    )
    found = []
    for source_id, monitor_id, *strings in await session.execute(query):
        minutes, *figures = (np.frombuffer(one, ">i8").astype(np.int64) for one in strings)
        order = np.argsort(minutes)
        found.append(Brought(begun[source_id], monitor_id, minutes[order], np.array(figures)[:, order]))
    beside = await _beside_others(session, [(one.monitor_id, one.newcomer.first) for one in found])
    return [one for one in found if (one.monitor_id, one.newcomer.first) in beside]


_BESIDE = text(f"""
    SELECT asked.monitor_id, asked.first
    FROM unnest(CAST(:monitors AS bigint[]), CAST(:firsts AS bigint[])) AS asked (monitor_id, first)
    CROSS JOIN LATERAL (
        SELECT FROM minute_count AS counted
        WHERE counted.monitor_id = asked.monitor_id
          AND counted.minute >= asked.first - {BEFORE} AND counted.minute < asked.first
          AND counted.volume > (
            SELECT coalesce(sum(volume), 0) FROM newcomer_count AS new
            WHERE new.monitor_id = counted.monitor_id AND new.minute = counted.minute
              AND new.source_id = ANY(ARRAY(
                SELECT source_id FROM source_health
                WHERE heard_since > to_timestamp(60.0 * (asked.first - {BEFORE + DAY})))))
        LIMIT 1) AS heard""")  # noqa: S608
"""By those who can have been newcomers then: the key of `newcomer_count` begins with the source. With a limit
each is looked for by the key: EXISTS is joined, and all minutes of all monitors were read for one."""


_HOURS = text(f"""
    SELECT asked.monitor_id, asked.first, heard.hour, CAST(greatest(heard.volume, 0) AS bigint)
    FROM unnest(CAST(:monitors AS bigint[]), CAST(:firsts AS bigint[])) AS asked (monitor_id, first)
    CROSS JOIN LATERAL (
        SELECT hour, sum(volume) AS volume FROM (
            SELECT minute / 60 % 24 AS hour, volume FROM minute_count AS counted
            WHERE counted.monitor_id = asked.monitor_id
              AND counted.minute >= asked.first - {BEFORE} AND counted.minute < asked.first
            UNION ALL
            SELECT minute / 60 % 24, -volume FROM newcomer_count AS new
            WHERE new.monitor_id = asked.monitor_id
              AND new.minute >= asked.first - {BEFORE} AND new.minute < asked.first
              AND new.source_id = ANY(ARRAY(
                SELECT source_id FROM source_health
                WHERE heard_since > to_timestamp(60.0 * (asked.first - {BEFORE + DAY}))))) AS said
        GROUP BY hour) AS heard""")  # noqa: S608


async def hours_before(
    session: ReadSession, asked: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[int]]:
    """For each (monitor, minute) what was heard of others in the week before it: [hour of UTC]."""
    found = {one: [0] * 24 for one in asked}
    monitors, firsts = zip(*asked, strict=True)
    values = {"monitors": list(monitors), "firsts": list(firsts)}
    for monitor_id, first, hour, volume in await session.execute(_HOURS, values):
        found[monitor_id, first][hour] = volume
    return found


async def _beside_others(session: ReadSession, asked: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those (monitor, minute) before which the monitor had heard something of others than newcomers."""
    if not asked:
        return set()
    monitors, firsts = zip(*asked, strict=True)
    rows = await session.execute(_BESIDE, {"monitors": list(monitors), "firsts": list(firsts)})
    return {(monitor_id, first) for monitor_id, first in rows}
