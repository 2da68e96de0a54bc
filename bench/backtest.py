"""The back-test of one monitor over months of minutes, from the store to alerts with their evidence.

    python -m bench.backtest [--days 180] [--choices 1] [--mentions 0]

--mentions: so many in these days are stored as texts, too, of twelve words of three thousand (Zipf), every
fifth a copy of some story, for new words and fast stories to be looked for in; else there are counts alone.
On an embedded PostgreSQL of its own. The first run compiles, unless TOCSIN_HOME/cache has the code already.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import insert, select, text

from alerts.backtest.arriving import arrived, material
from alerts.backtest.past import beginning_of, past_of
from alerts.backtest.run import WARM_DAYS, backtest
from alerts.backtest.trial import Choice, tried
from alerts.backtest.verdict import Known
from alerts.detection.live import BALANCED
from alerts.judging.roster import EACH
from bench.corrections import backends
from bench.fresh import on_fresh_core
from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.monitor import MinuteCount, Monitor
from mentions.privacy.partitions import ensure
from people.organisations import Brand, Organisation

DAY = 1440


async def lived(core: Core, days: int, rate: float = 0.5) -> Monitor:
    """A monitor with so many days of half a mention a minute behind it, and a burst each week."""
    now, rng = core.clock.now(), np.random.default_rng(1)
    volume = rng.poisson(rate, days * DAY)
    for burst in range(5000, len(volume), 7 * DAY):
        volume[burst : burst + 60] += 5
    negative, copies = rng.binomial(volume, 0.3), rng.binomial(volume, 0.2)
    own = volume - copies
    first = minute_of(now) - len(volume)
    async with core.database.unit_of_work() as session:
        house = Organisation(name="House", kind="house")
        session.add(house)
        await session.flush()
        brand = Brand(organisation_id=house.id, name="Brand", slug="brand")
        session.add(brand)
        await session.flush()
        made = now - timedelta(days=days)
        monitor = Monitor(brand_id=brand.id, name="Brand", query="brand", created_at=made)
        session.add(monitor)
        await session.flush()
        for start in range(0, len(volume), 20_000):
            rows = [
                {"monitor_id": monitor.id, "minute": first + i, "volume": int(volume[i]),
                 "negative": int(negative[i]), "voices": int(volume[i]), "copies": int(copies[i]),
                 "independent": int(own[i]), "independent_negative": int(min(negative[i], own[i]))}
                for i in range(start, min(start + 20_000, len(volume)))
            ]  # fmt: skip
            await session.execute(insert(MinuteCount), rows)
    return monitor


_TEXTS = text("""
    WITH given AS (
        SELECT nextval('mention_id_seq') AS id, one.* FROM unnest(
            CAST(:texts AS text[]), CAST(:minutes AS bigint[]), CAST(:authors AS text[]),
            CAST(:sentiments AS text[]), CAST(:stories AS bigint[]))
            AS one (words, minute, author, sentiment, story)),
    kept AS (
        INSERT INTO mention (id, arrived_at, source_id, native_id, text, author, lang, sentiment, score,
                             published_at, story_id, copy)
        SELECT id, to_timestamp(60.0 * minute), 1, CAST(id AS text), words, author, 'en', sentiment, 0,
               to_timestamp(60.0 * minute), story, story IS NOT NULL FROM given)
    INSERT INTO mention_match (mention_id, monitor_id, arrived_at)
    SELECT id, :monitor, to_timestamp(60.0 * minute) FROM given""")


async def told(core: Core, monitor: Monitor) -> int:
    """Store a text for each mention that is counted; returns how many."""
    rng, ranks = np.random.default_rng(2), np.arange(1, 3001)
    vocabulary = np.array([f"word{rank}" for rank in ranks])
    shares = (1 / ranks) / (1 / ranks).sum()
    async with core.database.read() as session:
        query = select(MinuteCount.minute, MinuteCount.volume, MinuteCount.copies)
        of_it = query.where(MinuteCount.monitor_id == monitor.id).order_by(MinuteCount.minute)
        rows = np.array([tuple(row) for row in await session.execute(of_it)])
    minutes = np.repeat(rows[:, 0], rows[:, 1])
    number = np.arange(len(minutes)) - np.repeat(np.cumsum(rows[:, 1]) - rows[:, 1], rows[:, 1])
    copied = number < np.repeat(rows[:, 2], rows[:, 1])
    async with core.database.unit_of_work() as session:
        weeks = [datetime.fromtimestamp(60 * one, UTC) for one in range(minutes[0], minutes[-1] + 5000, 5000)]
        await ensure(session, weeks, core.clock.now())
        many = len(minutes) // 20_000 + 1
        for part, copies in zip(np.array_split(minutes, many), np.array_split(copied, many), strict=True):
            words = rng.choice(vocabulary, (len(part), 12), p=shares)
            given = {
                "texts": [" ".join(one) for one in words],
                "minutes": part.tolist(),
                "authors": [f"u{number}" for number in rng.integers(0, 50_000, len(part))],
                "sentiments": rng.choice(["negative", "neutral"], len(part), p=[0.3, 0.7]).tolist(),
                "stories": [
                    one // 60 if copy else None for one, copy in zip(part.tolist(), copies, strict=True)
                ],
                "monitor": monitor.id,
            }
            await session.execute(_TEXTS, given)
    async with core.database.unit_of_work() as session:
        await session.execute(text("ANALYZE mention, mention_match"))
    return len(minutes)


async def measured(core: Core, days: int, choices: int, mentions: int) -> None:
    """Prints seconds of each part, of three runs."""
    rate = mentions / (days * DAY) if mentions else 0.5
    monitor = await lived(core, days + WARM_DAYS, rate)
    if mentions:
        print(f"{await told(core, monitor)} mentions are stored")
    now = core.clock.now()
    chosen = [Choice(str(i), BALANCED) for i in range(choices)]
    for number in range(3):
        async with core.database.read() as session:
            began = time.perf_counter()
            begun = await beginning_of(session, monitor)
            past = await past_of(session, monitor, minute_of(now) - days * DAY, minute_of(now), begun)
            read = time.perf_counter() - began
            began, burned = time.perf_counter(), time.process_time()
            for one in chosen:
                tried(past, one)
            ran, ran_cpu = time.perf_counter() - began, time.process_time() - burned
            database = await backends(core)
            began, burned = time.perf_counter(), time.process_time()
            found = await backtest(
                session, monitor, chosen, Known(), since=now - timedelta(days=days), until=now
            )
            whole, ours = time.perf_counter() - began, time.process_time() - burned
            theirs = await backends(core) - database
            began = time.perf_counter()
            arriving = await material(session, monitor, past, past.first, float(BALANCED.floor))
            texts = time.perf_counter() - began
            burned = time.process_time()
            arrivals = arrived(arriving, [one.settings for one in chosen])[0] if arriving else []
            looked = time.process_time() - burned
        print(
            f"run {number + 1}: {days} days x {EACH} signals x {choices}: read {read:.2f} s, "
            f"detector {ran:.2f} s ({ran_cpu:.2f} s of a core), "
            f"all with {WARM_DAYS} days before {whole:.2f} s ({ours:.2f} s of a core, the database"
            f" {theirs:.2f}), {len(found.trials[0].alerts)} alerts; "
            f"of it texts {texts:.2f} s, {len(arriving.looks) if arriving else 0} looks {looked:.2f} s of a "
            f"core, {len(arrivals)} arrivals"
        )


def main() -> None:
    """Start a database, fill it, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--choices", type=int, default=1)
    parser.add_argument("--mentions", type=int, default=0)
    args = parser.parse_args()
    on_fresh_core(lambda core: measured(core, args.days, args.choices, args.mentions))


if __name__ == "__main__":
    main()
