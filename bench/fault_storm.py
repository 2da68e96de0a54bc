"""500 alerts while web, worker, Valkey and PostgreSQL are killed with their hands full: all are paged.

`python -m bench.fault_storm --seed 1 --alerts 500 --kills 20` sends alerts through `POST /alerts/{source}`
as a tool does that sends again what was not answered with a 202. Each is of a brand with a policy and a
person of its own, so that every one must be paged for by itself. They come in bursts, and in the middle of
each one of the four dies by SIGKILL, in rounds in which each has its turn: web, Valkey and PostgreSQL in the
moment in which an alert was accepted, the worker when it has done all but commit what it made of alerts, and
when it hands a page over. A mail server stands for the provider and counts what really arrives.

Judged when all is quiet: was each alert paged, or escalated to the next level; for how many seconds in which
everything was up its first page was due and had not come; and how often the same (alert, person, channel,
level) was sent twice. What is killed a moment after an alert became due is down for that alert, too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue

import asyncpg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.alerts_in import TOKEN, alert, environment, prepare
from bench.listening_storm import Broker, Database, Process, in_rounds, processes
from bench.moments import Strike, hold, kill_at_commit
from bench.ports import await_port
from kit import log
from kit.settings import Settings, load
from tocsin.demo.mail import free_port

LATE = 10.0  # seconds after it was due in which everything was up
DOUBLES = 0.05  # what the provider has taken, and who offered it died before the record
PATIENCE = 120.0  # seconds to work off what waits after the storm
REPEAT = 0.5  # seconds until a tool sends again what was not answered
SENDERS = 8
BLOWS = (
    ("web", "accepted"),
    ("valkey", "accepted"),
    ("postgres", "accepted"),
    ("worker", "at commit"),
    ("worker", "handing over"),
)
"""Who is killed, and when."""


class Provider:
    """A mail server that remembers which message it took how often, and when first."""

    def __init__(self) -> None:
        self.offered = Strike()
        self.keys: Counter[str] = Counter()
        self.first: dict[str, float] = {}
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        if self.offered.seen():
            return "451 not taken: whoever offered it is dead"
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


def storm(seed: int, alerts: int, kills: int, *, tell: bool = True) -> Outcome:
    """Run it: a kill in each burst of alerts, and a round of `BLOWS` after another."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        broker, database = Broker(folder / "valkey"), Database(folder / "pg")
        try:
            with Provider() as provider:
                settings = replace(
                    load({"TOCSIN_HOME": name}), database_url=database.url, redis_url=broker.url,
                    smtp_url=provider.url, secret="the secret of the storm that nobody else has seen",
                )  # fmt: skip
                asyncio.run(prepare(settings, alerts))
                asyncio.run(hold(database.url, "alert"))
                downtime = _play(settings, broker, database, provider, rng, alerts, kills, tell=tell)
                return asyncio.run(_judge(database.url, alerts, downtime, provider))
        finally:
            broker.stop()
            database.stop()


def _play(
    settings: Settings,
    broker: Broker,
    database: Database,
    provider: Provider,
    rng: random.Random,
    alerts: int,
    kills: int,
    *,
    tell: bool,
) -> Downtime:
    port, began = free_port(), time.time()
    with processes(environment(settings, port)) as ours:
        scene = _Scene(port, database, provider, {**ours, "valkey": broker, "postgres": database})
        await_port(port, within=120)
        asyncio.run(until_paging(database.url, began))
        for number, (victim, moment) in enumerate(in_rounds(BLOWS, kills, rng)):
            if tell:
                print(f"kill {victim} ({moment})", flush=True)
            burst = range(number * alerts // kills, (number + 1) * alerts // kills)
            scene.blow(victim, moment, burst, at=rng.randint(1, len(burst) // 2))
        asyncio.run(_until_quiet(database.url, alerts))
    return scene.downtime


class _Scene:
    """Those who can be killed, and the tool that sends."""

    def __init__(
        self,
        port: int,
        database: Database,
        provider: Provider,
        mortal: dict[str, Process | Broker | Database],
    ) -> None:
        self.downtime = Downtime()
        self._port, self._database, self._provider, self._mortal = port, database, provider, mortal
        self._accepted = Strike()

    def blow(self, victim: str, moment: str, burst: Sequence[int], at: int) -> None:
        """Send a burst, and kill in the middle of it: when its `at`-th is accepted, if that is the moment."""
        died: list[float] = []

        def kill() -> None:
            self._mortal[victim].kill()
            died.append(time.time())

        senders = _Senders(self._port, burst, self._accepted)
        if moment == "at commit":
            asyncio.run(kill_at_commit(self._database.url, kill, senders.start))
        else:
            strike = self._accepted if moment == "accepted" else self._provider.offered
            strike.arm(kill, at if moment == "accepted" else 1)
            senders.start()
            strike.wait()
        self._mortal[victim].start_again()
        await_port(self._port, within=120)
        if victim == "worker":
            asyncio.run(until_paging(self._database.url, died[0]))
        self.downtime.spans.append((died[0], time.time()))
        senders.join()


class _Senders:
    """The tool, with some requests at a time; each again until it is accepted, as all do that mean it."""

    def __init__(self, port: int, burst: Sequence[int], accepted: Strike) -> None:
        self._port, self._accepted = port, accepted
        self._left: SimpleQueue[int] = SimpleQueue()
        for number in burst:
            self._left.put(number)
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        with suppress(Empty):
            while True:
                number = self._left.get_nowait()
                while not _sent(self._port, number):
                    time.sleep(REPEAT)
                self._accepted.seen()


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


async def _judge(url: str, alerts: int, downtime: Downtime, provider: Provider) -> Outcome:
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
    return Outcome(len(rows), unpaged, max(delays, default=0.0), late, sent, doubled, len(downtime.spans))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fault_storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args(argv)
    log.configure("error", "text")
    found = storm(options.seed, options.alerts, options.kills)
    print(
        f"seed {options.seed}, {found.kills} kills: {found.accepted:,} alerts, {found.unpaged:,} neither"
        f" paged nor escalated (bar 0), the latest page after {found.latest:.1f} s in which all was up"
        f" ({found.late:,} later than {LATE:.0f} s, bar 0), {found.doubled:,} of {found.sent:,}"
        f" messages sent twice ({100 * found.doubled / max(1, found.sent):.2f} %, bar {100 * DOUBLES:.0f} %)"
    )
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
