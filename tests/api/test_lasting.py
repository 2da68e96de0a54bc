"""A WebSocket stays open for hours: what is asked over it is asked by who is signed in at that moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import update

from api import context, sockets
from kit.core import Core
from people import passwords, signin
from people.members import Member
from people.organisations import Organisation
from tests.api.socket import Socket, socket
from tests.clock import MovableClock
from tests.web.cast import Cast

INCIDENTS = "{ incidents { id } }"
ME = "{ me { name } }"
DESK = "subscription { desk(after: 0) }"
TIMELINE = 'subscription { timeline(incident: "1", after: 0) { seq } }'


async def change(core: Core, table: type[Any], **values: Any) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(update(table).values(**values))


async def test_a_member_who_has_left_asks_in_vain(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with socket(cast, "helen") as helen:
        assert (await helen.ask(INCIDENTS))["data"] == {"incidents": [{"id": "1"}]}
        await change(core, Member, active=False)
        assert (await helen.ask(INCIDENTS))["errors"][0]["message"] == "Sign in first."


async def test_a_partner_asks_in_vain_after_its_last_day(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with socket(cast, "nuria") as nuria:
        assert (await nuria.ask(ME))["data"]["me"] is not None
        yesterday = core.clock.now().date() - timedelta(days=1)
        await change(core, Organisation, nda_expires_on=yesterday)
        assert (await nuria.ask(ME))["data"] == {"me": None}


async def test_a_changed_role_holds_at_once(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    note = 'mutation { addNote(incident: "1", text: "hello") { __typename } }'
    async with socket(cast, "helen") as helen:
        assert (await helen.ask(note))["data"] == {"addNote": {"__typename": "Incident"}}
        await change(core, Member, role="executive")
        assert (await helen.ask(note))["data"] == {"addNote": {"__typename": "Problem"}}


async def test_one_person_has_only_so_many_connections(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_EACH", 1)
    cast = await Cast.assemble(core)
    async with socket(cast, "helen") as helen, socket(cast, "marta"):
        with pytest.raises(AssertionError, match=r"websocket\.close"):
            async with socket(cast, "helen"):
                pass
        assert (await helen.ask(ME))["data"]["me"] is not None
    async with socket(cast, "helen"):
        pass
    monkeypatch.setattr(sockets, "MOST", 1)
    async with socket(cast, "helen"):
        with pytest.raises(AssertionError, match=r"websocket\.close"):
            async with socket(cast, "marta"):
                pass


async def test_all_subscriptions_of_a_connection_end_together(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "RECHECK", 0.3)
    cast = await Cast.in_crisis(core)
    async with socket(cast, "helen") as helen:
        for _ in range(3):
            await helen.subscribe(TIMELINE)
        assert await heard(helen, "next", 3) == {"1", "2", "3"}
        await change(core, Member, active=False)
        assert await heard(helen, "complete", 3) == {"1", "2", "3"}


async def test_what_a_partner_follows_ends_with_its_last_day_and_begins_anew_with_a_new_one(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "RECHECK", 0.1)
    cast = await Cast.assemble(core)
    await change(core, Organisation, nda_expires_on=clock.now().date())
    async with socket(cast, "nuria") as nuria:
        await nuria.subscribe(DESK)
        assert await heard(nuria, "next", 1) == {"1"}
        assert (await nuria.ask(ME))["data"]["me"] is not None, "and nothing has ended"
        clock.forward(days=1)
        assert await heard(nuria, "complete", 1) == {"1"}
        await nuria.subscribe(DESK)
        refused = await nuria.hear()
        assert "Sign in first." in str(refused), refused
        assert (await nuria.hear())["type"] == "complete"
        await change(core, Organisation, nda_expires_on=clock.now().date())
        await nuria.subscribe(DESK)
        assert await heard(nuria, "next", 1) == {"4"}


@pytest.mark.parametrize("ends", ["sign_out", "password"])
async def test_it_ends_with_the_sign_in_at_once(
    core: Core, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    monkeypatch.setattr(context, "RECHECK", 10_000)
    cast = await Cast.in_crisis(core)
    token = await cast.cookie("helen")
    monkeypatch.setattr(Cast, "cookie", AsyncMock(return_value=token))
    async with socket(cast, "helen") as helen:
        await helen.subscribe(TIMELINE)
        assert await heard(helen, "next", 1)
        async with core.database.unit_of_work() as session:
            if ends == "password":
                email = (await cast.member("helen")).email
                await passwords.set_anew(session, email, "a long new one", core.clock.now())
            else:
                await signin.sign_out(session, token)
        assert await heard(helen, "complete", 1)
        assert (await helen.ask(INCIDENTS))["errors"][0]["message"] == "Sign in first."


async def test_who_hangs_up_while_something_is_told_keeps_no_connection(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with socket(cast, "helen") as helen:
        helen.gone = True
        await helen.subscribe(TIMELINE)
        async with asyncio.timeout(60):
            await helen.said_in_vain.wait()
    assert core.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def heard(client: Socket, kind: str, count: int) -> set[str]:
    """The first `count` subscriptions of which such a message came."""
    found: set[str] = set()
    async with asyncio.timeout(60):
        while len(found) < count:
            message = await client.hear()
            if message["type"] == kind:
                found.add(message["id"])
    return found
