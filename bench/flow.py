"""The flow of mentions end to end: HTTP in, durable, judged, matched against 200 monitors, stored, counted.

`python -m bench.flow` runs the processes of `tocsin up` (web, alarm, one or more that listen) on the embedded
servers, sends signed batches as a listening suite would, and compares what was accepted with what is stored
and counted. `--seconds 180` is the bar's length; `--workers 2 4` shows how it grows with workers. The stages
alone are measured first, in this process: the slowest is the limit beside which the whole is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles
from typing import Any, TypeVar, cast
from uuid import uuid4

import asyncpg
import psutil
from redis import Redis
from sqlalchemy import select

from bench.ports import await_port
from kit import embedded, log
from kit.core import open_core
from kit.settings import Settings, load
from kit.signing import body_signature
from mentions.copies.fold import Stories
from mentions.drafts.draft import MentionDraft
from mentions.intake.store import enabled_monitors, store
from mentions.item import items_of
from mentions.judging.enrich import enrich
from mentions.monitor import Monitor
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.sources import webhook
from mentions.waiting.batch import Batch, decode, encode
from migrations import run as migrations
from people.organisations import Brand, Organisation
from tocsin.demo import generator
from tocsin.demo.mail import free_port
from tocsin.supervisor import Child

SECRET = "the secret of the flow's benchmark"
MONITORS = 200
BATCH = 100  # mentions in a request
SENDERS = 4
TEXTS = 20_000
T = TypeVar("T")
STEADY = 1_000  # mentions/s at which the delay is measured


def texts(count: int = TEXTS) -> list[str]:
    """What is said: the demo's calm and its crisis, with names that some of the 200 monitors listen for."""
    rng = random.Random(11)
    now = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    said = [draft.text for draft in generator.calm(rng, now, 60, count / 60, "almadia")]
    return [
        f"{text} {'brand' + str(rng.randrange(2 * MONITORS)) if rng.random() < 0.5 else ''}" for text in said
    ]


def queries() -> list[str]:
    """200 monitors: words, phrases and exclusions; about half of the mentions fit one."""
    plain = [f"brand{number} OR #brand{number}go" for number in range(MONITORS - 20)]
    return plain + [f'("almadia ferries" OR almadia) AND brand{number} NOT casting' for number in range(20)]


@dataclass
class Load:
    """What the senders did: for each accepted batch, when it was taken in and how large it was."""

    accepted: list[tuple[float, int]] = field(default_factory=list)
    refused: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    """Part of each id: what a second run sends is not what the first has sent."""

    @property
    def mentions(self) -> int:
        return sum(size for _, size in self.accepted)

    def taken(self) -> None:
        """A batch was answered by 202."""
        self.accepted.append((time.time(), BATCH))


def send(load: Load, port: int, said: Sequence[str], sender: int, rate: float | None) -> None:
    """Send batches one after another until told to stop; at `rate` mentions/s, or as fast as answered.

    What was not answered by 202 is sent again, as a suite does: it must not count twice.
    """
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        number, due = 0, time.monotonic()
        while not load.stop.is_set():
            body = _body(said, f"{load.run}-{sender}", number)
            while not load.stop.is_set():
                try:
                    if _post(connection, body) == 202:
                        load.taken()
                        break
                    load.refused += 1
                except (OSError, HTTPException):
                    load.refused += 1
                    connection.close()
                time.sleep(0.2)
            number += 1
            if rate is not None:
                due += BATCH / rate
                time.sleep(max(0.0, due - time.monotonic()))


def _body(said: Sequence[str], sender: str, number: int) -> bytes:
    at = datetime.now(UTC).isoformat()
    mentions = [
        {
            "id": f"{sender}-{number}-{index}",
            "text": said[(number * BATCH + index) % len(said)],
            "published_at": at,
            "author": f"author_{(number * BATCH + index) % 30_000}",
            "followers": index * 7,
            "url": f"https://social.example/{sender}/{number}/{index}",
        }
        for index in range(BATCH)
    ]
    return json.dumps({"mentions": mentions}).encode()


