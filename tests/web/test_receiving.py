"""Hooks over HTTP: who is believed to have sent them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.source import Source, SourceHealth
from mentions.sources.troubles import TROUBLES
from tests.mentions.makers import make_source
from web.app import create_app

BODY = b'[{"id": "1", "text": "hola"}]'


async def posted(core: Core, peer: str, forwarded: list[str], trusted: tuple[str, ...]) -> httpx.Response:
    core = replace(core, settings=replace(core.settings, trusted_proxies=trusted))
    transport = httpx.ASGITransport(create_app(core), client=(peer, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
        headers = [("X-Forwarded-For", one) for one in forwarded]
        return await client.post("/ingest/hook/token", content=BODY, headers=headers)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "status"),
    [
        ("192.0.2.1", [], (), 202),
        ("192.0.2.1", ["203.0.113.9"], (), 202),
        ("203.0.113.9", ["192.0.2.1"], (), 403),
        ("10.0.0.1", ["192.0.2.1"], (), 403),
        ("10.0.0.1", ["192.0.2.1"], ("10.0.0.0/8",), 202),
        ("10.0.0.1", ["192.0.2.1, 203.0.113.9"], ("10.0.0.0/8",), 403),
        ("10.0.0.1", ["192.0.2.1", "203.0.113.9"], ("10.0.0.0/8",), 403),
        ("10.0.0.1", ["203.0.113.9, 192.0.2.1, 10.0.0.2"], ("10.0.0.0/8",), 202),
        ("10.0.0.1", [], ("10.0.0.0/8",), 403),
        ("10.0.0.1", ["nonsense"], ("10.0.0.0/8",), 403),
    ],
)
async def test_the_sender_is_who_connected_or_whom_our_proxy_names(
    core: Core, peer: str, forwarded: list[str], trusted: tuple[str, ...], status: int
) -> None:
    async with core.database.unit_of_work() as session:
        await make_source(
            session, "hook", secret=None, path_token="token", allowed_addresses=["192.0.2.0/24"]
        )
    assert (await posted(core, peer, forwarded, trusted)).status_code == status


async def test_a_wrong_token_and_no_such_source_are_told_alike(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        await make_source(session, "hook", secret=None, path_token="token")
        await make_source(session, "signs")
    transport = httpx.ASGITransport(create_app(core))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
        answers = [
            await client.post(f"/ingest/{path}", content=BODY)
            for path in ("hook/wrong", "nobody/token", "signs/token", "%00/token", "hook/%ED%A0%80")
        ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large_is_told_beside_its_source(core: Core, declared: bool) -> None:
    async with core.database.unit_of_work() as session:
        await make_source(session, "hook", secret=None, path_token="token")
        await make_source(session, "signs")
        await make_source(session, "feed", kind="rss")

    async def large() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b" " * 1_000_000

    transport = httpx.ASGITransport(create_app(core))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
        for path in ("hook/wrong", "nobody/token", "feed", "%00", "signs", "signs", "hook/token"):
            body = b" " * 6_000_000 if declared else large()
            assert (await client.post(f"/ingest/{path}", content=body)).status_code == 413
    async with core.database.read() as asking:
        found = {
            name: (health.error or "", health.refused_why or "")
            for name, health in await asking.execute(
                select(Source.name, SourceHealth).join(SourceHealth, SourceHealth.source_id == Source.id)
            )
        }
    why = "The body is larger than 5,000,000 bytes: it was not read. Send smaller batches."
    assert found == {
        "hook": (why, "It was called without the right token at the end of its address."),
        "signs": ("", why),
    }, "who proves nothing does not change a source's health, and nobody fills a table"
    assert TROUBLES.told(why, "ca").startswith("El cos supera els 5,000,000 bytes")


@pytest.mark.parametrize(("kind", "status"), [("webhook", 202), ("meltwater", 200)])
async def test_a_sender_is_answered_as_it_expects(core: Core, kind: str, status: int) -> None:
    """Meltwater asks for 200, and halts what answers otherwise (its guide to Data Streams)."""
    async with core.database.unit_of_work() as session:
        await make_source(session, "hook", kind=kind, secret=None, path_token="token")
    answer = await posted(core, "192.0.2.1", [], ())
    assert answer.status_code == status
    assert answer.json()["accepted"] + len(answer.json()["rejected"]) == 1
