"""Alerts from other tools: how many are stored per second, how fast, at which cost, and whether any is lost.

`python -m bench.alerts_in` starts the web process and the worker as production does, on the embedded servers,
and Alerta beside them (its package from PyPI in a virtual environment of its own, its web server two gunicorn
workers, on the same PostgreSQL): 16 clients send one alert per request and wait for the answer. Then 2,000
are sent and the web process is killed right after the last answer; 50 alerts a second are sent until their
pages are at the provider; and one alert is acknowledged while 10,000 are open.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from typing import Any

import asyncpg
import psutil
from sqlalchemy import insert, select

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.incoming.source import AlertSource
from alerts.page import EscalationPolicy
from bench.ports import await_port
from kit import embedded, log
from kit.core import open_core
from kit.settings import Settings, load
from migrations import run as migrations
from people.members import Member
from people.organisations import Brand, Organisation
from people.signin import viewer_from
from runbooks import library
from tests.mailbox import Mailbox
from tocsin.alive import is_alive
from tocsin.demo.mail import free_port
from tocsin.supervisor import Child

CLIENTS = 16
SECONDS = 10.0
HOT_KEYS = 20
KILLED = 2_000
OPEN = 10_000
ACKNOWLEDGED = 40
RATE = 50  # alerts a second, each of a brand of its own
PAGED = 1_000
TOKEN = "the-token-of-the-benchmark"
ALERTA = ("alerta-server==9.1.0", "psycopg2-binary", "gunicorn")

Body = Callable[[int, int], bytes]


@dataclass
class Outcome:
    """What the clients saw."""

    answered: int
    seconds: float
    latencies: list[float]
    cpu: float = 0.0
    """Seconds of processor of the server, its database's share included."""

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def p95(self) -> float:
        return quantiles(self.latencies, n=20)[-1]


def alert(key: str, brand: int = 0) -> bytes:
    """An alert as a monitoring tool words it."""
    return json.dumps(
        {
            "key": key, "title": f"{key} is down", "severity": "critical", "brand": f"brand-{brand}",
            "text": "No answer for five minutes.", "labels": {"host": key, "job": "node"},
        }
    ).encode()  # fmt: skip


def unique(client: int, number: int) -> bytes:
    return alert(f"u-{client}-{number}")


def hot(client: int, number: int) -> bytes:
    return alert(f"h-{(client + number) % HOT_KEYS}")


def alerta(client: int, number: int) -> bytes:
    """The same to Alerta."""
    return json.dumps(
        {
            "resource": f"u-{client}-{number}", "event": "down", "environment": "Production",
            "severity": "critical", "service": ["web"], "text": "No answer for five minutes.",
        }
    ).encode()  # fmt: skip


def pour(
    port: int,
    path: str,
    body: Body,
    *,
    seconds: float | None = None,
    most: int | None = None,
    good: int = 202,
) -> Outcome:
    """16 clients, each with a connection of its own, one request after the other."""
    latencies: list[list[float]] = [[] for _ in range(CLIENTS)]
    ends = time.perf_counter() + (seconds or 1e9)
    each = most // CLIENTS if most else 10**9

    def client(number: int) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            for count in range(each):
                if time.perf_counter() > ends:
                    break
                began = time.perf_counter()
                connection.request("POST", path, body(number, count), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != good:
                    raise RuntimeError(f"{path} answered {answer.status}")
                latencies[number].append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for found in latencies for one in found]
    return Outcome(len(every), time.perf_counter() - began, every)


def processor(*roots: int) -> float:
    """Seconds of processor that these processes and those below them have used."""
    used = 0.0
    for root in roots:
        try:
            tree = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
            used += sum(sum(one.cpu_times()[:2]) for one in tree)
        except psutil.NoSuchProcess:
            continue
    return used


def measured(
    port: int, path: str, body: Body, pids: Sequence[int], database: int, good: int = 202
) -> Outcome:
    """Ten seconds of load, with what it cost the server and its database."""
    before = processor(*pids, database)
    outcome = pour(port, path, body, seconds=SECONDS, good=good)
    outcome.cpu = processor(*pids, database) - before
    return outcome


