"""500 alerts while web, worker, Valkey and PostgreSQL are killed at random points: all are paged.

`python -m bench.fault_storm --seed 1 --alerts 500 --seconds 180` sends alerts through `POST /alerts/{source}`
as a tool does that sends again what was not answered with a 202. Each is of a brand with a policy and a
person of its own, so that every one must be paged for by itself. Every few seconds one of the four dies by
SIGKILL and is started again. A mail server stands for the provider and counts what really arrives.

Judged when all is quiet: was each alert paged, or escalated to the next level; for how many seconds in which
everything was up its first page was due and had not come; and how often the same (alert, person, channel,
level) was sent twice. What is killed a moment after an alert became due is down for that alert, too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import asyncpg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.alerts_in import TOKEN, alert, environment, postmaster, prepare
from bench.listening_storm import Broker
from bench.ports import await_port
from kit import embedded, log
from kit.settings import Settings, load
from tocsin.demo.mail import free_port
from tocsin.supervisor import Child

LATE = 10.0  # seconds after it was due in which everything was up
DOUBLES = 0.01
PATIENCE = 120.0  # seconds to work off what waits after the storm
REPEAT = 0.5  # seconds until a tool sends again what was not answered
VICTIMS = ("web", "worker", "valkey", "postgres")


class Provider:
    """A mail server that remembers which message it took how often, and when first."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.first: dict[str, float] = {}
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        key = str(message_from_bytes(content)["Message-ID"])
        self.keys[key] += 1
        self.first.setdefault(key, time.time())
        return "250 taken"

    def __enter__(self) -> Provider:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"


class Database:
    """The embedded PostgreSQL, killed with everything below it, and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.url = self._stack.enter_context(embedded.postgres(folder / "pg"))

    def kill(self) -> None:
        os.kill(postmaster(self._folder), signal.SIGKILL)
        time.sleep(0.2)  # its children notice by themselves
        with suppress(Exception):  # what it stops is gone already
            self._stack.close()
        self._stack = ExitStack()
        self.url = self._stack.enter_context(embedded.postgres(self._folder / "pg"))

    def stop(self) -> None:
        self._stack.close()


@dataclass
class Downtime:
    """When something was not up, in Unix seconds."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    def up_between(self, since: float, until: float) -> float:
        """Seconds between the two in which everything was up. Spans do not overlap."""
        down = (min(ends, until) - max(begins, since) for begins, ends in self.spans)
        return until - since - sum(one for one in down if one > 0)


@dataclass(frozen=True)
class Outcome:
    """What the database and the provider say after the storm."""

    accepted: int
    unpaged: int
    """Alerts that were accepted, and neither paged nor escalated."""
    latest: float
    """Seconds of `Downtime.up_between` for the latest first page."""
    late: int
    sent: int
    doubled: int
    kills: int

    @property
    def clean(self) -> bool:
        return not self.unpaged and not self.late and self.doubled <= DOUBLES * max(1, self.sent)