def _post(connection: HTTPConnection, body: bytes) -> int:
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "X-Tocsin-Timestamp": str(timestamp),
        "X-Tocsin-Signature": body_signature(SECRET, timestamp, body),
    }
    connection.request("POST", "/ingest/flow", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


@contextmanager
def sending(port: int, said: Sequence[str], rate: float | None = None) -> Iterator[Load]:
    """The senders at work, in threads of this process."""
    load = Load()
    share = rate / SENDERS if rate is not None else None
    threads = [
        threading.Thread(target=send, args=(load, port, said, sender, share)) for sender in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in threads:
            thread.join()


async def prepare(settings: Settings) -> None:
    """An empty database with 200 monitors and the source."""
    assert settings.database_url is not None
    await migrations.upgrade(settings.database_url)
    async with open_core(settings) as core, core.database.unit_of_work() as session:
        house = Organisation(name="Bench", kind="house")
        session.add(house)
        await session.flush()
        brand = Brand(name="Bench", slug="bench", organisation_id=house.id)
        session.add_all([brand, Source(name="flow", kind="webhook", secret=SECRET)])
        await session.flush()
        then = core.clock.now()
        session.add_all(
            Monitor(brand_id=brand.id, name=f"m{number}", query=query, created_at=then)
            for number, query in enumerate(queries())
        )


def environment(settings: Settings, port: int) -> dict[str, str]:
    given = {
        "TOCSIN_HOME": str(settings.home),
        "TOCSIN_DATABASE_URL": settings.database_url,
        "TOCSIN_REDIS_URL": settings.redis_url,
        "TOCSIN_SECRET": settings.signing_key,
        "TOCSIN_PORT": str(port),
        "TOCSIN_LOG_LEVEL": "error",
    }
    return {**os.environ, **{name: str(value) for name, value in given.items()}}


@contextmanager
def processes(settings: Settings, port: int, workers: int) -> Iterator[list[Child]]:
    """The processes of `tocsin up`, with so many listening workers, ready to take in."""
    commands = [["web"], ["worker", "--only", "alarm"], *[["worker", "--only", "listening"]] * workers]
    children = [Child(command, environment(settings, port)) for command in commands]
    # once for all starts: what a first one compiles for seconds is not the flow's; it ends with its input
    ahead = [sys.executable, "-m", "alerts.ticker.ahead"]
    with subprocess.Popen(ahead, stdin=subprocess.PIPE, env=environment(settings, port)) as compiling:
        if compiling.wait():
            raise SystemExit("bench.flow: the detector was not compiled")
    for child in children:
        child.start()
    try:
        await_port(port)
        yield children
    finally:
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end(time.monotonic() + 10)


@dataclass(frozen=True)
class Tally:
    """The database's word."""

    stored: int
    counted: int
    recounted: int
    """The sum that the roll-ups must have: a plain count of matches."""


async def tally(url: str) -> Tally:
    connection = await asyncpg.connect(url)
    try:
        return Tally(
            await connection.fetchval("SELECT count(*) FROM mention"),
            await connection.fetchval("SELECT coalesce(sum(volume), 0)::bigint FROM minute_count"),
            await connection.fetchval("SELECT count(*) FROM mention_match"),
        )
    finally:
        await connection.close()


_RECEIVED = "SELECT coalesce(sum(received), 0)::bigint FROM source_health"


async def _received(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(_RECEIVED))
    finally:
        await connection.close()


async def wait_until_stored(url: str, wanted: int, patience: float = 600) -> float:
    """Until so many mentions are stored; returns when that was. One connection: each costs the server."""
    connection = await asyncpg.connect(url)
    try:
        ends = time.time() + patience
        while time.time() < ends:
            if await connection.fetchval(_RECEIVED) >= wanted:
                return time.time()
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    raise SystemExit(f"bench.flow: {wanted:,} mentions were accepted and are not all stored")


def sustained(settings: Settings, seconds: float, workers: int) -> None:
    """As fast as it takes them, for so long."""
    port, said, url = free_port(), texts(), str(settings.database_url)
    with processes(settings, port, workers) as children:
        before = asyncio.run(_received(url))
        spent = _cpu(settings, children)
        began = time.time()
        with sending(port, said) as load:
            time.sleep(seconds)
        ended = asyncio.run(wait_until_stored(url, before + load.mentions))
        spent = {name: now - spent[name] for name, now in _cpu(settings, children).items()}
    found = asyncio.run(tally(url))
    lost = load.mentions - (asyncio.run(_received(url)) - before)
    rate = load.mentions / (ended - began)
    print(f"{workers} worker(s): {rate:,.0f} mentions/s end to end over {ended - began:.0f} s", end="; ")
    cost = ", ".join(f"{name} {1e6 * seconds / load.mentions:,.0f}" for name, seconds in spent.items())
    print(f"µs of CPU a mention: {cost}", end="; ")
    wrong = found.counted - found.recounted
    print(f"{lost:+,} lost, {wrong:+,} counted wrongly", flush=True)


def _cpu(settings: Settings, children: Sequence[Child]) -> dict[str, float]:
    """Seconds of CPU so far of all who share the cores; the senders are this process."""
    web, alarm, *listening = (psutil.Process(child.process.pid) for child in children if child.process)
    postmaster = int((settings.home / "postgres" / "postmaster.pid").read_text().split()[0])
    postgres = psutil.Process(postmaster)
    with closing(Redis.from_url(str(settings.redis_url))) as valkey:
        stream = psutil.Process(cast(dict[str, Any], valkey.info("server"))["process_id"])
    groups = {
        "web": [web],
        "alarm": [alarm],
        "listening": listening,
        "PostgreSQL": [postgres, *postgres.children(recursive=True)],
        "Valkey": [stream],
        "senders": [psutil.Process()],
    }
    return {name: sum(map(_seconds, group)) for name, group in groups.items()}


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def delay(settings: Settings, seconds: float) -> None:
    """From received to counted, at a steady 1,000 mentions/s: by the order in which they were accepted."""
    port, said, url = free_port(), texts(), str(settings.database_url)
    seen: list[tuple[float, int]] = []
    with processes(settings, port, 1):
        before = asyncio.run(_received(url))
        with sending(port, said, STEADY) as load:
            asyncio.run(_watch(url, before, seen, seconds))
        asyncio.run(wait_until_stored(url, before + load.mentions))
    delays, total, at = [], 0, 0
    for accepted, size in sorted(load.accepted):
        total += size
        while at < len(seen) and seen[at][1] < total:
            at += 1
        if at < len(seen):
            delays.append(seen[at][0] - accepted)
    cuts = quantiles(delays, n=100)
    print(
        f"received to counted at {STEADY:,}/s: p50 {cuts[49] * 1000:,.0f} ms, p99 {cuts[98] * 1000:,.0f} ms"
        f" (bar: p99 under 2,000 ms; {len(delays):,} batches)",
        flush=True,
    )


async def _watch(url: str, before: int, seen: list[tuple[float, int]], seconds: float) -> None:
    connection = await asyncpg.connect(url)
    ends = time.time() + seconds
    while time.time() < ends:
        found = await connection.fetchval(_RECEIVED)
        seen.append((time.time(), int(found) - before))
        await asyncio.sleep(0.02)
    await connection.close()


def stages(settings: Settings) -> None:
    """Each stage alone in this process, on one core: mentions/s."""
    said = texts()
    now = datetime.now(UTC)
    drafts = _timed("read from JSON and written to the stream's form", lambda: _taken_in(said, now))
    batch = Batch(1, now, tuple(drafts))
    raw = encode(batch)
    _timed("read from the stream's form", lambda: decode(raw).drafts)
    monitors = tuple(enumerate(queries(), 1))
    scorer = Scorer.load()
    enrich(items_of([Batch(1, now, batch.drafts[:2_000])])[0], scorer, monitors, {})
    _timed("language, sentiment, monitors, harm", lambda: enrich(items_of([batch])[0], scorer, monitors, {}))
    asyncio.run(_stored_alone(settings, drafts, scorer))


def _timed(what: str, act: Callable[[], Sequence[T]]) -> Sequence[T]:
    began = time.perf_counter()
    done = act()
    _print_stage(what, len(done) / (time.perf_counter() - began))
    return done


def _print_stage(what: str, rate: float) -> None:
    print(f"alone: {what:<55} {rate:>9,.0f}/s", flush=True)


def _taken_in(said: Sequence[str], now: datetime) -> list[MentionDraft]:
    drafts: list[MentionDraft] = []
    for number in range(len(said) // BATCH):
        drafts += webhook.receive(_body(said, "alone", number), {}, {}, now).drafts
        encode(Batch(1, now, tuple(drafts[-BATCH:])))
    return drafts


async def _stored_alone(settings: Settings, drafts: Sequence[MentionDraft], scorer: Scorer) -> None:
    """The whole of `store`, with what it judges, in batches as a worker takes them."""
    async with open_core(settings) as core:
        async with core.database.read() as session:
            monitors = await enabled_monitors(session)
            source = (await session.scalars(select(Source.id))).one()
        began, stories = time.perf_counter(), Stories()
        for start in range(0, len(drafts), 20 * BATCH):
            part = Batch(source, core.clock.now(), tuple(drafts[start : start + 20 * BATCH]))
            async with core.database.unit_of_work() as session:
                await store(session, [part], scorer=scorer, monitors=monitors, stories=stories)
        _print_stage("stored, with all that is judged", len(drafts) / (time.perf_counter() - began))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.flow", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--workers", type=int, nargs="*", default=[1])
    options = parser.parse_args(argv)
    log.configure("error", "text")
    for workers in options.workers:
        with servers() as settings:
            asyncio.run(prepare(settings))
            if workers == options.workers[0]:
                stages(settings)
            sustained(settings, options.seconds, workers)
            if workers == options.workers[0]:
                delay(settings, min(options.seconds, 30))
    return 0


@contextmanager
def servers() -> Iterator[Settings]:
    """Empty embedded servers, as `tocsin up` starts them (with the append-only file on)."""
    with tempfile.TemporaryDirectory(prefix="tocsin-flow-") as folder:
        Path(folder).chmod(0o755)
        with embedded.servers(load({"TOCSIN_HOME": folder})) as settings:
            yield settings


if __name__ == "__main__":
    sys.exit(main())
