"""SIGKILL in mid-load: web, worker, Valkey, PostgreSQL; nothing accepted is lost or counted twice.

`python -m bench.listening_storm --seed 1 --kills 12` sends batches all the while, as a suite does that sends
again what was not answered. Each dies in its turn and with its hands full: the worker when it has done all
but commit, the others in the moment in which a batch was accepted. Afterwards each accepted mention must be
stored exactly once, and the roll-ups must be what a plain recount of the matches gives. Valkey runs as
`tocsin up` runs it: append-only file on, written to disk before it answers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import asyncpg
import psutil
from redis import Redis

from bench.flow import BATCH, SENDERS, environment, prepare, send, texts
from bench.flow import Load as PlainLoad
from bench.moments import Strike, hold, kill_at_commit
from bench.ports import await_port
from kit import embedded, log
from kit.settings import Settings, load
from tocsin.demo.mail import free_port
from tocsin.supervisor import Child

RATE = 800  # mentions/s, all senders together
VICTIMS = ("web", "worker", "valkey", "postgres")
PATIENCE = 120.0  # seconds to work off what waits after the storm


class Broker:
    """The embedded Valkey, killed and started again on the same append-only file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start()

    def _start(self) -> None:
        self._stack = ExitStack()
        self.url = self._stack.enter_context(embedded.valkey(self._folder))
        with Redis.from_url(self.url) as redis:
            self._pid = int(redis.info("server")["process_id"])

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    def start_again(self) -> None:
        self.stop()
        self._start()

    def stop(self) -> None:
        self._stack.close()


class Database:
    """The embedded PostgreSQL, killed with everything below it, and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start()

    def _start(self) -> None:
        self._stack = ExitStack()
        self.url = self._stack.enter_context(embedded.postgres(self._folder))

    def kill(self) -> None:
        postmaster = psutil.Process(int((self._folder / "postmaster.pid").read_text().splitlines()[0]))
        self._killed = [postmaster, *postmaster.children()]
        for one in self._killed:
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def start_again(self) -> None:
        psutil.wait_procs(self._killed, timeout=10)
        with suppress(Exception):  # what it stops is gone already
            self.stop()
        self._start()

    def stop(self) -> None:
        self._stack.close()


class Process:
    """Web or worker, killed and started again."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.child = Child([name], environment)
        self.child.start()

    def kill(self) -> None:
        assert self.child.process is not None
        self.child.process.kill()

    def start_again(self) -> None:
        assert self.child.process is not None
        self.child.process.wait()
        self.child.start()


@contextmanager
def processes(environment: dict[str, str]) -> Iterator[dict[str, Process]]:
    found = {name: Process(name, environment) for name in ("web", "worker")}
    try:
        yield found
    finally:
        for one in found.values():
            one.child.ask_to_end()
        for one in found.values():
            one.child.end(time.monotonic() + 10)


@dataclass(frozen=True)
class Outcome:
    """What the database says after the storm."""

    accepted: int
    lost: int
    doubled: int
    miscounted: int

    @property
    def clean(self) -> bool:
        return (self.lost, self.doubled, self.miscounted) == (0, 0, 0)


def storm(seed: int, kills: int, seconds: float, *, tell: bool = True) -> Outcome:
    """Run the storm: so many kills in about so many seconds of load, in rounds of all victims."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-storm-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        broker, database = Broker(Path(folder) / "valkey"), Database(Path(folder) / "pg")
        try:
            settings = replace(load({"TOCSIN_HOME": folder}), database_url=database.url, redis_url=broker.url)
            settings = replace(settings, secret="the secret of the storm that nobody else has seen")
            asyncio.run(prepare(settings))
            asyncio.run(hold(database.url, "source_health"))
            accepted = _under_fire(settings, broker, database, rng, kills, seconds, tell=tell)
            return asyncio.run(_judge(database.url, accepted))
        finally:
            broker.stop()
            database.stop()


def _under_fire(
    settings: Settings,
    broker: Broker,
    database: Database,
    rng: random.Random,
    kills: int,
    seconds: float,
    *,
    tell: bool,
) -> set[str]:
    port, strike = free_port(), Strike()
    with processes(environment(settings, port)) as ours:
        mortal: dict[str, Process | Broker | Database] = {**ours, "valkey": broker, "postgres": database}
        await_port(port)
        with _sending(port, strike) as loads:
            for victim in in_rounds(VICTIMS, kills, rng):
                time.sleep(rng.uniform(0.5, 1.5) * seconds / kills)
                if tell:
                    print(f"kill {victim}", flush=True)
                if victim == "worker":
                    asyncio.run(kill_at_commit(database.url, ours["worker"].kill))
                else:
                    strike.arm(mortal[victim].kill)
                    strike.wait()
                mortal[victim].start_again()
        accepted = {name for load_ in loads for name in load_.ids}
        asyncio.run(_wait_until_stored(database.url, broker.url, len(accepted)))
        return accepted


T = TypeVar("T")


def in_rounds(all_of: Sequence[T], count: int, rng: random.Random) -> Iterator[T]:
    """So many of them, in rounds in which each has its turn; the order is another one in each round."""
    for number in range(count):
        if number % len(all_of) == 0:
            order = rng.sample(all_of, len(all_of))
        yield order[number % len(all_of)]


class Load(PlainLoad):
    """Remembers which mentions were accepted, and tells who waits for that."""

    def __init__(self, sender: int, strike: Strike) -> None:
        super().__init__()
        self.sender, self._strike = sender, strike

    @property
    def ids(self) -> list[str]:
        """The senders number their batches, and go on only when one was accepted."""
        numbers = range(len(self.accepted))
        return [f"{self.run}-{self.sender}-{number}-{at}" for number in numbers for at in range(BATCH)]

    def taken(self) -> None:
        self._strike.seen()
        super().taken()


@contextmanager
def _sending(port: int, strike: Strike) -> Iterator[list[Load]]:
    said = texts(5_000)
    loads = [Load(sender, strike) for sender in range(SENDERS)]
    threads = [
        threading.Thread(target=send, args=(load_, port, said, load_.sender, RATE / SENDERS))
        for load_ in loads
    ]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        for load_ in loads:
            load_.stop.set()
        for thread in threads:
            thread.join()


async def _wait_until_stored(url: str, broker: str, wanted: int) -> None:
    ends = time.time() + PATIENCE
    connection = await asyncpg.connect(url)
    with Redis.from_url(broker) as redis:
        while time.time() < ends:
            found = await connection.fetchval("SELECT count(*) FROM mention")
            if found >= wanted and not redis.xlen("tocsin:mentions"):
                break
            await asyncio.sleep(0.5)
    await connection.close()


async def _judge(url: str, accepted: set[str]) -> Outcome:
    connection = await asyncpg.connect(url)
    stored = [row[0] for row in await connection.fetch("SELECT native_id FROM mention")]
    counted = await connection.fetchval("SELECT coalesce(sum(volume), 0)::bigint FROM minute_count")
    recounted = await connection.fetchval("SELECT count(*) FROM mention_match")
    await connection.close()
    distinct = set(stored)
    return Outcome(len(accepted), len(accepted - distinct), len(stored) - len(distinct), counted - recounted)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.listening_storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args(argv)
    log.configure("error", "text")
    found = storm(options.seed, options.kills, options.seconds)
    print(
        f"{options.kills} kills: {found.accepted:,} mentions accepted, {found.lost:,} lost,"
        f" {found.doubled:,} stored twice, {found.miscounted:+,} counted wrongly (bar 0, 0, 0)"
    )
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
