"""How much one operation may read, however small the document that asks for it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from api.context import Context
from api.live import Hub
from kit.core import Core
from tests.api.socket import socket
from tests.web.cast import Cast

# graphql-core leaves coroutines of the fields unawaited that a failed neighbour has ended
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TOO_MUCH = "This asks for too much at once: ask for less, or in several requests."
CIRCLES = "{ alerts { id " + "incident { alerts { id " * 4 + "} } " * 4 + "} }"
# one batched read a level is a small part of the allowance, and finds ten to the fifth alerts
POWERS = "{ brands { runningAlerts " + "{ brand { runningAlerts " * 4 + "{ id }" + " } }" * 4 + " } }"
SIGNALS = "{" + " ".join(f"a{n}: brands {{ signal(minutes: 4320) {{ volume }} }}" for n in range(30)) + "}"
HERE = {"Origin": "http://tocsin.test"}


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What is left unawaited goes while its warnings are still expected."""
    yield
    gc.collect()


async def many_alerts(core: Core) -> None:
    """Incident 1 has ten alerts, which all run."""
    columns = "brand_id, signal, level, title, evidence, since, opened_at, state, pages"
    async with core.database.unit_of_work() as session:
        await session.execute(
            text(f"INSERT INTO alert ({columns}) SELECT {columns} FROM alert, generate_series(1, 9)")
        )
        await session.execute(
            text(
                "INSERT INTO incident_alert (incident_id, alert_id, level, joined_at) "
                "SELECT 1, id, level, opened_at FROM alert WHERE id > 1"
            )
        )


@pytest.mark.parametrize("query", [CIRCLES, SIGNALS, POWERS])
async def test_going_round_in_circles_ends(core: Core, query: str) -> None:
    cast = await Cast.in_crisis(core)
    await many_alerts(core)
    async with cast.browser("andreu") as andreu:
        answer = (await andreu.http.post("/graphql", json={"query": query}, headers=HERE)).json()
        assert answer["data"] is None
        assert [error["message"] for error in answer["errors"]] == [TOO_MUCH]
        assert answer["errors"][0]["extensions"] == {"code": "invalid"}


async def test_each_operation_of_a_websocket_has_its_own(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with socket(cast, "andreu") as andreu:
        refused: dict[str, Any] = await andreu.ask(SIGNALS)
        assert refused["errors"][0]["message"] == TOO_MUCH
        assert (await andreu.ask("{ incidents { id } }"))["data"] == {"incidents": [{"id": "1"}]}


async def test_a_failing_field_leaves_no_broken_session(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    query = """{ brands { signal(minutes: 4000) { volume } } incidents { participants { role } }
                 b: brands { signal(minutes: 5000) { volume } } members { name } onCall { schedule } }"""
    async with cast.browser("andreu") as andreu:
        for _ in range(10):
            answer = (await andreu.http.post("/graphql", json={"query": query}, headers=HERE)).json()
            assert answer["errors"][0]["message"] == "minutes goes from 1 to 4320."


async def test_an_answer_outlives_a_connection_that_was_let_go(core: Core) -> None:
    context = Context(core, Hub(core.bell), viewer=None)
    async with context.read() as session:
        process = await session.scalar(text("SELECT pg_backend_pid()"))
    async with core.database.unit_of_work() as other:
        await other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    await context.close()
    async with context.read() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await context.close()
