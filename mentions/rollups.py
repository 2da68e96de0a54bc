"""The counts per minute: added to when a mention is new, moved when a judgement changes.

Whoever changes counts locks the mentions first and the counts last, all cells in one statement and in their
order. So a person's correction and a worker's batch wait for one another, and neither fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import text

from kit.db import ReadSession, WriteSession
from mentions.figures import Change, Said, figures
from mentions.item import Enriched
from mentions.mention import Mention
from mentions.notable import Weighing, is_news, weighing

FIGURES = Change._fields
_GIVEN = ", ".join(f"CAST(:{figure} AS bigint[])" for figure in FIGURES)
_SUMS = ", ".join(f"{figure} = greatest(old.{figure} + excluded.{figure}, 0)" for figure in FIGURES)
_ADD = text(f"""
    INSERT INTO minute_count AS old (monitor_id, minute, {", ".join(FIGURES)})
    SELECT * FROM unnest(CAST(:monitors AS bigint[]), CAST(:minutes AS bigint[]), {_GIVEN})
        AS given (monitor_id, minute, {", ".join(FIGURES)})
    WHERE least({", ".join(FIGURES)}) >= 0 OR EXISTS (
        SELECT FROM minute_count AS there
        WHERE there.monitor_id = given.monitor_id AND there.minute = given.minute)
    ON CONFLICT (monitor_id, minute) DO UPDATE SET {_SUMS}""")  # noqa: S608 - names of ours
"""Nothing is taken of which nothing was counted: an older version of this code counted less, and the list of
those who weigh may be another than it was then."""

Cell = tuple[int, int]
"""A monitor and a minute (since 1970-01-01 UTC)."""
Counted = tuple[Cell, Change]


async def counted(session: ReadSession, new: Sequence[Enriched]) -> list[Counted]:
    """What mentions that were not there before add, by the minute of their arrival."""
    weigh = await weighing(session)
    return [change for found in new for change in _counted(found, weigh)]


async def add(session: WriteSession, changes: Iterable[Counted]) -> None:
    """Add the changes to the counts. Once in a transaction, and after the mentions: see above."""
    sums: dict[Cell, list[int]] = {}
    for cell, change in changes:
        row = sums.setdefault(cell, [0] * len(FIGURES))
        for place, value in enumerate(change):
            row[place] += value
    cells = sorted(cell for cell, row in sums.items() if any(row))
    if not cells:
        return
    values: dict[str, list[int]] = {
        "monitors": [monitor for monitor, _ in cells],
        "minutes": [minute for _, minute in cells],
    }
    await session.execute(
        _ADD, values | {figure: [sums[cell][at] for cell in cells] for at, figure in enumerate(FIGURES)}
    )


def _counted(found: Enriched, weigh: Weighing) -> Iterable[Counted]:
    """What a mention adds to the cell of each monitor that it belongs to."""
    draft, said = found.item.draft, found.said
    plain = figures(said)
    asks = said.hurts and is_news(draft.published_at, found.item.arrived_at)
    for monitor in found.monitor_ids:
        notable = asks and weigh.of(monitor).has(draft.author, draft.followers, draft.domain)
        yield (monitor, found.minute), figures(said, notable=True) if notable else plain


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
        changes.append(((monitor, minute), gives - takes))
    return changes
