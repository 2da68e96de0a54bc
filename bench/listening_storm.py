"""SIGKILL in mid-load: web, worker and Valkey, ten times and more; nothing accepted is lost or counted twice.

`python -m bench.listening_storm --seed 1 --kills 10` sends batches all the while, as a suite does that sends
again what was not answered. Afterwards each accepted mention must be stored exactly once, and the roll-ups
must be what a plain recount of the matches gives. Valkey runs as `tocsin up` runs it: append-only file on,
written to disk before it answers.
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
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
from redis import Redis

from bench.flow import BATCH, SENDERS, environment, prepare, send, texts
from bench.flow import Load as PlainLoad
from bench.ports import await_port
from kit import embedded, log
from kit.settings import Settings, load
from tocsin.demo.mail import free_port
from tocsin.supervisor import Child

RATE = 800  # mentions/s, all senders together
PATIENCE = 120.0  # seconds to work off what waits after the storm


class Broker:
    """The embedded Valkey, killed and started again on the same append-only file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.url = self._stack.enter_context(embedded.valkey(folder))

    def kill(self) -> None:
        with Redis.from_url(self.url) as redis:
            pid = int(redis.info("server")["process_id"])  # type: ignore[index]
        os.kill(pid, signal.SIGKILL)
        self._stack.close()
        self._stack = ExitStack()
        assert self._stack.enter_context(embedded.valkey(self._folder)) == self.url

    def stop(self) -> None:
        self._stack.close()


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
    """Run the storm; `seconds` of load in which so many processes are killed at random moments."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-storm-") as folder:
        Path(folder).chmod(0o755)
        broker = Broker(Path(folder) / "valkey")
        try:
            with embedded.postgres(Path(folder) / "pg") as url:
                settings = replace(load({"TOCSIN_HOME": folder}), database_url=url, redis_url=broker.url)
                settings = replace(settings, secret="the secret of the storm that nobody else has seen")
                asyncio.run(prepare(settings))
                accepted = _under_fire(settings, broker, rng, kills, seconds, tell=tell)
                return asyncio.run(_judge(url, accepted))
        finally:
            broker.stop()


def _under_fire(
    settings: Settings, broker: Broker, rng: random.Random, kills: int, seconds: float, *, tell: bool
) -> set[str]:
    port = free_port()
    children = {name: Child([name], environment(settings, port)) for name in ("web", "worker")}
    for child in children.values():
        child.start()
    try:
        await_port(port)
        loads, threads = _senders(port)
        victims = [("web", "worker", "valkey")[number % 3] for number in range(kills)]
        rng.shuffle(victims)
        for victim in victims:
            time.sleep(rng.uniform(0.5, 1.5) * seconds / kills)
            if tell:
                print(f"kill {victim}", flush=True)
            _kill(victim, children, broker)
        for load_ in loads:
            load_.stop.set()
        for thread in threads:
            thread.join()
        accepted = {name for load_ in loads for name in load_.ids}
        asyncio.run(_wait_until_stored(str(settings.database_url), broker.url, len(accepted)))
        return accepted
    finally:
        for child in children.values():
            child.ask_to_end()
        for child in children.values():
            child.end(time.monotonic() + 10)


class Load(PlainLoad):
    """Remembers which mentions were accepted."""

    def __init__(self, sender: int) -> None:
        super().__init__()
        self.sender = sender

    @property
    def ids(self) -> list[str]:
        """The senders number their batches, and go on only when one was accepted."""
        numbers = range(len(self.accepted))
        return [f"{self.run}-{self.sender}-{number}-{at}" for number in numbers for at in range(BATCH)]


def _senders(port: int) -> tuple[list[Load], list[threading.Thread]]:
    said = texts(5_000)
    loads = [Load(sender) for sender in range(SENDERS)]
    threads = [
        threading.Thread(target=send, args=(load_, port, said, load_.sender, RATE / SENDERS))
        for load_ in loads
    ]
    for thread in threads:
        thread.start()
    return loads, threads


def _kill(victim: str, children: dict[str, Child], broker: Broker) -> None:
    if victim == "valkey":
        broker.kill()
        return
    process = children[victim].process
    assert process is not None
    process.kill()
    process.wait()
    children[victim].start()


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
    parser.add_argument("--kills", type=int, default=10)
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
