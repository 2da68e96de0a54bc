"""What sources carried of monitors: counted from the mentions that are stored, by hours of the week.

All that are asked for are counted in one go, by whole hours, whatever stretch is asked of each.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from kit.db import ReadSession
from mentions.counting.counts import moment_of
from mentions.figures import HEARD_FROM, MOST_REACH, NEGATIVE, OWN, POSITIVE, VOICE

SOME = 0.02
"""Share of a figure under which a source was nothing to a monitor."""
HOURS = 168
"""Of the week, from Monday midnight UTC on."""
MONDAY = 96
"""Hours of 1970 before its first Monday."""
CARRIED = ("volume", "independent", "independent_negative", "independent_positive", "reach")
"""The figures that are known of each mention without reading it; harm is none."""

Figures = NDArray[np.int64]
"""[figure of CARRIED, hour]"""
Key = tuple[int, int]
"""A source and a monitor."""


class Stretch(NamedTuple):
    """Minutes since 1970."""

    since: int
    until: int
    """In [since, until) it was heard;"""
    learned: int
    """before this one the monitor was learned from, with it or without."""


class Carried(NamedTuple):
    """What a source, heard in [since, until), and all brought to a monitor, by hours of the week."""

    since: int
    until: int
    of_it: Figures
    of_all: Figures

    @property
    def matters(self) -> bool:
        """Whether it was a part of the monitor that is worth while, and not all of it."""
        part, whole = self.of_it.sum(axis=1), self.of_all.sum(axis=1)
        return bool(part[0] < whole[0] and (part > SOME * whole).any())

    def packed(self) -> bytes:
        """Both tables, for the database."""
        return zlib.compress(np.stack([self.of_it, self.of_all]).astype("<i8").tobytes())

    @classmethod
    def of(cls, since: int, until: int, packed: bytes) -> Carried:
        """As it was packed."""
        tables = np.frombuffer(zlib.decompress(packed), "<i8").astype(np.int64)
        return cls(since, until, *tables.reshape(2, len(CARRIED), HOURS))


_TABLES = ", ".join(
    f"string_agg(int8send(CAST({name} AS bigint)), CAST('' AS bytea))" for name in ("hour", *CARRIED)
)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in CARRIED)
_OF_ALL = text(f"""
    SELECT monitor_id, {_TABLES} FROM (
        SELECT monitor_id, minute / 60 AS hour, {_SUMS} FROM minute_count
        WHERE monitor_id = ANY(:monitors) AND minute >= :first AND minute < :until GROUP BY 1, 2) AS hours
    GROUP BY 1""")  # noqa: S608
# as `mentions.figures.figures` counts it
_OF_SOME = text(f"""
    SELECT source, monitor_id, {_TABLES} FROM (
        SELECT source, monitor_id, hour, {_SUMS} FROM (
            SELECT CASE WHEN mention.source_id = ANY(:gone) THEN 0 ELSE mention.source_id END AS source,
                match.monitor_id,
                CAST(floor(extract(epoch FROM match.arrived_at) / 3600) AS bigint) AS hour,
                1 AS volume,
                CAST(NOT copy AND firsts & {OWN} > 0 AS int) AS independent,
                CAST(sentiment = 'negative' AND NOT copy AND firsts & {NEGATIVE | OWN} > 0 AS int)
                    AS independent_negative,
                CAST(sentiment = 'positive' AND NOT copy AND firsts & {POSITIVE | OWN} > 0 AS int)
                    AS independent_positive,
                CASE WHEN firsts & {VOICE} > 0 THEN least({MOST_REACH}, round(100 * log(
                    greatest(coalesce(reach, followers, 0), {HEARD_FROM}) / {HEARD_FROM}.0)))
                    ELSE 0 END AS reach
            FROM mention_match AS match
            JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
            WHERE match.monitor_id = ANY(:monitors) AND mention.source_id = ANY(:sources)
              AND match.arrived_at >= :begin AND match.arrived_at < :end
              AND mention.arrived_at >= :begin AND mention.arrived_at < :end) AS said
        GROUP BY 1, 2, 3) AS hours
    GROUP BY 1, 2""")  # noqa: S608

_GONE = 0
"""In place of their ids: those that ended before."""


async def carried(
    session: ReadSession, asked: Mapping[Key, Stretch], gone: Sequence[int] = ()
) -> dict[Key, Carried]:
    """Of each source and monitor in those minutes, where it was a part of the monitor that matters.

    Of all, what those brought that ended before is left out: those in `gone`, and of those that are asked for
    those before it.
    """
    if not asked:
        return {}
    sources = list(dict.fromkeys(source_id for source_id, _ in asked))
    first = min(stretch.since for stretch in asked.values()) // 60
    end = max(_hour_after(max(stretch.until, stretch.learned)) for stretch in asked.values())
    values = {
        "monitors": sorted({monitor_id for _, monitor_id in asked}), "sources": [*sources, *gone],
        "gone": list(gone), "first": 60 * first, "until": 60 * end,
        "begin": moment_of(60 * first), "end": moment_of(60 * end),
    }  # fmt: skip
    found: dict[Key, Carried] = {}
    said = {
        (source_id, monitor_id): _table(first, end, columns)
        for source_id, monitor_id, *columns in await session.execute(_OF_SOME, values)
    }
    for monitor_id, *columns in await session.execute(_OF_ALL, values):
        of_all = _table(first, end, columns)
        if (ended_before := said.get((_GONE, monitor_id))) is not None:
            of_all -= ended_before
        for key in ((source_id, monitor_id) for source_id in sources):
            if (of_it := said.get(key)) is None or key not in asked:
                continue
            since, until, learned = asked[key]
            its, alls = (
                _of_week(table, first, since // 60, _hour_after(end))
                for table, end in ((of_it, until), (of_all, learned))
            )
            one = Carried(since, until, its, np.maximum(alls, its))
            if one.matters:
                found[key] = one
            of_all -= of_it
    return found


def _table(first: int, end: int, columns: Sequence[bytes]) -> Figures:
    """[figure, hour since `first`] from the strings of `_TABLES`."""
    hours, *figures = (np.frombuffer(one, ">i8").astype(np.int64) for one in columns)
    table = np.zeros((len(figures), end - first), np.int64)
    table[:, hours - first] = figures
    return table


def _hour_after(minute: int) -> int:
    """The first hour since 1970 that begins at this minute or later."""
    return -(-minute // 60)


def _of_week(table: Figures, first: int, begin: int, end: int) -> Figures:
    """By hours of the week what a table, from the hour `first` on, holds of the hours [begin, end)."""
    hours = np.arange(begin, end)
    table = table[:, begin - first : end - first]
    week = np.zeros((len(table), HOURS), np.int64)
    np.add.at(week.T, (hours - MONDAY) % HOURS, table.T)
    return week
