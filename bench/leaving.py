"""What it costs to count what sources carried that end together.

    python -m bench.leaving [--mentions 1000000] [--sources 40] [--monitors 20]

So many mentions of four weeks, spread evenly over sources and monitors; one source is switched off, then ten
together, then all the others but one. On an embedded PostgreSQL of its own, by a clock of its own.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from bench.corrections import row, run, spent
from bench.fresh import on_fresh_core
from bench.house import make_house
from kit import log
from kit.core import Core
from mentions.counting import leaving
from mentions.privacy import partitions
from mentions.source import Source
from tests.clock import MovableClock

NOW = datetime(2026, 3, 30, 12, 30, tzinfo=UTC)
DAYS = 28

_SOURCES = text("""
    INSERT INTO source (name, kind, field_map, enabled, settings, allowed_addresses, keep)
    SELECT 'source ' || n, 'webhook', '{}', true, '{}', '[]', 'all' FROM generate_series(1, :sources) AS n""")
_HEARD = text("""
    INSERT INTO source_health (source_id, received, duplicates, rejected, unmatched, heard_since)
    SELECT id, 0, 0, 0, 0, CAST(:first AS timestamptz) - interval '9 days' FROM source""")
_SAID = text("""
    WITH said AS (
        INSERT INTO mention
            (arrived_at, source_id, native_id, text, author, lang, sentiment, score, published_at)
        SELECT at, 1 + n % :sources, 'm' || n, 'words of ' || n, 'author ' || n % 999, 'en',
            CASE WHEN n % 4 = 0 THEN 'negative' ELSE 'neutral' END, 0, at
        FROM (SELECT n, CAST(:first AS timestamptz) + n * interval '1 second' * :step AS at
              FROM generate_series(0, CAST(:mentions AS int) - 1) AS n) AS told
        RETURNING id, arrived_at)
    INSERT INTO mention_match (monitor_id, mention_id, arrived_at)
    SELECT 1 + (id / :sources) % :monitors, id, arrived_at FROM said""")
_COUNTED = text("""
    INSERT INTO minute_count
        (monitor_id, minute, volume, negative, positive, harm, copies, voices, independent)
    SELECT monitor_id, floor(extract(epoch FROM arrived_at) / 60), count(*), 0, 0, 0, 0, count(*), count(*)
    FROM mention_match GROUP BY 1, 2""")


async def end(core: Core, sources: list[int]) -> None:
    """Switch these off at once, and count what they carried."""
    async with core.database.unit_of_work() as session:
        for source_id in sources:
            await leaving.ended(session, source_id, core.clock.now())
    while await leaving.leave_due(core):
        pass


async def measure(core: Core, mentions: int, sources: int, monitors: int) -> None:
    first = NOW - timedelta(days=DAYS)
    async with core.database.unit_of_work() as session:
        await partitions.ensure(session, [first + timedelta(days=day) for day in range(DAYS + 1)], NOW)
    await make_house(core, monitors, first)
    asked: dict[str, Any] = {"first": first, "sources": sources, "monitors": monitors, "mentions": mentions}
    said = asked | {"step": DAYS * 86_400 / mentions}
    nothing: dict[str, Any] = {}
    steps = ((_SOURCES, asked), (_HEARD, asked), (_SAID, said), (_COUNTED, nothing))
    await run(core, *steps, (text("ANALYZE"), nothing))
    async with core.database.read() as asking:
        ids = list(await asking.scalars(select(Source.id).order_by(Source.id)))
    for many in (1, 10, sources - 12):
        going, ids = ids[:many], ids[many:]

        async def work(core: Core, going: list[int] = going) -> None:
            await end(core, going)

        row(
            f"{many} of {sources} sources, {monitors} monitors, {mentions:,} mentions",
            await spent(core, work),
        )
        async with core.database.read() as asking:
            count = text("SELECT count(*), coalesce(avg(length(counted)), 0) FROM source_left")
            rows, size = (await asking.execute(count)).one()
        row("rows kept so far, bytes each", rows, round(size))


def main() -> int:
    """Start a database, fill it, switch off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--monitors", type=int, default=20)
    args = parser.parse_args()

    async def work(core: Core) -> None:
        await measure(replace(core, clock=MovableClock(NOW)), args.mentions, args.sources, args.monitors)

    log.configure("error", "text")
    on_fresh_core(work)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
