"""The counts per minute: added to when a mention is new, moved when a judgement changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import text

from kit.db import WriteSession
from mentions.item import Enriched

_ADD = text("""
    INSERT INTO minute_count AS old (monitor_id, minute, volume, negative, positive, harm, copies)
    SELECT * FROM unnest(CAST(:monitors AS bigint[]), CAST(:minutes AS bigint[]), CAST(:volume AS bigint[]),
                         CAST(:negative AS bigint[]), CAST(:positive AS bigint[]), CAST(:harm AS bigint[]),
                         CAST(:copies AS bigint[]))
    ON CONFLICT (monitor_id, minute) DO UPDATE SET
        volume = old.volume + excluded.volume,
        negative = old.negative + excluded.negative,
        positive = old.positive + excluded.positive,
        harm = old.harm + excluded.harm,
        copies = old.copies + excluded.copies""")

Cell = tuple[int, int]
"""A monitor and a minute (since 1970-01-01 UTC)."""


class Change(NamedTuple):
    """What is added to a cell; a judgement that moved takes from one figure and gives to another."""

    volume: int = 0
    negative: int = 0
    positive: int = 0
    harm: int = 0
    copies: int = 0


FIGURES = Change._fields


async def add_new(session: WriteSession, new: Sequence[Enriched]) -> None:
    """Count mentions that were not there before, by the minute of their arrival."""
    await add(session, [(cell, _counted(found)) for found in new for cell in _cells(found)])


async def add(session: WriteSession, changes: Iterable[tuple[Cell, Change]]) -> None:
    """Add the changes to the counts; in order of the cells, so that two workers never deadlock."""
    sums: Counter[tuple[Cell, str]] = Counter()
    for cell, change in changes:
        for figure, value in zip(FIGURES, change, strict=True):
            if value:
                sums[cell, figure] += value
    cells = sorted({cell for (cell, _), value in sums.items() if value})
    if not cells:
        return
    values: dict[str, list[int]] = {
        "monitors": [monitor for monitor, _ in cells],
        "minutes": [minute for _, minute in cells],
    }
    await session.execute(
        _ADD, values | {figure: [sums[cell, figure] for cell in cells] for figure in FIGURES}
    )


def _cells(found: Enriched) -> Iterable[Cell]:
    return ((monitor, found.minute) for monitor in found.monitor_ids)


def _counted(found: Enriched) -> Change:
    label = found.sentiment.label
    return Change(1, int(label == "negative"), int(label == "positive"), int(found.harm), int(found.copy))
