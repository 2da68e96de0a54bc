"""What correcting the past costs beside the ordinary work of the same process.

    python -m bench.corrections [--monitors 2000] [--hours 6] [--alerts 5000]

A backlog that adds three late mentions to every monitor, hours back: what the detector's tick takes while it
works that off, so many monitors a minute, beside a tick that has nothing to correct. And the hourly look for
mentions that are no more among alerts that quote three each (`alerts.quotes`): none gone, then one quoted by
each thousandth alert. On an embedded PostgreSQL of its own, by a clock of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from unittest.mock import patch

import psutil
from sqlalchemy import text

from alerts.quotes import unquote
from alerts.ticker import corrected
from alerts.ticker.tick import tick
from bench.fresh import on_fresh_core
from bench.house import make_house
from kit import log
from kit.core import Core
from mentions.counting.counts import minute_of
from tests.clock import MovableClock

MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
ROUNDS = 3
AT_ONCE = (50, 200)
PAST_MINUTES = 720
EVERY = 0.01  # seconds between two looks at whether the process still answers

_COUNTS = text("""
    INSERT INTO minute_count
        (monitor_id, minute, volume, negative, positive, harm, copies, voices, independent)
    SELECT id, minute, 1, 0, 0, 0, 0, 1, 1
    FROM monitor, generate_series(CAST(:first AS int), CAST(:last AS int)) AS minute
    WHERE (minute + id) % 20 = 0""")
_LATE_COUNTS = text("""
    UPDATE minute_count SET volume = volume + 3, voices = voices + 3, independent = independent + 3
    WHERE minute >= :first AND minute < :first + 20""")
_LATE = text("""
    INSERT INTO late_count (monitor_id, minute, volume, harm)
    SELECT monitor_id, minute, 3, 0 FROM minute_count WHERE minute >= :first AND minute < :first + 20""")
_BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
_MENTIONS = text("""
    INSERT INTO mention (arrived_at, source_id, native_id, text, author, lang, sentiment, score, published_at)
    SELECT :at, 1, 'm' || n, 'words', 'author', 'en', 'neutral', 0, :at
    FROM generate_series(1, 3 * CAST(:alerts AS int)) AS n""")
_ALERTS = text("""
    INSERT INTO alert
        (brand_id, monitor_id, signal, level, title, since, opened_at, ended_at, state, pages, evidence)
    SELECT brand.id, null, 'volume', 'amber', 'Alert', :at, :at, :at, 'closed', true,
        jsonb_build_object(
        'observed', 9, 'drivers', jsonb_build_object('examples', (
            SELECT jsonb_agg(jsonb_build_object(
                'id', 3 * n - k, 'author', 'author', 'text', repeat('words ', 30)))
            FROM generate_series(0, 2) AS k)))
    FROM brand, generate_series(1, CAST(:alerts AS int)) AS n""")
_GONE = text("""
    UPDATE mention SET text = '', author = null, deleted_at = :at
    WHERE native_id IN (
        SELECT 'm' || (3 * n - 1) FROM generate_series(1, CAST(:alerts AS int), 1000) AS n)""")


class Spent(NamedTuple):
    """Seconds by the clock, of a core for us and for the database, the longest in which nothing else ran."""

    took: float
    ours: float
    database: float
    longest: float

    def __str__(self) -> str:
        return (
            f"{self.ours:.2f} s of a core, the database {self.database:.2f} | {self.took:.2f} s | others wait"
            f" {self.longest:.2f} s"
        )


async def backends(core: Core) -> float:
    """Seconds of a core that the database's connections have used."""
    async with core.database.read() as session:
        pids = (await session.scalars(_BACKENDS)).all()
    used = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            used += times.user + times.system
    return used


async def spent(core: Core, work: Callable[[Core], Awaitable[Any]]) -> Spent:
    """What this work takes."""
    stopped, longest = asyncio.Event(), 0.0

    async def others() -> None:
        nonlocal longest
        while not stopped.is_set():
            began = time.perf_counter()
            await asyncio.sleep(EVERY)
            longest = max(longest, time.perf_counter() - began - EVERY)

    waiting, database = asyncio.create_task(others()), await backends(core)
    began, cpu = time.perf_counter(), time.process_time()
    await work(core)
    took, ours = time.perf_counter() - began, time.process_time() - cpu
    stopped.set()
    await waiting
    return Spent(took, ours, await backends(core) - database, longest)


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


async def run(core: Core, *statements: tuple[Any, dict[str, Any]]) -> None:
    async with core.database.unit_of_work() as session:
        for statement, values in statements:
            await session.execute(statement, values)


async def ticks(core: Core, clock: MovableClock) -> Spent:
    """The medians over some minutes."""
    rounds = []
    for _ in range(ROUNDS):
        clock.forward(minutes=1)
        rounds.append(await spent(core, tick))
    return Spent(*(median(column) for column in zip(*rounds, strict=True)))


async def corrections(core: Core, clock: MovableClock, monitors: int, hours: float) -> None:
    """What a tick takes before and while a backlog over all monitors is worked off."""
    first = minute_of(clock.now()) - PAST_MINUTES
    await make_house(core, monitors, clock.now() - timedelta(minutes=PAST_MINUTES))
    counts = {"first": first, "last": first + PAST_MINUTES + int(60 * hours) + 60}
    await run(core, (_COUNTS, counts), (text("ANALYZE"), {}))
    row(f"{monitors:,} monitors learn {PAST_MINUTES / 60:.0f} hours", await spent(core, tick))
    clock.forward(hours=hours)
    await tick(core)
    usual = await ticks(core, clock)
    row("a tick, nothing late", usual, "1")
    late = {"first": minute_of(MIDNIGHT) + 60}
    await run(core, (_LATE_COUNTS, late), (_LATE, late))
    for many in AT_ONCE:
        with patch.object(corrected, "AT_ONCE", many):
            found = await ticks(core, clock)
        times = (found.ours + found.database) / (usual.ours + usual.database)
        row(f"a tick, all late, {many} corrected", found, f"{times:.2f}")


async def quotes(core: Core, clock: MovableClock, alerts: int) -> None:
    """What the hourly look takes."""
    at = {"at": clock.now(), "alerts": alerts}
    await run(core, (_MENTIONS, at), (_ALERTS, at), (text("ANALYZE"), {}))
    row(f"{alerts:,} alerts, none gone", await spent(core, unquote))
    await run(core, (_GONE, at))
    row(f"{alerts:,} alerts, one in a thousand", await spent(core, unquote))


def main() -> int:
    """Start a database, fill it, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--monitors", type=int, default=2_000)
    parser.add_argument("--hours", type=float, default=6, help="since the states were put aside")
    parser.add_argument("--alerts", type=int, default=5_000)
    args = parser.parse_args()

    async def work(core: Core) -> None:
        clock = MovableClock(MIDNIGHT + timedelta(minutes=12))
        moved = replace(core, clock=clock)
        if args.monitors:
            await corrections(moved, clock, args.monitors, args.hours)
        if args.alerts:
            await quotes(moved, clock, args.alerts)

    log.configure("error", "text")
    on_fresh_core(work)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
