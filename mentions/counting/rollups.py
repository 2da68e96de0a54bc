"""The counts per minute: added to when a mention is new, moved when a judgement changes.

Whoever changes counts locks the mentions first and the counts last, all cells in one statement and in their
order. So a person's correction and a worker's batch wait for one another, and neither fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import TextClause, text

from kit.db import ReadSession, WriteSession
from mentions.counting.absences import unexpected
from mentions.counting.newcomers import newcomers
from mentions.figures import Change, Said, figures
from mentions.item import Enriched
from mentions.judging.stored import Past
from mentions.mention import Mention
from mentions.notable import Weighing, is_news, weighing

FIGURES = Change._fields
_GIVEN = ", ".join(f"CAST(:{figure} AS bigint[])" for figure in FIGURES)
_SUMS = ", ".join(f"{figure} = greatest(old.{figure} + excluded.{figure}, 0)" for figure in FIGURES)


def _adding(table: str, *key: str) -> TextClause:
    """Add to its rows. Nothing is taken of which nothing was counted: an older version of this code counted
    less, and the list of those who weigh may be another than it was then."""
    names = ", ".join((*key, *FIGURES))
    keys = ", ".join(f"CAST(:{name} AS bigint[])" for name in key)
    same = " AND ".join(f"there.{name} = given.{name}" for name in key)
    return text(f"""
        INSERT INTO {table} AS old ({names})
        SELECT * FROM unnest({keys}, {_GIVEN}) AS given ({names})
        WHERE least({", ".join(FIGURES)}) >= 0 OR EXISTS (SELECT FROM {table} AS there WHERE {same})
        ON CONFLICT ({", ".join(key)}) DO UPDATE SET {_SUMS}""")  # noqa: S608 - names of ours


CELL, BROUGHT = ("monitor_id", "minute"), ("source_id", "monitor_id", "minute")
_ADD, _ADD_APART = _adding("minute_count", *CELL), _adding("newcomer_count", *BROUGHT)

NOBODY = 0
Cell = tuple[int, int]
"""A monitor and a minute (since 1970-01-01 UTC)."""
Counted = tuple[Cell, Change, int]
"""What is added to a cell, and the source that it is of."""


async def counted(session: ReadSession, new: Sequence[Enriched]) -> list[Counted]:
    """What mentions that were not there before add, by the minute of their arrival."""
    weigh = await weighing(session)
    return [change for found in new for change in _counted(found, weigh)]


async def add(session: WriteSession, changes: Sequence[Counted], apart: Sequence[Counted] = ()) -> None:
    """Add the changes to the counts. Once in a transaction, and after the mentions: see above.

    apart: what is added only to what newcomers brought. What a source brings of the time for which it was
    away is counted as theirs.
    """
    if not changes and not apart:
        return
    await _add(session, _ADD, CELL, ((cell, change) for cell, change, _ in changes))
    until: dict[int, int] = {}
    if changes:
        earliest = min(minute for (_, minute), _, _ in changes)
        until = {one.source_id: one.until for one in await newcomers(session, earliest)}
    away = await unexpected(session, {(source, *cell) for cell, _, source in changes})
    new = [
        (cell, change, source)
        for cell, change, source in changes
        if cell[1] < until.get(source, 0) or (source, *cell) in away
    ]
    rows = (((source, *cell), change) for cell, change, source in (*new, *apart))
    await _add(session, _ADD_APART, BROUGHT, rows)


async def _add(
    session: WriteSession,
    statement: TextClause,
    key: Sequence[str],
    changes: Iterable[tuple[tuple[int, ...], Change]],
) -> None:
    sums: dict[tuple[int, ...], list[int]] = {}
    for row, change in changes:
        sum_ = sums.setdefault(row, [0] * len(FIGURES))
        for place, value in enumerate(change):
            sum_[place] += value
    rows = sorted(row for row, sum_ in sums.items() if any(sum_))
    if rows:
        keys = {name: [row[at] for row in rows] for at, name in enumerate(key)}
        figures_ = {figure: [sums[row][at] for row in rows] for at, figure in enumerate(FIGURES)}
        await session.execute(statement, keys | figures_)


def _counted(found: Enriched, weigh: Weighing) -> Iterable[Counted]:
    """What a mention adds to the cell of each monitor that it belongs to."""
    draft, said = found.item.draft, found.said
    plain = figures(said)
    asks = said.hurts and is_news(draft.published_at, found.item.arrived_at)
    for monitor in found.monitor_ids:
        notable = asks and weigh.of(monitor).has(draft.author, draft.followers, draft.domain)
        change = figures(said, notable=True) if notable else plain
        yield (monitor, found.minute), change, found.item.source_id


def moved(
    row: Mention, before: Said, after: Said, had: Collection[int], has: Collection[int], weigh: Weighing
) -> list[Counted]:
    """What a mention's new judgement takes from the counts of its minute, and adds to them.

    `had`, `has`: the monitors that it belonged to, and those that it belongs to now.
    """
    minute, news = int(row.arrived_at.timestamp()) // 60, is_news(row.published_at, row.arrived_at)
    changes = []
    for monitor in sorted({*had, *has}):
        notable = news and weigh.of(monitor).has(row.author, row.followers, row.domain)
        gives = figures(after, notable=notable) if monitor in has else Change()
        takes = figures(before, notable=notable) if monitor in had else Change()
        changes.append(((monitor, minute), gives - takes, source_of(row)))
    return changes


def source_of(row: Mention | Past) -> int:
    """The source that a stored mention is counted as of; nobody where that is not counted apart any more."""
    return NOBODY if row.repeated else row.source_id
