"""What a source brings of the time for which it was away: counted, and counted apart, too.

From its end until its return nobody expects anything of it (`mentions.counting.leaving`). What it brings of
that time when it has returned, a backlog of days, is therefore kept beside the counts, as that of a newcomer
is (`mentions.counting.newcomers`), and whoever judges them can put it aside: that it is there again is no
spike.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from sqlalchemy import text

from kit.db import ReadSession, WriteSession
from mentions.counting.newcomers import Brought, Newcomer
from mentions.figures import Change

Cell = tuple[int, int, int]
"""A source, a monitor and a minute since 1970."""

_AWAY = text("""
    SELECT source_id, monitor_id, minute, back FROM source_left
    WHERE source_id = ANY(:sources) AND (back IS NULL OR back > :earliest)""")
_NOTE = text("""
    UPDATE source_left SET aside = :last
    WHERE source_id = :source AND monitor_id = :monitor AND minute = :minute
      AND (aside IS NULL OR aside < :last)""")
_FIGURES = ", ".join(
    f"string_agg(int8send(apart.{name}), CAST('' AS bytea))" for name in ("minute", *Change._fields)
)
_ASIDE = text(f"""
    SELECT away.source_id, source.name, coalesce(away.back, away.minute), away.monitor_id, {_FIGURES}
    FROM source_left AS away
    JOIN source ON source.id = away.source_id
    JOIN newcomer_count AS apart
        ON apart.source_id = away.source_id AND apart.monitor_id = away.monitor_id
        AND apart.minute >= greatest(away.minute, :first)
        AND apart.minute < least(coalesce(away.back, :until), :until)
    WHERE away.aside >= :first AND away.minute < :until AND away.monitor_id = ANY(:monitors)
    GROUP BY away.source_id, source.name, away.monitor_id, away.minute, away.back
    ORDER BY away.source_id, away.monitor_id, away.minute""")  # noqa: S608 - names of ours


async def unexpected(session: WriteSession, cells: Collection[Cell]) -> set[Cell]:
    """Those of them in which the source was away; that there is something is noted."""
    if not cells:
        return set()
    sources, earliest = sorted({one[0] for one in cells}), min(one[2] for one in cells)
    rows = await session.execute(_AWAY, {"sources": sources, "earliest": earliest})
    absences: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for source_id, monitor_id, minute, back in rows:
        absences.setdefault((source_id, monitor_id), []).append((minute, np.inf if back is None else back))
    found, last = set(), dict[Cell, int]()
    for source_id, monitor_id, at in cells if absences else ():
        for minute, back in absences.get((source_id, monitor_id), ()):
            if minute <= at < back:
                found.add((source_id, monitor_id, at))
                row = source_id, monitor_id, minute
                last[row] = max(at, last.get(row, at))
    noted = [
        {"source": row[0], "monitor": row[1], "minute": row[2], "last": last[row]} for row in sorted(last)
    ]
    if noted:
        await session.execute(_NOTE, noted)
    return found


async def brought_apart(
    session: ReadSession, monitor_ids: Collection[int], first: int, until: int
) -> list[Brought]:
    """What sources brought to these monitors of the minutes [first, until) in which they were away.

    As newcomers they are told as heard since their return.
    """
    asked = {"monitors": list(monitor_ids), "first": first, "until": until}
    found = []
    for source_id, name, since, monitor_id, *strings in await session.execute(_ASIDE, asked):
        minutes, *figures = (np.frombuffer(one, ">i8").astype(np.int64) for one in strings)
        order = np.argsort(minutes)
        newcomer = Newcomer(source_id, name, since)
        found.append(Brought(newcomer, monitor_id, minutes[order], np.array(figures)[:, order]))
    return found
