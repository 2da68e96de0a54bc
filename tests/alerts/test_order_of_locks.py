"""Brands, alerts, escalations, pages: who locks in one order never stands in another one's way for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text

from alerts import stop
from alerts.alert import Alert
from alerts.answering import acknowledge as acknowledge_module
from alerts.answering.acknowledge import acknowledge
from alerts.answering.answers import dismiss
from alerts.close import close_alerts, make_way
from alerts.escalating.escalate import escalate_due
from alerts.open import lock_brands
from alerts.page import Escalation
from alerts.paging import deliver
from alerts.paging.deliver import deliver_due
from incident.quiet import look_after_quiet
from kit.core import Core
from kit.db import WriteSession
from people.members import Member
from people.organisations import Brand
from tests.alerts.cast import an_alert, change, escalation, kinds, make_cast, pages, with_mail
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import Mailbox, acknowledge_link
from tests.waiting import somebody_waits


async def test_who_acknowledges_while_a_message_is_recorded(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = deliver._try_to_record
    errors: list[Exception | None] = []

    async def listening(*given: Any) -> Exception | None:
        errors.append(await recorded(*given))
        return errors[-1]

    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core)
        async with core.database.unit_of_work() as session:
            other = Brand(name="Brisa", slug="brisa", organisation_id=cast.ada.organisation_id)
            session.add(other)
        first = await an_alert(core, cast, level="red")
        beside = await an_alert(core, cast, brand_id=other.id, signal="volume")
        await escalate_due(core)
        mailbox.reject = {"*": "451 4.3.0 try later"}
        await deliver_due(core)
        mailbox.reject = {}
        monkeypatch.setattr(deliver, "_try_to_record", listening)
        clock.forward(seconds=5)
        async with core.database.unit_of_work() as session:
            query = select(Escalation).where(Escalation.alert_id == beside).with_for_update()
            await session.execute(query)
            sending = asyncio.create_task(deliver_due(core))
            await somebody_waits(session)
            await acknowledge(session, cast.ada, beside, now=clock.now())
        await sending
        await mailbox.expect(to="ada@almadia.test", subject="RED")
    assert errors == [None], "the one waited for the other"
    assert [page.state for page in await pages(core, first)] == ["sent"]
    assert (await escalation(core, beside)).state == "acknowledged"


@pytest.mark.parametrize("why", ["no seat", "poison"])
async def test_who_acknowledges_while_a_page_is_given_up(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("a page that nobody understands")

    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    if why == "no seat":
        await change(core, Member, cast.ada.member_id, active=False)
    else:
        monkeypatch.setattr(deliver, "lock_due", broken)
        assert await deliver_due(core) == 1
        clock.forward(minutes=1)
    async with core.database.unit_of_work() as session:
        await session.execute(select(Escalation).where(Escalation.alert_id == alert_id).with_for_update())
        giving_up = asyncio.create_task(deliver_due(core))
        await somebody_waits(session)
        await acknowledge(session, cast.bo, alert_id, now=clock.now())
    assert await giving_up == 1
    assert [page.state for page in await pages(core, alert_id)] == ["dropped"]


async def test_who_dismisses_what_a_tick_finds_worse(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)

    async def dismissed() -> None:
        async with core.database.unit_of_work() as session:
            await dismiss(session, cast.ada, alert_id, "A test of ours.", now=clock.now())

    async with core.database.unit_of_work() as session:
        await lock_brands(session, [cast.brand_id])
        person = asyncio.create_task(dismissed())
        await somebody_waits(session)
        assert not await make_way(session, await session.get_one(Alert, alert_id), now=clock.now())
    await person
    assert (await escalation(core, alert_id)).state == "stopped"


async def test_who_resolves_what_has_gone_quiet(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.ada, alert_id, now=clock.now())
    clock.forward(hours=1)
    async with core.database.unit_of_work() as session:
        await session.execute(select(Alert).where(Alert.id == alert_id).with_for_update())
        looking = asyncio.create_task(look_after_quiet(core))
        await somebody_waits(session)
        assert await close_alerts(session, [alert_id], now=clock.now()) == 1
    await looking
    assert (await escalation(core, alert_id)).quiet_at is None


@pytest.mark.parametrize("way", ["link", "text message"])
async def test_a_tap_that_is_the_victim_is_done_all_the_same(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    taps = 0

    async def victim(session: WriteSession, *rest: Any, **more: Any) -> Any:
        nonlocal taps
        taps += 1
        if taps == 1:
            await session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))
        return await stopped(session, *rest, **more)

    stopped = stop.stop_escalations
    monkeypatch.setattr(acknowledge_module, "stop_escalations", victim)
    async with Night.falls(core, clock) as night:
        if way == "link":
            await night.alert()
            mail = await night.mail.expect(to="ada@almadia.test")
            async with night.browser() as somebody:
                link = acknowledge_link(mail)
                answer = (await somebody.post(link)).text
        else:
            sms = await night.contact(night.cast.ada, "sms", {"number": "+34600000001"})
            await night.rules(night.cast.ada, (sms, "amber", 0))
            await night.alert()
            night.phone.take()
            answer = await night.texts("+34600000001", "1")
        assert "You have it" in answer
    assert taps == 2
    assert (await kinds(core)).count("alert.acknowledged") == 1
