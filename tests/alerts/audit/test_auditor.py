"""The auditor sees what is stuck, and lets the outside know only when nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from alerts.audit import look
from alerts.audit.auditor import audit_due, beat, latest
from alerts.audit.look import findings, loud
from alerts.audit.setbacks import failed
from alerts.contacts.contact import Contact
from alerts.escalating.escalate import escalate_due
from alerts.page import Escalation, Page
from alerts.wording.phrases import PHRASES
from kit.core import Core
from kit.events import record
from kit.settings import Settings
from mentions.sentiment.plugged.standing import FAILING
from people.members import Member
from people.permissions import Viewer
from tests.alerts.cast import an_alert, change, escalation, kinds, make_cast, pages, with_mail
from tests.clock import MovableClock


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house that has a mail server."""
    return replace(settings, smtp_url="smtp://mail.test")


async def found(core: Core) -> list[str]:
    return [one.kind for one in await findings(core)]


async def healthy(core: Core) -> None:
    for part in ("paging", "tick"):
        await beat(core, part)


async def test_a_healthy_bell_has_no_findings(core: Core) -> None:
    cast = await make_cast(core)
    await an_alert(core, cast)
    await escalate_due(core)
    await healthy(core)
    assert await found(core) == []


async def test_what_is_overdue_or_stuck_is_found(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    clock.forward(minutes=6)
    await healthy(core)
    assert await found(core) == ["escalations_late", "pages_late"]
    [page] = await pages(core, alert_id)
    await change(core, Page, page.id, state="sending")
    assert await found(core) == ["escalations_late", "pages_stuck"]
    await change(core, Page, page.id, state="bundled", bundle_id=page.id)
    assert await found(core) == ["escalations_late", "pages_stuck"], "nobody carries it"


async def test_a_history_that_was_changed_is_found_wherever_it_was(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "EVENTS_A_LOOK", 3)
    await healthy(core)
    async with core.database.unit_of_work() as session:
        for number in range(10):
            record(session, "test.done", at=clock.now(), number=number)
    for seq in (10, 6, 1):
        async with core.database.unit_of_work() as session:
            await session.execute(text("UPDATE event SET actor = 'nobody' WHERE seq = :seq"), {"seq": seq})
        told = set()
        for _ in range(4):
            told |= {one.about for one in await findings(core) if one.kind == "history_changed"}
            clock.forward(minutes=1)
        assert f"#{seq}" in told


async def test_nobody_could_be_paged_is_loud(core: Core) -> None:
    cast = await make_cast(core)
    for viewer in (cast.ada, cast.bo):
        await change(core, Member, viewer.member_id, active=False)
    await an_alert(core, cast)
    await escalate_due(core)
    await healthy(core)
    assert await found(core) == ["nobody_paged"]


async def test_a_house_without_any_way_to_reach_people_is_loud_before_the_first_alert(core: Core) -> None:
    await healthy(core)
    core = with_mail(core, None)
    assert await found(core) == [], "nobody is here yet"
    cast = await make_cast(core)
    assert await found(core) == ["unreachable"]
    async with core.database.read() as session:
        assert [one.kind for one in await loud(core, session)] == ["unreachable"]
    await proved(core, cast.ada, "sms")
    await proved(core, cast.pia, "slack")
    assert await found(core) == ["unreachable"], "there is no phone provider, and nobody pages a partner"
    await proved(core, cast.ada, "slack")
    assert await found(core) == []


async def proved(core: Core, viewer: Viewer, channel: str) -> None:
    """A contact whose code was typed in."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        session.add(
            Contact(member_id=viewer.member_id, channel=channel, values={}, made_at=now, verified_at=now)
        )


async def test_an_alert_without_an_escalation_is_found(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    row = await escalation(core, await an_alert(core, cast))
    async with core.database.unit_of_work() as session:
        await session.delete(await session.get_one(Escalation, row.id))
    clock.forward(minutes=2)
    await healthy(core)
    assert await found(core) == ["never_started"]


async def test_poison_and_parts_that_stand_still_are_found(core: Core, clock: MovableClock) -> None:
    await healthy(core)
    clock.forward(minutes=2)
    for _ in range(2):
        await failed(core, "escalate", 7, RuntimeError("a row that nobody understands"))
    assert await found(core) == ["poison", "paging_stopped", "tick_stopped"]


@asynccontextmanager
async def outside() -> AsyncIterator[tuple[str, list[str]]]:
    """A service that waits for our heartbeat."""
    heard: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/beat", heard


async def test_the_heartbeat_goes_out_once_a_minute_and_only_when_all_is_well(
    core: Core, clock: MovableClock
) -> None:
    async with outside() as (url, heard):
        core = replace(core, settings=replace(core.settings, heartbeat_url=url))
        await healthy(core)
        assert [await audit_due(core) for _ in range(3)] == [1, 0, 0]
        assert heard == ["/beat"]
        clock.forward(minutes=1)
        assert await audit_due(core) == 1
        assert heard == ["/beat"]  # nobody has paged or ticked for a minute
        async with core.database.read() as session:
            row = await latest(session)
            assert row is not None
            assert row.clean_since is None
            assert row.findings
        await healthy(core)
        clock.forward(seconds=59)
        clock.forward(seconds=1)
        await healthy(core)
        await audit_due(core)
        assert heard == ["/beat"] * 2
    assert (await kinds(core)).count("audit.found") == 1


async def test_the_heartbeat_goes_on_while_only_the_sentiment_model_fails(core: Core) -> None:
    server = "https://model.test/judge"
    async with outside() as (url, heard):
        core = replace(core, settings=replace(core.settings, heartbeat_url=url, sentiment_model=server))
        since = (core.clock.now() - look.FAILS_FOR).isoformat()
        redis: Any = core.bell.redis  # redis-py's own annotations promise either a value or an awaitable
        await redis.hset(FAILING, "model.test", since)
        await healthy(core)
        await audit_due(core)
        assert heard == ["/beat"], "the tables judge, and the bell rings"
    async with core.database.read() as session:
        row = await latest(session)
        assert row is not None
        assert [(one["kind"], one["since"]) for one in row.findings] == [("sentiment_fails", since)]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/beat", "http://[::1/beat"])
async def test_a_heartbeat_that_does_not_arrive_is_on_record(core: Core, url: str) -> None:
    core = replace(core, settings=replace(core.settings, heartbeat_url=url))
    await healthy(core)
    await audit_due(core)
    async with core.database.read() as session:
        row = await latest(session)
        assert row is not None
        assert "could not be reached" in str(row.heartbeat_error)
        assert "No s’hi va arribar" in str(PHRASES.told(row.heartbeat_error, "ca"))