def storm(seed: int, alerts: int, seconds: float, *, every: float = 6.0, tell: bool = True) -> Outcome:
    """Run it; something is killed about `every` so many seconds."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        broker, database = Broker(folder / "valkey"), Database(folder)
        try:
            with Provider() as provider:
                settings = replace(
                    load({"TOCSIN_HOME": name}), database_url=database.url, redis_url=broker.url,
                    smtp_url=provider.url, secret="the secret of the storm that nobody else has seen",
                )  # fmt: skip
                asyncio.run(prepare(settings, alerts))
                scene = _Scene(settings, broker, database, rng, tell)
                kills = scene.play(alerts, seconds, every)
                return asyncio.run(_judge(database.url, alerts, scene.downtime, provider, kills))
        finally:
            broker.stop()
            with suppress(Exception):
                database.stop()


class _Scene:
    """The processes, what kills them, and the tool that sends."""

    def __init__(
        self, settings: Settings, broker: Broker, database: Database, rng: random.Random, tell: bool
    ) -> None:
        self.downtime = Downtime()
        self._broker, self._database, self._rng, self._tell = broker, database, rng, tell
        self._port = free_port()
        self._url = str(settings.database_url)
        self._children = {
            name: Child([name], environment(settings, self._port)) for name in ("web", "worker")
        }

    def play(self, alerts: int, seconds: float, every: float) -> int:
        for child in self._children.values():
            child.start()
        try:
            await_port(self._port, within=120)
            tool = threading.Thread(target=_send_all, args=(self._port, alerts, seconds))
            tool.start()
            kills, ends = 0, time.monotonic() + seconds
            while time.monotonic() < ends:
                time.sleep(self._rng.uniform(0.5, 1.5) * every)
                self._kill(self._rng.choice(VICTIMS))
                kills += 1
            tool.join()
            asyncio.run(_until_quiet(self._database.url, alerts))
            return kills
        finally:
            for child in self._children.values():
                child.ask_to_end()
            for child in self._children.values():
                child.end(time.monotonic() + 10)

    def _kill(self, victim: str) -> None:
        if self._tell:
            print(f"kill {victim}", flush=True)
        began = time.time()
        acts: dict[str, Callable[[], None]] = {"valkey": self._broker.kill, "postgres": self._database.kill}
        acts.get(victim, lambda: self._restart(victim))()
        await_port(self._port, within=120)
        if victim == "worker":
            asyncio.run(until_paging(self._database.url, began))
        self.downtime.spans.append((began, time.time()))

    def _restart(self, name: str) -> None:
        process = self._children[name].process
        assert process is not None
        process.kill()
        process.wait()
        self._children[name].start()


def _send_all(port: int, alerts: int, seconds: float) -> None:
    """At a steady pace, each again until it is accepted, as every tool does that means it."""
    began = time.monotonic()
    for number in range(alerts):
        time.sleep(max(0.0, began + number * seconds / alerts - time.monotonic()))
        while not _sent(port, number):
            time.sleep(REPEAT)


def _sent(port: int, number: int) -> bool:
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=15)) as connection:
            connection.request("POST", f"/alerts/bench/{TOKEN}", alert(f"s-{number}", brand=number))
            with closing(connection.getresponse()) as answer:  # one that says that it closes keeps the socket
                return answer.status == 202 and json.loads(answer.read())["accepted"] == 1
    except (OSError, HTTPException, ValueError):
        return False


async def _ask(url: str, question: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(question))
    finally:
        await connection.close()


async def until_paging(url: str, since: float) -> None:
    """A worker says that it has done a round."""
    question = f"SELECT count(*) FROM pulse WHERE part = 'paging' AND at > to_timestamp({since})"
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and not await _ask(url, question):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def _until_quiet(url: str, alerts: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        paged = await _ask(url, "SELECT count(DISTINCT alert_id) FROM page WHERE state = 'sent'")
        waiting = await _ask(url, "SELECT count(*) FROM page WHERE state = 'sending'")
        if paged >= alerts and not waiting:
            return
        await asyncio.sleep(0.5)


_FIRST = """
  SELECT extract(epoch FROM i.first_at)::float, array_remove(array_agg(p.provider_id), NULL),
    coalesce(max(e.step), 0)
  FROM incoming_alert i LEFT JOIN escalation e ON e.alert_id = i.alert_id
  LEFT JOIN page p ON p.alert_id = i.alert_id AND p.sent_at IS NOT NULL GROUP BY i.id
"""


async def _judge(url: str, alerts: int, downtime: Downtime, provider: Provider, kills: int) -> Outcome:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(_FIRST)
    await connection.close()
    taken = [
        (due, min((provider.first[one] for one in names if one in provider.first), default=None), step)
        for due, names, step in rows
    ]
    unpaged = alerts - len(rows) + sum(first is None and step < 2 for _, first, step in taken)
    delays = [downtime.up_between(due, first) for due, first, _ in taken if first is not None]
    doubled = sum(count - 1 for count in provider.keys.values())
    late = sum(delay > LATE for delay in delays)
    sent = sum(provider.keys.values())
    return Outcome(len(rows), unpaged, max(delays, default=0.0), late, sent, doubled, kills)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fault_storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=180)
    options = parser.parse_args(argv)
    log.configure("error", "text")
    found = storm(options.seed, options.alerts, options.seconds)
    print(
        f"seed {options.seed}, {found.kills} kills: {found.accepted:,} alerts, {found.unpaged:,} neither"
        f" paged nor escalated (bar 0), the latest page after {found.latest:.1f} s in which all was up"
        f" ({found.late:,} later than {LATE:.0f} s, bar 0), {found.doubled:,} of {found.sent:,}"
        f" messages sent twice ({100 * found.doubled / max(1, found.sent):.2f} %, bar 1 %)"
    )
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
