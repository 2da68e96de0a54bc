"""What a query would have caught over the stored past, and what a change of it adds and drops.

Mentions are read back to the beginning of the asked-for days, about LIMIT of them and for at most PATIENCE
seconds: a preview is looked at while somebody types. Where more are stored, an even share of the pages on
which they lie is read, and what it finds is counted up by that share. `since` and `complete` say how far it
got, should the time not suffice even so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tablesample, text
from sqlalchemy.orm import aliased

from kit.db import ReadSession
from kit.errors import Invalid
from mentions.judging.enrich import SourceNames
from mentions.judging.judge import source_names
from mentions.judging.matcher import Matcher
from mentions.judging.stored import Past, past, seen
from mentions.mention import Mention
from mentions.query import parse
from mentions.source import Source

LIMIT = 50_000  # mentions that are to be read
MOST = 2 * LIMIT  # should there be more than the planner thinks
AT_ONCE = 5_000  # mentions read in one go
BETWEEN_LOOKS = 200  # mentions matched between two looks at the time
PATIENCE = 3.0  # seconds for all of it
EXAMPLES = 5
MAX_DAYS = 90

SIDES = ("caught", "added", "dropped")
_BEFORE, _NOW = 1, 2


@dataclass(frozen=True)
class Day:
    """A day in the reader's zone. `caught` includes `added`; `dropped` is not in it."""

    day: date
    caught: int
    added: int
    dropped: int
    read: bool
    """Whether mentions of it were looked at, should it have any."""


@dataclass(frozen=True)
class Side:
    """How many mentions, and the newest of them that are no copies."""

    count: int = 0
    examples: list[Past] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    scanned: int
    share: float
    """Of the stored mentions, 0 … 1; under 1 the counts are estimates."""
    since: datetime
    """The mentions that arrived since then were looked at,"""
    complete: bool
    """and those are all of the days that were asked for."""
    picky_sources: Sequence[str]
    """Names of sources that keep only what a monitor asks for: their past is not all here."""
    caught: Side
    added: Side
    dropped: Side
    days: Sequence[Day]


async def preview(
    session: ReadSession, query: str, before: str | None, *, days: int, zone: ZoneInfo, now: datetime
) -> Preview:
    """Try the query on the last `days` days, the running one included, beside the query of before.

    Unreadable when the query cannot be read; a query of before that cannot be read caught nothing.
    """
    if not 1 <= days <= MAX_DAYS:
        raise Invalid("days goes from 1 to {}.", MAX_DAYS, field="days")
    ends = monotonic() + PATIENCE
    parse(query)
    today = now.astimezone(zone).date()
    begin = datetime.combine(today - timedelta(days=days - 1), time(), zone)
    scan = _Scan(query, before, await source_names(session), zone)
    share = min(1.0, LIMIT / await _about(session, begin, now))
    complete = await _read(session, scan, share, begin, now, ends)
    since = begin if complete else scan.oldest or now
    found = [today - timedelta(days=back) for back in reversed(range(days))]
    return Preview(
        scanned=scan.scanned,
        share=share,
        since=since,
        complete=complete,
        picky_sources=await _picky(session),
        caught=_side(scan, "caught", share),
        added=_side(scan, "added", share),
        dropped=_side(scan, "dropped", share),
        days=[_day(scan, day, share, read=day >= since.astimezone(zone).date()) for day in found],
    )


_ABOUT = text("EXPLAIN (FORMAT JSON) SELECT FROM mention WHERE arrived_at >= :begin AND arrived_at <= :now")


async def _about(session: ReadSession, begin: datetime, now: datetime) -> int:
    """About how many mentions arrived, at least 1: what the planner thinks, for counting takes too long."""
    plan = (await session.execute(_ABOUT, {"begin": begin, "now": now})).scalar_one()
    return max(1, int(plan[0]["Plan"]["Plan Rows"]))


async def _read(
    session: ReadSession, scan: _Scan, share: float, begin: datetime, now: datetime, ends: float
) -> bool:
    """Go through this share of the mentions since `begin`, until `ends`; whether that was all of them."""
    of: Any = Mention
    if share < 1:  # the same pages each time, so that what changes comes of the query
        of = aliased(Mention, tablesample(Mention.__table__, func.system(100 * share), seed=text("0")))
    query = past(of).where(of.arrived_at >= begin, of.arrived_at <= now).limit(MOST)
    rows = await session.stream(query, execution_options={"yield_per": AT_ONCE})
    try:
        async for part in rows.partitions(AT_ONCE):
            # in a thread: others' requests are answered meanwhile
            if not await asyncio.to_thread(scan.look, part, ends):
                return False
    finally:
        await rows.close()
    return scan.scanned < MOST


async def _picky(session: ReadSession) -> Sequence[str]:
    query = select(Source.name).where(Source.keep == "matched", Source.enabled).order_by(Source.name)
    return (await session.scalars(query)).all()


class _Scan:
    """Counts by side and day, as the mentions go by."""

    def __init__(self, query: str, before: str | None, sources: SourceNames, zone: ZoneInfo) -> None:
        self._matcher = Matcher([(_NOW, query), *([(_BEFORE, before)] if before is not None else [])])
        self._compares = before is not None
        self._sources = sources
        self._zone = zone
        self.scanned = 0
        self.oldest: datetime | None = None
        self.counts: Counter[tuple[str, date]] = Counter()
        self.examples: dict[str, list[Past]] = {side: [] for side in SIDES}

    def look(self, rows: Sequence[Past], ends: float) -> bool:
        """Count these; whether the time was enough for all."""
        for at in range(0, len(rows), BETWEEN_LOOKS):
            if monotonic() > ends:
                return False
            self._look(rows[at : at + BETWEEN_LOOKS])
        return True

    def _look(self, rows: Sequence[Past]) -> None:
        items = [seen(row, self._sources) for row in rows]
        for row, found in zip(rows, self._matcher.match(items), strict=True):
            for side in self._sides(found):
                self._take(side, row)
        self.scanned += len(rows)
        self.oldest = rows[-1].arrived_at

    def _sides(self, found: Sequence[int]) -> list[str]:
        if _NOW in found:
            return ["caught", "added"] if self._compares and _BEFORE not in found else ["caught"]
        return ["dropped"] if _BEFORE in found else []

    def _take(self, side: str, row: Past) -> None:
        self.counts[side, row.arrived_at.astimezone(self._zone).date()] += 1
        if len(self.examples[side]) < EXAMPLES and not row.copy:
            self.examples[side].append(row)


def _day(scan: _Scan, day: date, share: float, *, read: bool) -> Day:
    caught, added, dropped = (round(scan.counts[side, day] / share) for side in SIDES)
    return Day(day, caught, added, dropped, read)


def _side(scan: _Scan, name: str, share: float) -> Side:
    count = sum(n for (side, _), n in scan.counts.items() if side == name)
    return Side(round(count / share), scan.examples[name])
