"""While the database restarts, people and programs are told to come again, and nothing of its insides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy import text

from api.context import Context
from kit.core import Core, open_core
from kit.errors import Unavailable
from tests.web.cast import Cast

AWAY = "The database is away or busy just now. Try again in a minute."


@pytest_asyncio.fixture
async def lonely(core: Core) -> AsyncIterator[Cast]:
    """The web without a database. The broker is there."""
    away = replace(core.settings, database_url="postgresql://nobody@127.0.0.1:1/x")
    async with open_core(away, clock=core.clock) as without:
        yield Cast(without)


@pytest.mark.parametrize("path", ["/", "/incidents/1", "/ack/x", "/me"])
async def test_a_page_says_so_and_when_to_come_again(lonely: Cast, path: str) -> None:
    async with lonely.browser() as browser:
        browser.http.cookies.set("tocsin_session", "somebody's", domain="tocsin.test")
        answer = await browser.http.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert AWAY in answer.text
    assert "127.0.0.1" not in answer.text


async def test_a_program_is_told_to_send_again(lonely: Cast) -> None:
    async with lonely.browser() as browser:
        answer = await browser.http.post("/ingest/demo", json={"mentions": []})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.json() == {"code": "unavailable", "message": AWAY, "field": None}


async def test_an_operation_is_told_to_come_again(lonely: Cast) -> None:
    async with lonely.browser() as browser:
        browser.http.cookies.set("tocsin_session", "somebody's", domain="tocsin.test")
        answer = await browser.http.post(
            "/graphql", json={"query": "{ onCall { schedule } }"}, headers={"Origin": "http://tocsin.test"}
        )
    assert answer.status_code == 503
    assert answer.json() == {"code": "unavailable", "message": AWAY, "field": None}


async def test_a_field_is_refused_and_a_change_is_not_taken_for_undone(lonely: Cast) -> None:
    context = Context(lonely.core, lonely.app.state.hub, viewer=None)
    with pytest.raises(Unavailable, match=r"Try again in a minute\.$"):
        async with context.read() as reading:
            await reading.execute(text("SELECT 1"))
    with pytest.raises(Unavailable, match="look first whether it was saved"):
        async with context.change() as session:
            await session.execute(text("SELECT 1"))
    await context.close()