def environment(settings: Settings, port: int) -> dict[str, str]:
    given: dict[str, Any] = {
        "TOCSIN_HOME": settings.home,
        "TOCSIN_DATABASE_URL": settings.database_url,
        "TOCSIN_REDIS_URL": settings.redis_url,
        "TOCSIN_SECRET": settings.secret,
        "TOCSIN_SMTP_URL": settings.smtp_url or "",
        "TOCSIN_PORT": port,
        "TOCSIN_LOG_LEVEL": "error",
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


async def prepare(settings: Settings, brands: int) -> None:
    """A house with a source, runbooks, and brands that page one person each: no messages are bundled."""
    assert settings.database_url is not None
    await migrations.upgrade(settings.database_url)
    async with open_core(settings) as core, core.database.unit_of_work() as session:
        await library.seed(session, now=core.clock.now())
        house = Organisation(name="Bench", kind="house")
        session.add(house)
        session.add(AlertSource(name="bench", format="own", path_token=TOKEN))
        await session.flush()
        people = [
            Member(organisation_id=house.id, name=f"Ada {n}", email=f"ada{n}@bench.test", role="responder")
            for n in range(brands)
        ]
        names = [Brand(name=f"Brand {n}", slug=f"brand-{n}", organisation_id=house.id) for n in range(brands)]
        session.add_all([*people, *names])
        await session.flush()
        for member, brand in zip(people, names, strict=True):
            levels = [{"targets": [{"member": member.id}], "wait_minutes": 30}]
            session.add(EscalationPolicy(name=brand.name, brand_id=brand.id, levels=levels, repeats=0))


@contextmanager
def child(command: str, settings: Settings, port: int) -> Iterator[Child]:
    one = Child([command], environment(settings, port))
    one.start()
    try:
        if command == "web":
            await_port(port)
        yield one
    finally:
        one.ask_to_end()
        one.end(time.monotonic() + 10)


def postmaster(folder: Path) -> int:
    return int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def alerta_server(url: str, folder: Path) -> Iterator[tuple[int, int] | None]:
    """Alerta behind gunicorn, port and pid; None, with the reason told, where it cannot be installed."""
    venv, port = folder / "alerta", free_port()
    try:
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, capture_output=True)
        pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", *ALERTA]
        subprocess.run(pip, check=True, capture_output=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"Alerta is not measured: it cannot be installed here ({type(error).__name__}).")
        yield None
        return
    config = folder / "alertad.conf"
    config.write_text(
        f"DATABASE_URL = {url!r}\nAUTH_REQUIRED = False\nSECRET_KEY = 'of the benchmark alone'\n"
        "PLUGINS = ['reject', 'blackout']\nRATE_LIMIT = None\n"
    )
    serve = [str(venv / "bin/gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "alerta:create_app()"]
    server = subprocess.Popen(
        serve,
        env={**os.environ, "ALERTA_SVR_CONF_FILE": str(config)},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "alerta.log").open("w"),
    )
    try:
        await_port(port, "/", below=500)
        yield port, server.pid
    except RuntimeError as error:
        print(f"Alerta is not measured: {error}; {(folder / 'alerta.log').read_text()[-500:]}")
        yield None
    finally:
        server.terminate()
        server.wait(20)


async def counted(url: str, question: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(question))
    finally:
        await connection.close()


async def lost(settings: Settings, port: int) -> int:
    """2,000 alerts; the web process is killed when the last of them is answered; how many are not there."""
    with child("web", settings, port) as web:
        pour(port, f"/alerts/bench/{TOKEN}", lambda c, n: alert(f"k-{c}-{n}"), most=KILLED)
        assert web.process is not None
        os.kill(web.process.pid, signal.SIGKILL)
    question = "SELECT count(*) FROM incoming_alert WHERE key LIKE 'k-%'"
    return KILLED - await counted(str(settings.database_url), question)


async def acknowledged(settings: Settings) -> float:
    """The p95 of seconds to acknowledge one of 10,000 open alerts, all of one brand."""
    async with open_core(settings) as core:
        now = core.clock.now()
        async with core.database.unit_of_work() as session:
            brand_id = await session.scalar(select(Brand.id).order_by(Brand.id).limit(1))
            row: dict[str, Any] = {
                "brand_id": brand_id, "signal": "tool", "level": "amber", "title": "Down", "evidence": {},
                "since": now, "opened_at": now, "pages": True, "state": "open",
            }  # fmt: skip
            await session.execute(insert(Alert), [row] * OPEN)
        async with core.database.read() as session:
            viewer = viewer_from(await session.get_one(Member, 1))
            query = select(Alert.id).where(Alert.state == "open").order_by(Alert.id.desc())
            newest = (await session.scalars(query.limit(ACKNOWLEDGED))).all()
        took = []
        for alert_id in newest:
            began = time.perf_counter()
            async with core.database.unit_of_work() as session:
                await acknowledge(session, viewer, alert_id, now=core.clock.now())
            took.append(time.perf_counter() - began)
    return quantiles(took, n=20)[-1]


async def handed_over(settings: Settings) -> tuple[list[float], float]:
    """Of alerts at a steady rate: seconds from the 202 to the provider's own taking of the page; and the
    worker's seconds of processor for all."""
    port = free_port()
    async with Mailbox() as mail:
        settings = replace(settings, smtp_url=mail.url)
        with child("web", settings, port), child("worker", settings, port) as worker:
            await _worker_up(settings)
            assert worker.process is not None
            before = processor(worker.process.pid)
            await asyncio.to_thread(_steadily, port)
            question = "SELECT count(*) FROM page WHERE state IN ('due', 'sending')"
            ends = time.monotonic() + 60
            while time.monotonic() < ends and await _any_left(settings, question, _WAITING):  # noqa: ASYNC110
                await asyncio.sleep(0.5)
            cpu = processor(worker.process.pid) - before
        connection = await asyncpg.connect(str(settings.database_url))
        rows = await connection.fetch(_TOOK)
        await connection.close()
        mail.take_all()
    return [float(row[0]) for row in rows], cpu


async def _worker_up(settings: Settings) -> None:
    """Its imports take seconds of processor time: without this the alerts would wait for those."""
    async with asyncio.timeout(60):
        while not is_alive(settings.home):  # noqa: ASYNC110 - a file is what it gives
            await asyncio.sleep(0.1)


async def _any_left(settings: Settings, *questions: str) -> bool:
    return any([await counted(str(settings.database_url), question) for question in questions])


_WAITING = "SELECT count(*) FROM incoming_alert WHERE key LIKE 'p-%' AND due_at IS NOT NULL"
_TOOK = """
  SELECT extract(epoch FROM min(p.sent_at) - i.first_at) FROM incoming_alert i
  JOIN page p ON p.alert_id = i.alert_id AND p.sent_at IS NOT NULL WHERE i.key LIKE 'p-%' GROUP BY i.id
"""


def _steadily(port: int) -> None:
    began = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for number in range(PAGED):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            connection.request("POST", f"/alerts/bench/{TOKEN}", alert(f"p-{number}", brand=number + 1))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202, answer.status


def row(what: str, value: str, bar: str = "") -> None:
    print(f"{what:<58} {value:>20}   {bar and 'bar ' + bar}", flush=True)


def main() -> int:
    log.configure("error", "text")
    folder = Path(tempfile.mkdtemp(prefix="tocsin-alerts-"))
    folder.chmod(0o755)
    try:
        with embedded.postgres(folder / "pg") as url, embedded.valkey(folder / "valkey") as broker:
            settings = replace(
                load({"TOCSIN_HOME": str(folder)}), database_url=url, redis_url=broker,
                secret="the secret of the benchmark that nobody else knows",
            )  # fmt: skip
            asyncio.run(prepare(settings, PAGED + 1))
            return _run(settings, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(settings: Settings, folder: Path) -> int:
    port, database = free_port(), postmaster(folder)
    path = f"/alerts/bench/{TOKEN}"
    with child("web", settings, port) as web:
        assert web.process is not None
        pour(port, path, unique, seconds=1)
        ours = measured(port, path, unique, [web.process.pid], database)
        onto_hot = measured(port, path, hot, [web.process.pid], database)
    with alerta_server(_other_database(settings), folder) as found:
        peer = None
        if found is not None:
            pour(found[0], "/alert", alerta, seconds=1, good=201)
            peer = measured(
                found[0], "/alert", lambda c, n: alerta(c + CLIENTS, n), [found[1]], database, good=201
            )
    row("stored through POST /alerts, 16 clients, unique keys", f"{ours.rate:,.0f}/s", "8 x Alerta")
    if peer is not None:
        row("Alerta 9.1, the same", f"{peer.rate:,.0f}/s")
        row("ratio", f"{ours.rate / peer.rate:.1f}", "8")
        row("Alerta's processor time per alert", f"{1000 * peer.cpu / peer.answered:.1f} ms")
    row("p95", f"{1000 * ours.p95:.0f} ms", "< 100 ms")
    row(
        "processor time per stored alert, database included",
        f"{1000 * ours.cpu / ours.answered:.2f} ms",
        "4 ms",
    )
    row(f"the same onto {HOT_KEYS} hot keys", f"{onto_hot.rate:,.0f}/s", "no slower")
    missing = asyncio.run(lost(settings, free_port()))
    row(f"lost of {KILLED:,} when killed after the last 202", str(missing), "0")
    asyncio.run(_forget(settings))
    took, cpu = asyncio.run(handed_over(settings))
    row(f"accepted to handed to the provider at {RATE}/s: pages", f"{len(took):,} of {PAGED:,}")
    if len(took) > 1:
        row("  p50", f"{median(took):.2f} s", "< 0.5 s")
        row("  p95", f"{quantiles(took, n=20)[-1]:.2f} s", "< 2 s")
        row("  the worker's processor time per alert", f"{1000 * cpu / len(took):.1f} ms")
    row(
        f"acknowledge one while {OPEN:,} are open, p95",
        f"{1000 * asyncio.run(acknowledged(settings)):.0f} ms",
        "< 50 ms",
    )
    return int(missing > 0)


async def _forget(settings: Settings) -> None:
    """What was only meant to be stored need not be paged for in the next measurement."""
    connection = await asyncpg.connect(str(settings.database_url))
    await connection.execute("TRUNCATE incoming_alert")
    await connection.close()


def _other_database(settings: Settings) -> str:
    """A database for Alerta on the same server, reached as psycopg2 does."""

    async def make() -> None:
        connection = await asyncpg.connect(str(settings.database_url))
        await connection.execute("CREATE DATABASE alerta")
        await connection.close()

    asyncio.run(make())
    head, _, query = str(settings.database_url).partition("?")
    return f"{head.rsplit('/', 1)[0]}/alerta{'?' + query if query else ''}"


if __name__ == "__main__":
    sys.exit(main())
