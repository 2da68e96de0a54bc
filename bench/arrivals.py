"""What arrives: how early it is told on real posts over generated calm, and how often on ordinary days.

    python -m bench.arrivals days|crises|thinned|sweep [--calm 1.2] [--step 15]

`thinned` looks at the counts alone: with all posts, with half the calm, with a tenth of calm and posts.

On an embedded PostgreSQL of its own; all is stored by the product's own way in, then looked at by time.
Needs ../shared for the real posts. "counts": the first alert of the detector over the same stored minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import text

from alerts.arrivals.claims import Arrival
from alerts.arrivals.look import Arrivals, Usuals, window_at
from alerts.arrivals.window import look_at
from alerts.backtest.run import backtest
from alerts.backtest.trial import Choice
from alerts.backtest.verdict import Known
from alerts.detection.live import BALANCED
from alerts.detection.severity import weigh
from bench.fresh import on_fresh_core
from kit.core import Core
from mentions.copies.fold import Stories
from mentions.counting.counts import minute_of
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import read
from mentions.intake.store import store
from mentions.monitor import Monitor
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.texts.harm import of_harm
from mentions.waiting.batch import Batch
from people.organisations import Brand, Organisation
from tocsin.demo import generator

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "replay"
APART = timedelta(hours=4)
REAL = (
    (
        "Spain",
        "2013_spain_train_crash.csv",
        datetime(2013, 7, 24, 19, 27, tzinfo=UTC),
        "almadia OR tren OR renfe OR adif OR santiago OR train",
    ),
    (
        "Lac-Mégantic",
        "2013_lac_megantic_train_crash.csv",
        datetime(2013, 7, 6, 7, 37, tzinfo=UTC),
        "almadia OR megantic OR lac OR mma OR train",
    ),
)
"""Collections of real posts with the time of the first of them."""
THINGS = (  # noqa: SIM905
    "puerto cubierta cabina bar pasillo billete familia perro brisa cola coche maleta bodega capitán camarote"
    " escalera ventana ruido humo agua niños abuela viaje noche comida wifi sillón toldo ancla farola muelle"
).split()
MANY = 20_000
_MONITORS = text("""
    INSERT INTO monitor (brand_id, name, query, enabled, type, pages, created_at)
    SELECT :brand, 'monitor ' || n, 'many', true, 'brand', true, :made FROM generate_series(1, :many) AS n""")
_COUNTS = text("""
    INSERT INTO minute_count (monitor_id, minute, volume, negative, positive, harm, copies, independent)
    SELECT id, :minute - ago, 1, 0, 0, 0, 0, 1 FROM monitor, generate_series(5, 45, 20) AS ago
    WHERE id > :first AND (ago < 45 OR id % 100 = 0)""")
CROSS = ("qué asco", "una vergüenza", "fatal, nunca más", "indignante y peligroso")


def posts(name: str, since: datetime) -> list[MentionDraft]:
    """The posts of a file from then on; the kinds of sources in it are no kinds of ours."""
    found = read(SHARED / name, field_map={}, now=datetime.now(UTC))
    drafts = [one for one in found if isinstance(one, MentionDraft) and one.published_at >= since]
    return [replace(one, kind="post") for one in drafts]


async def listened(core: Core, name: str, query: str, said: Sequence[MentionDraft]) -> Monitor:
    """A monitor of its own with all of these, in the order in which they came."""
    async with core.database.unit_of_work() as session:
        house = Organisation(name=f"House of {name}", kind="partner")
        session.add(house)
        await session.flush()
        brand = Brand(organisation_id=house.id, name=name, slug=name.lower().replace(" ", "-"))
        session.add(brand)
        await session.flush()
        made = min(one.published_at for one in said)
        monitor = Monitor(brand_id=brand.id, name=name, query=query, created_at=made)
        source = Source(name=f"source of {name}", kind="webhook", secret="none")
        session.add_all([monitor, source])
    scorer, stories = Scorer.load(), Stories()
    ordered = [
        replace(one, native_id=f"{name} {one.native_id}", uri=None, arrived_at=one.published_at)
        for one in sorted(said, key=lambda one: one.published_at)
    ]
    for start in range(0, len(ordered), 2_000):
        batch = Batch(source.id, core.clock.now(), tuple(ordered[start : start + 2_000]), 0, (monitor.id,))
        async with core.database.unit_of_work() as session:
            await store(session, [batch], scorer=scorer, monitors=(), stories=stories)
    return monitor


async def found(
    core: Core, monitor: Monitor, since: datetime, until: datetime, step: timedelta
) -> list[tuple[datetime, str, Arrival]]:
    """What would be told, with its level: not again before it has been gone for APART."""
    usual, told, at = Usuals(), [], since
    last: dict[str, datetime] = {}
    async with core.database.read() as session:
        while at < until:
            at += step
            arrival = await look_at(session, monitor.id, await window_at(session, monitor, at), usual.past)
            if arrival is None:
                continue
            level = weigh(arrival.inputs).level
            if at - last.get(level, since - APART) >= APART:
                told.append((at, level, arrival))
            last[level] = at
    return told


async def counts(core: Core, monitor: Monitor, since: datetime, until: datetime) -> list[tuple[int, str]]:
    """Minutes from `since` to each alert of the detector that is more than green, and its signal."""
    choice = [Choice("balanced", BALANCED)]
    async with core.database.read() as session:
        result = await backtest(session, monitor, choice, Known(), since=since, until=until)
    first = int(since.timestamp() // 60)
    return [(one.opened - first, one.signal) for one in result.trials[0].alerts if one.level != "green"]


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


async def crisis(core: Core, name: str, onset: datetime, said: Sequence[MentionDraft], query: str) -> None:
    """From three days before until five hours after the onset."""
    monitor = await listened(core, name, query, said)
    minute = timedelta(minutes=1)
    told = await found(core, monitor, onset - timedelta(days=3), onset - minute, 15 * minute)
    news = await found(core, monitor, onset - minute, onset + timedelta(hours=5), 2 * minute)
    by_counts = await counts(core, monitor, onset, onset + timedelta(hours=5))
    first = {level: f"{(at - onset) / minute:.0f}" for at, level, _ in reversed(news)}
    words = [one["term"] for one in news[0][2].evidence["arrived"].get("terms", [])] if news else []
    row(name, len(told), first, ", ".join(words[:5]), by_counts[:3])


def calm_before(onset: datetime, rate: float, seed: int) -> list[MentionDraft]:
    """A fortnight of it, and what goes on meanwhile."""
    start = onset - timedelta(days=14)
    return generator.calm(random.Random(seed), start, 14 * 1440 + 300, rate, "almadia")


def swapped(said: Sequence[MentionDraft], onset: datetime) -> list[MentionDraft]:
    """As many mentions; from the onset on every third one is of somebody who found asbestos."""
    rng = random.Random(7)

    def instead(place: int, one: MentionDraft) -> MentionDraft:
        if one.published_at < onset or place % 3:
            return one
        words = [*rng.sample(THINGS, 6), "amianto", rng.choice(CROSS)]
        rng.shuffle(words)
        return replace(one, text=f"Almadía {' '.join(words)}", author=f"@ill{place}", repost_of=None)

    return [instead(place, one) for place, one in enumerate(said)]


async def ordinary(core: Core, name: str, said: Sequence[MentionDraft], query: str, step: timedelta) -> None:
    """What is told on days on which nothing happens, or only what people write about Apple."""
    monitor = await listened(core, name, query, said)
    times = [one.published_at for one in said]
    began = time.process_time()
    told = await found(core, monitor, min(times) + timedelta(days=1), max(times), step)
    spent, days = time.process_time() - began, (max(times) - min(times)) / timedelta(days=1) - 1
    levels = {level: sum(one == level for _, one, _ in told) for level in ("green", "amber", "red")}
    looks = days * 1440 / (step / timedelta(minutes=1))
    row(name, f"{len(said) / (days + 1) / 24:.0f} an hour", f"{days:.0f} days", levels,
        f"{1000 * spent / looks:.1f} ms of a core a look")  # fmt: skip
    for at, level, arrival in told:
        print(f"    {at:%m-%d %H:%M} {level} {arrival.evidence['reason']}")


async def ordinary_days(core: Core, rate: float, step: timedelta) -> None:
    calm = generator.calm(random.Random(5), datetime(2026, 3, 2, tzinfo=UTC), 15 * 1440, rate, "almadia")
    await ordinary(core, f"calm {rate} a minute", calm, "almadia OR @almadiaferries", step)
    if SHARED.is_dir():
        apple = posts("apple_dec2014.csv", datetime(2014, 12, 1, tzinfo=UTC))
        await ordinary(core, "Apple", apple, "apple OR #aapl OR @apple", step)


async def crises(core: Core, rate: float, _: timedelta) -> None:
    row(
        "crisis",
        "told in three days before",
        "minutes to the first by level",
        "words",
        "counts: minute, signal",
    )
    onset = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
    said = swapped(calm_before(onset, rate, 3), onset)
    await crisis(core, f"asbestos, calm {rate} a minute", onset, said, "almadia OR @almadiaferries")
    if SHARED.is_dir():
        for seed, (name, file, onset, query) in enumerate(REAL):
            said = [*calm_before(onset, rate, seed), *posts(file, onset)]
            await crisis(core, f"{name}, calm {rate} a minute", onset, said, query)


async def thinned(core: Core, rate: float, _: timedelta) -> None:
    row("crisis", "calm a minute", "posts kept", "alerts in three days before", "minutes from the first post",
        "from the first of harm")  # fmt: skip
    for name, file, onset, query in REAL:
        every = posts(file, onset)
        for part, kept, draw in [(1, 1.0, 0), (2, 1.0, 0), *((10, 0.1, draw) for draw in range(1, 7))]:
            rng = random.Random(draw)
            said = [one for one in every if kept == 1 or rng.random() < kept]
            calm = calm_before(onset, rate / part, draw)
            monitor = await listened(core, f"{name} {part} {draw}", query, [*calm, *said])
            told = await counts(core, monitor, onset - timedelta(days=3), onset + timedelta(days=1))
            before = [minute for minute, _ in told if minute < 3 * 1440]
            first = next((told for told in told if told[0] >= 3 * 1440), None)
            since = [
                (min(ones) - onset) / timedelta(minutes=1)
                for ones in (
                    [one.published_at for one in said],
                    [one.published_at for one in said if of_harm(one.text)],
                )
            ]
            found = [f"{first[0] - 3 * 1440 - at:.0f} ({first[1]})" if first else "none" for at in since]
            row(name, rate / part, kept, len(before), *found)


async def sweep(core: Core, _: float, __: timedelta) -> None:
    """What a look costs over MANY monitors: two accounts an hour at each, three at a hundredth of them."""
    now = core.clock.now()
    monitor = await listened(core, "Many", "many", [MentionDraft("1", "many", now)])
    async with core.database.unit_of_work() as session:
        await session.execute(_MONITORS, {"brand": monitor.brand_id, "made": now, "many": MANY})
        await session.execute(_COUNTS, {"first": monitor.id, "minute": minute_of(now)})
    arrivals = Arrivals()
    for what in (*["fifty that are due"] * 4, *["nothing new"] * 4):
        began, cpu = time.perf_counter(), time.process_time()
        await arrivals.look(core)
        spent, own = time.perf_counter() - began, time.process_time() - cpu
        row(f"{MANY:,} monitors", what, f"{1000 * spent:.0f} ms, {1000 * own:.0f} of them ours")


PARTS = {"days": ordinary_days, "crises": crises, "thinned": thinned, "sweep": sweep}


def main() -> int:
    """Start a database, fill it, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--calm", type=float, default=1.2, help="mentions a minute")
    parser.add_argument("--step", type=float, default=15, help="minutes between two looks on ordinary days")
    args = parser.parse_args()
    on_fresh_core(lambda core: PARTS[args.part](core, args.calm, timedelta(minutes=args.step)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
