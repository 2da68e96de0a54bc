"""From a mention to a page, and from one browser to another: whole paths through the real parts.

Everything runs in this process on the embedded servers, so the figures hold the cost of both ends.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import uvicorn
import websockets
from msgspec import structs
from sqlalchemy import select

from alerts.open import open_alert
from kit import embedded, log
from kit.core import Core, open_core
from kit.settings import Settings, load
from mentions.copies.fold import Stories
from mentions.intake.store import enabled_monitors, store
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.waiting.batch import Batch
from migrations import run as migrations
from people.organisations import Brand
from runbooks import library
from tests.mailbox import Mailbox
from tests.world import EVIDENCE, PASSWORD
from tocsin import setup, worker
from tocsin.commands.demo import COMPANY
from tocsin.demo import generator
from tocsin.demo.mail import free_port
from web.app import create_app

PAGES = 20
CHANGES = 50
MENTIONS = 20_000
BATCH = 2_000


@dataclass(frozen=True)
class Figure:
    what: str
    value: str
    bar: str


def main() -> list[Figure]:
    """Run all and return the table's rows."""
    log.configure("error", "text")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        Path(folder).chmod(0o755)
        began = time.perf_counter()
        with embedded.servers(load({"TOCSIN_HOME": folder})) as settings:
            started = time.perf_counter() - began
            figures = asyncio.run(_all(settings))
    return [Figure("embedded PostgreSQL and Valkey, first start", f"{started:.1f} s", ""), *figures]


async def _all(settings: Settings) -> list[Figure]:
    assert settings.database_url is not None
    began = time.perf_counter()
    await migrations.upgrade(settings.database_url)
    migrated = time.perf_counter() - began
    async with Mailbox() as mail:
        port = free_port()
        chosen = replace(settings, smtp_url=mail.url, port=port, public_url=f"http://127.0.0.1:{port}")
        async with open_core(chosen) as core:
            async with core.database.unit_of_work() as session:
                await library.seed(session, now=core.clock.now())
                await setup.apply(session, setup.read(COMPANY), now=core.clock.now())
            rate = await mentions_stored(core)
            paged = await alert_to_smtp(core, mail)
            seen = await change_to_other_browser(core, port)
            mail.take_all()
    return [
        Figure("migration of an empty database", f"{migrated:.1f} s", ""),
        Figure("mentions stored: language, sentiment, matched, counted", f"{rate:,.0f}/s", "2,500/s"),
        Figure("alert stored to page handed to SMTP, p50 / p95", _ms(paged), "500 / 2,000 ms"),
        Figure("a change to another browser's subscription, p50 / p95", _ms(seen), "1,000 ms"),
    ]


def _ms(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.0f} / {quantiles(seconds, n=20)[-1] * 1000:.0f} ms"


async def mentions_stored(core: Core) -> float:
    """Mentions per second through `store`, in batches as the worker takes them."""
    now, scorer, stories = core.clock.now(), Scorer.load(), Stories()
    drafts = generator.calm(random.Random(1), now - timedelta(days=7), 7 * 1440, MENTIONS / 10080, "almadia")
    async with core.database.read() as session:
        source = (await session.execute(select(Source).where(Source.name == "demo"))).scalar_one()
        monitors = await enabled_monitors(session)
    began = time.perf_counter()
    for start in range(0, len(drafts), BATCH):
        batch = [structs.replace(d, arrived_at=d.published_at) for d in drafts[start : start + BATCH]]
        async with core.database.unit_of_work() as session:
            await store(
                session,
                [Batch(source.id, now, tuple(batch))],
                scorer=scorer,
                monitors=monitors,
                stories=stories,
            )
    return len(drafts) / (time.perf_counter() - began)


async def alert_to_smtp(core: Core, mail: Mailbox) -> list[float]:
    """Seconds from an alert's commit to its page in the mail server, one alert after another."""
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(core, stop))
    await asyncio.sleep(3)
    async with core.database.unit_of_work() as session:
        brand = (await session.execute(select(Brand).where(Brand.slug == "almadia"))).scalar_one()
    took = []
    for number in range(PAGES):
        seen = mail.attempts
        began = time.perf_counter()
        async with core.database.unit_of_work() as session:
            alert = await open_alert(
                session,
                brand_id=brand.id,
                monitor_id=None,
                signal="volume",
                level="red",
                title=f"Almadía Ferries: alert {number}",
                evidence=EVIDENCE,
                since=core.clock.now(),
                now=core.clock.now(),
            )
        while mail.attempts == seen:  # noqa: ASYNC110 - the server's own counter is what is measured
            await asyncio.sleep(0.002)
        took.append(time.perf_counter() - began)
        async with core.database.unit_of_work() as session:
            (await session.get_one(type(alert), alert.id)).ended_at = core.clock.now()
    stop.set()
    await running
    return took


async def change_to_other_browser(core: Core, port: int) -> list[float]:
    """Seconds from sending a note over HTTP to its arrival in somebody else's open subscription."""
    config = uvicorn.Config(create_app(core), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
        await asyncio.sleep(0.02)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"X-Tocsin-CSRF": "1"}
        ) as client:
            await _graphql(
                client,
                'mutation { signIn(email: "helen@llevant.example", '
                f'password: "{PASSWORD}") {{ __typename }} }}',
            )
            number = await _incident(client)
            return await _measure(client, port, number)
    finally:
        server.should_exit = True
        await task


async def _incident(client: httpx.AsyncClient) -> str:
    found = await _graphql(client, '{ incidents(state: "open") { number } brands { id slug } }')
    if found["incidents"]:
        return str(found["incidents"][0]["number"])
    brand = found["brands"][0]["id"]
    opened = await _graphql(
        client,
        f'mutation {{ declareIncident(brandId: "{brand}", title: "Bench", type: "complaint_wave",'
        ' severity: "amber")'
        " { ... on Incident { number } } }",
    )
    return str(opened["declareIncident"]["number"])


async def _graphql(client: httpx.AsyncClient, document: str) -> dict[str, Any]:
    answer = (await client.post("/graphql", json={"query": document})).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


async def _measure(client: httpx.AsyncClient, port: int, number: str) -> list[float]:
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    seq = (await _graphql(client, f'{{ incident(number: "{number}") {{ seq }} }}'))["incident"]["seq"]
    query = f'subscription {{ timeline(incident: "{number}", after: {seq}) {{ seq text }} }}'
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        additional_headers={"Cookie": cookie},
    ) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        await asyncio.sleep(0.3)
        return [await _one(client, socket, number, change) for change in range(CHANGES)]


async def _one(
    client: httpx.AsyncClient, socket: websockets.ClientConnection, number: str, change: int
) -> float:
    began = time.perf_counter()
    sending = asyncio.create_task(
        _graphql(
            client, f'mutation {{ addNote(incident: "{number}", text: "Note {change}") {{ __typename }} }}'
        )
    )
    while f"Note {change}" not in str(await socket.recv()):
        pass
    took = time.perf_counter() - began
    await sending
    return took
