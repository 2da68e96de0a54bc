"""The back-test of one monitor over months of minutes, from the store to alerts with their evidence.

    python -m bench.backtest [--days 180] [--choices 1]

On an embedded PostgreSQL of its own. The first run compiles, unless TOCSIN_HOME/cache has the code already.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta

import numpy as np
from sqlalchemy import insert

from alerts.backtest.past import beginning_of, past_of
from alerts.backtest.run import WARM_DAYS, backtest
from alerts.backtest.trial import Choice, tried
from alerts.backtest.verdict import Known
from alerts.detection.live import BALANCED
from alerts.roster import EACH
from bench.fresh import on_fresh_core
from kit.core import Core
from mentions.counts import minute_of
from mentions.monitor import MinuteCount, Monitor
from people.organisations import Brand, Organisation

DAY = 1440


async def lived(core: Core, days: int) -> Monitor:
    """A monitor with so many days of half a mention a minute behind it, and a burst each week."""
    now, rng = core.clock.now(), np.random.default_rng(1)
    volume = rng.poisson(0.5, days * DAY)
    for burst in range(5000, len(volume), 7 * DAY):
        volume[burst : burst + 60] += 5
    negative = rng.binomial(volume, 0.3)
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
                 "negative": int(negative[i]), "voices": int(volume[i]), "independent": int(volume[i]),
                 "independent_negative": int(negative[i])}
                for i in range(start, min(start + 20_000, len(volume)))
            ]  # fmt: skip
            await session.execute(insert(MinuteCount), rows)
    return monitor


async def measured(core: Core, days: int, choices: int) -> None:
    """Prints seconds of each part, of three runs."""
    monitor = await lived(core, days + WARM_DAYS)
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
            began = time.perf_counter()
            found = await backtest(
                session, monitor, chosen, Known(), since=now - timedelta(days=days), until=now
            )
            whole = time.perf_counter() - began
        print(
            f"run {number + 1}: {days} days x {EACH} signals x {choices}: read {read:.2f} s, "
            f"detector {ran:.2f} s ({ran_cpu:.2f} s of a core), "
            f"all with {WARM_DAYS} days before {whole:.2f} s, {len(found.trials[0].alerts)} alerts"
        )


def main() -> None:
    """Start a database, fill it, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--choices", type=int, default=1)
    args = parser.parse_args()
    on_fresh_core(lambda core: measured(core, args.days, args.choices))


if __name__ == "__main__":
    main()
