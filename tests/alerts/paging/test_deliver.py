"""A page leaves once, or people see why it did not; nothing is lost when a worker dies in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from alerts.answering.acknowledge import acknowledge
from alerts.audit import versions
from alerts.audit.look import findings
from alerts.audit.tables import Setback
from alerts.channels.mail.transport import Mail
from alerts.contacts.contact import Contact
from alerts.escalating.escalate import escalate_due
from alerts.page import Page
from alerts.paging import deliver as deliver_module
from alerts.paging.deliver import LOST_AFTER, RETRY_AFTER, carry, deliver, deliver_due
from kit.core import Core
from kit.db import WriteSession
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from people.members import Member
from tests.alerts.cast import (
    EVIDENCE,
    Cast,
    an_alert,
    change,
    counted,
    escalation,
    kinds,
    make_cast,
    pages,
    with_mail,
)
from tests.clock import MovableClock
from tests.mailbox import Mailbox, plain_text
from tests.provider import Provider


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def the_page(core: Core, cast: Cast) -> Page:
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    [page] = await pages(core, alert_id)
    return page


async def test_a_sent_page_is_recorded_and_never_sent_again(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        assert await deliver_due(core) == 1
        message = await mailbox.expect(to="ada@almadia.test")
        clock.forward(minutes=3)
        assert await deliver_due(core) == 0
        assert not await deliver(core, page.id)
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts, page.error) == ("sent", 1, None)
    assert message["Message-ID"] == f"<page.{page.key}@tocsin.test>"
    assert "page.sent" in await kinds(core)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "AMBER Rutas del Sur: ×7.3 negative mentions"),
        ("es", "ÁMBAR Rutas del Sur: ×7,3 menciones negativas"),
        ("ca", "AMBRE Rutas del Sur: ×7,3 mencions negatives"),
        ("fr", "ORANGE Rutas del Sur: ×7,3 mentions négatives"),
    ],
)
async def test_a_page_names_whom_its_monitor_listens_to(
    core: Core, cast: Cast, language: str, subject: str
) -> None:
    async with Mailbox() as mailbox:
        await change(core, Monitor, cast.monitor_id, type="competitor", name="Rutas del Sur", pages=True)
        await change(core, Member, cast.ada.member_id, language=language)
        page = await the_page(core, cast)
        await deliver(with_mail(core, mailbox), page.id)
        await mailbox.expect(to="ada@almadia.test", subject=subject)


@pytest.mark.parametrize(
    ("language", "now", "then"),
    [
        ("en", "Now: 28 negative mentions in 14 min, at 03:56", "42 negative mentions in 10 min, at 03:50"),
        ("ca", "Ara: 28 mencions negatives en 14 min, a les 03:56", "en 10 min, a les 03:50"),
    ],
)
async def test_a_page_that_goes_out_later_tells_the_figures_of_now_beside_those_of_the_claim(
    core: Core, clock: MovableClock, cast: Cast, language: str, now: str, then: str
) -> None:
    minute = minute_of(clock.now())
    await change(core, Member, cast.ada.member_id, language=language)
    told = {"since": minute - 12, "minute": minute - 6, "fraction": 1.0, "window_minutes": 10}
    await an_alert(core, cast, evidence={**EVIDENCE, "observed": 42.0, **told})
    await counted(core, cast.monitor_id, {minute - 13: (5, 5), minute - 12: (30, 20), minute: (9, 8)})
    clock.forward(minutes=1)
    async with Mailbox() as mailbox:
        await escalate_due(core)
        await deliver_due(with_mail(core, mailbox))
        text = plain_text(await mailbox.expect(to="ada@almadia.test"))
    assert now in text
    assert then in text


@pytest.mark.parametrize(
    ("knob", "words"),
    [
        ({"reject": {"*": "451 4.3.0 try later"}}, "The mail server said 451"),
        ({"data_reply": "452 4.2.2 mailbox full"}, "The mail server said 452"),
        ({"drop": True}, "cannot be reached"),
    ],
)
async def test_what_may_work_later_is_tried_again_and_shown_meanwhile(
    core: Core, clock: MovableClock, cast: Cast, knob: dict[str, object], words: str
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        for name, value in knob.items():
            setattr(mailbox, name, value)
        page = await the_page(core, cast)
        await deliver_due(core)
        [page] = await pages(core, page.alert_id)
        assert page.state == "due"
        assert words in str(page.error)
        assert page.due_at == clock.now() + timedelta(seconds=RETRY_AFTER[0])
        assert words in str((await escalation(core, page.alert_id)).trouble)
        mailbox.reject, mailbox.data_reply, mailbox.drop = {}, "250 OK", False
        clock.forward(seconds=RETRY_AFTER[0])
        await deliver_due(core)
        await mailbox.expect(to="ada@almadia.test")
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("sent", 2)
    assert (await escalation(core, page.alert_id)).trouble is None


async def test_a_server_that_is_away_is_tried_until_the_attempts_are_used_up(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    mailbox = Mailbox()
    async with mailbox:
        core = with_mail(core, mailbox)
    page = await the_page(core, cast)
    for seconds in (*RETRY_AFTER, 0):
        await deliver_due(core)
        clock.forward(seconds=seconds)
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("failed", len(RETRY_AFTER) + 1)
    assert "page.failed" in await kinds(core)


async def test_a_silent_server_is_given_up_in_time(
    core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.channels.mail.transport.COMMAND_TIMEOUT", 0.2)
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.delay = 30
        page = await the_page(core, cast)
        await deliver_due(core)
        await mailbox.expect(to="ada@almadia.test")  # it was taken, but we were not told
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.error) == ("due", "The mail server did not answer in time.")


async def test_a_refused_recipient_fails_for_good_and_the_next_level_is_paged_at_once(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.reject["ada@almadia.test"] = "550 5.1.1 no such user"
        page = await the_page(core, cast)
        await deliver_due(core)
        assert await escalate_due(core) == 1
        await deliver_due(core)
        await mailbox.expect(to="bo@almadia.test")
    first, _ = await pages(core, page.alert_id)
    assert (first.state, first.attempts) == ("failed", 1)
    assert "550" in str(first.error)


@pytest.mark.parametrize(
    "email", ["ada@almadia.test\r\nBcc: all@example.org", "ada@", "a b@c", "@", "ñ@almadia.test"]
)
async def test_an_address_that_is_none_fails_for_good_and_injects_nothing(
    core: Core, cast: Cast, email: str
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.reject["ñ@almadia.test"] = "553 not here"
        await change(core, Member, cast.ada.member_id, email=email)
        page = await the_page(core, cast)
        await deliver_due(core)
        [page] = await pages(core, page.alert_id)
        assert page.state == "failed"


async def test_without_a_mail_server_everybody_sees_that_nobody_can_be_paged(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    core = with_mail(core, None)
    page = await the_page(core, cast)
    for _ in range(3):
        await deliver_due(core)
        await escalate_due(core)
    row = await escalation(core, page.alert_id)
    assert "TOCSIN_SMTP_URL is not set" in str(row.trouble)
    assert row.state == "running"
    assert (await kinds(core)).count("alert.nobody_paged") == 1
    async with Mailbox() as mailbox:
        clock.forward(minutes=1)
        core = with_mail(core, mailbox)
        await escalate_due(core)
        await deliver_due(core)
        await mailbox.expect(to="ada@almadia.test")


async def test_a_worker_killed_while_sending_costs_a_minute_not_the_page(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.delay = 30
        page = await the_page(core, cast)
        killed = asyncio.create_task(deliver(core, page.id))
        first = await mailbox.expect(to="ada@almadia.test")
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        mailbox.delay = 0
        clock.forward(seconds=LOST_AFTER.total_seconds() - 1)
        assert await deliver_due(core) == 0
        clock.forward(seconds=1)
        assert await deliver_due(core) == 1
        again = await mailbox.expect(to="ada@almadia.test")
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("sent", 2)
    assert again["Message-ID"] == first["Message-ID"]


async def test_an_attempt_that_was_given_up_does_not_overwrite_the_one_after_it(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.delay = 1
        mailbox.data_reply = "550 5.7.1 no"
        page = await the_page(core, cast)
        slow = asyncio.create_task(deliver(core, page.id))
        await mailbox.busy.wait()
        clock.forward(seconds=60)
        mailbox.delay, mailbox.data_reply = 0, "250 OK"
        assert await deliver(core, page.id)
        await slow
        await mailbox.expect(to="ada@almadia.test")
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("sent", 2)


async def test_no_transaction_is_open_while_the_server_takes_its_time(core: Core, cast: Cast) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.delay = 0.5
        page = await the_page(core, cast)
        sending = asyncio.create_task(deliver(core, page.id))
        await mailbox.busy.wait()
        assert core.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        await sending
        await mailbox.expect(to="ada@almadia.test")


async def test_an_acknowledged_alert_drops_a_page_that_waits_for_its_second_try(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        mailbox.reject["*"] = "451 later"
        page = await the_page(core, cast)
        await deliver_due(core)
        async with core.database.unit_of_work() as session:
            await acknowledge(session, cast.ada, page.alert_id, now=clock.now())
        mailbox.reject = {}
        clock.forward(minutes=1)
        assert await deliver_due(core) == 0
    [page] = await pages(core, page.alert_id)
    assert page.state == "dropped"


async def test_a_broken_channel_is_not_the_end_of_the_page(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    page = await the_page(core, cast)
    with monkeypatch.context() as patch:
        patch.setattr(Mail, "send", broken)
        await deliver_due(core)
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.error) == ("due", "The channel mail is broken: RuntimeError")


async def test_a_page_that_cannot_be_written_is_put_off_and_the_others_leave(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        await change(core, Page, page.id, channel="pigeon")
        await deliver_due(core)
    [page] = await pages(core, page.alert_id)
    assert page.state == "due"
    assert "an error of ours" in str(page.error)


async def test_a_page_that_fails_again_is_reported_and_the_next_level_is_paged(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """An error of ours must not keep an alert waiting for as long as its level has."""
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        await change(core, Page, page.id, channel="pigeon")
        await deliver_due(core)
        clock.forward(minutes=1)
        assert await deliver_due(core) == 1
        [page] = await pages(core, page.alert_id)
        assert page.state == "failed"
        assert "poison" in [one.kind for one in await findings(core)]
        assert await escalate_due(core) == 1
        await deliver_due(core)
        await mailbox.expect(to="bo@almadia.test")


async def test_a_page_that_leaves_after_all_is_poison_no_more(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        await change(core, Page, page.id, channel="pigeon")
        await deliver_due(core)
        await change(core, Page, page.id, channel="mail")
        clock.forward(minutes=1)
        await deliver_due(core)
        await mailbox.expect(to="ada@almadia.test")
        async with core.database.read() as session:
            assert not list(await session.scalars(select(Setback)))


async def test_a_page_that_cannot_be_written_goes_alone_in_a_storm(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """Many are claimed together: one bad page costs the others nothing."""
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        clock.forward(minutes=5)
        await escalate_due(core)
        [bad, good] = await pages(core, page.alert_id)
        await change(core, Page, bad.id, channel="pigeon")
        assert await carry(core, [bad.id, good.id]) == 2
        await mailbox.expect(to="bo@almadia.test")
    assert [one.state for one in await pages(core, page.alert_id)] == ["due", "sent"]


async def test_an_older_worker_leaves_pages_to_a_newer_one(core: Core, cast: Cast) -> None:
    page = await the_page(core, cast)
    await versions.step_up(core, {"deliver": versions.VERSIONS["deliver"] + 1})
    assert await deliver_due(core) == 0
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("due", 0)


async def test_a_page_that_is_given_up_does_not_wait_for_a_slow_provider(core: Core, cast: Cast) -> None:
    page = await the_page(core, cast)
    await change(core, Page, page.id, attempts=len(RETRY_AFTER) + 1)
    now = core.clock.now()
    async with Provider() as hook:
        hook.delay = 60
        async with core.database.unit_of_work() as session:
            contact = Contact(
                member_id=cast.bo.member_id, channel="webhook", made_at=now, verified_at=now,
                values={"url": hook.url, "secret": "s" * 16}, may_be_inside=True,
            )  # fmt: skip
            session.add(contact)
            await session.flush()
            other = Page(
                alert_id=page.alert_id, member_id=cast.bo.member_id, channel="webhook", contact_id=contact.id,
                step=1, reason="r", key="k", due_at=now, created_at=now,
            )  # fmt: skip
            session.add(other)
        carrying = asyncio.create_task(carry(core, [page.id, other.id]))
        async with asyncio.timeout(60):
            while (await pages(core, page.alert_id))[0].state != "failed":  # noqa: ASYNC110 - it is a row
                await asyncio.sleep(0.01)
        assert [one.state for one in await pages(core, page.alert_id)] == ["failed", "sending"]
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        hook.take_all()


async def test_an_outcome_is_recorded_when_the_database_is_back(
    core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise what was taken would be sent a second time."""
    cuts = 2

    async def cut(session: WriteSession, *rest: Any) -> None:
        nonlocal cuts
        cuts -= 1
        if cuts >= 0:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await written(session, *rest)

    written = deliver_module._write_down
    monkeypatch.setattr(deliver_module, "_write_down", cut)
    monkeypatch.setattr(deliver_module, "RECORD_EVERY", 0.01)
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        page = await the_page(core, cast)
        await deliver_due(core)
        await mailbox.expect(to="ada@almadia.test")
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts) == ("sent", 1)
