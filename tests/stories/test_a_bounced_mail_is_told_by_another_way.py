"""A contact that bounces is used no more; its owner and the admins are told by another way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alerts.contacts import store
from alerts.page import Page
from alerts.paging import deliver
from kit.core import Core
from tests.alerts.cast import an_alert, change, kinds, pages
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import plain_text
from tests.provider import Provider, Reply, twilio
from tests.stories.test_quiet_hours_hold_and_release import other_brand

NUMBER = {"number": "+34600000001"}


async def test_a_mailbox_that_is_gone(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        night.mail.reject["ada@almadia.test"] = "550 5.1.1 no such user"
        await night.alert()
        told = night.phone.take().form["Body"]
        assert "Mail ada@almadia.test" in told
        assert "550" in told
        letter = await night.mail.expect(to="bo@almadia.test", subject="no longer works")
        assert "Tocsin cannot reach Ada by Mail ada@almadia.test" in plain_text(letter)
        await night.mail.expect(to="bo@almadia.test", subject="AMBER")  # the next level, at once
        async with core.database.read() as session:
            own, _ = await store.my_contacts(session, night.cast.ada)
        assert own.own
        assert "550" in str(own.disabled_reason)
        assert (await kinds(core)).count("contact.disabled") == 1
        # The next page goes where she can be reached.
        clock.forward(hours=1)
        await night.alert(signal="volume", level="red")
        assert night.phone.take().form["To"] == sms.values["number"]


async def test_with_no_other_way_the_mailbox_is_tried_all_the_same(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        night.mail.reject["ada@almadia.test"] = "550 5.1.1 no such user"
        await night.alert()
        night.mail.take_all()
        night.mail.reject.clear()
        await night.alert(signal="volume", level="red")
        await night.mail.expect(to="ada@almadia.test", subject="RED")
        night.mail.take_all()


async def test_a_full_mailbox_and_our_own_faults_are_not_held_against_the_address(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock) as night:
        for reply in ("552 5.2.2 mailbox full", "550 5.7.1 we do not like you"):
            night.mail.reject["ada@almadia.test"] = reply
            await night.alert(signal=reply[:3] + reply[4:9], level="red", monitor_id=None)
            night.mail.take_all()
        assert "contact.disabled" not in await kinds(core)


@pytest.mark.parametrize(("replies", "disabled"), [((403, 403, 403), 1), ((403, 403, 200, 403), 0)])
async def test_a_server_of_ones_own_that_refuses_three_times_running(
    core: Core, clock: MovableClock, replies: tuple[int, ...], disabled: int
) -> None:
    async with Night.falls(core, clock) as night, Provider() as hook:
        ada = await night.as_admin(night.cast.ada)
        values = {"url": f"{hook.url}/hook", "secret": "sixteen characters"}
        contact = await night.contact(ada, "webhook", values)
        await night.rules(ada, (contact, "amber", 0))
        for number, status in enumerate(replies):
            hook.reply = Reply(status, "")
            await night.alert(**await other_brand(night, f"Brand{number}"))
        hook.take_all()
        letters = [one["To"] for one in night.mail.take_all() if "no longer works" in one["Subject"]]
        assert len(letters) == 2 * disabled, "hers and the admin's"
        assert (await kinds(core)).count("contact.disabled") == disabled


async def test_a_test_that_arrives_is_no_refusal(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night, Provider() as hook:
        ada = await night.as_admin(night.cast.ada)
        values = {"url": f"{hook.url}/hook", "secret": "sixteen characters"}
        contact = await night.contact(ada, "webhook", values)
        await night.rules(ada, (contact, "amber", 0))
        for number, status in enumerate((403, 403, 200, 403)):
            hook.reply = Reply(status, "")
            clock.forward(minutes=1)
            if status == 200:
                async with night.change() as session:
                    await store.test_contact(session, ada, contact.id, now=clock.now())
                await night.settle()
            else:
                await night.alert(**await other_brand(night, f"Brand{number}"))
        hook.take_all()
        night.mail.take_all()
        assert "contact.disabled" not in await kinds(core)


async def test_pages_that_were_given_up_before_they_were_sent_are_no_refusals(
    core: Core, clock: MovableClock
) -> None:
    """Ada had no seat for a while; what was to go to her then was never claimed."""
    async with Night.falls(core, clock) as night, Provider() as hook:
        ada = await night.as_admin(night.cast.ada)
        values = {"url": f"{hook.url}/hook", "secret": "sixteen characters"}
        contact = await night.contact(ada, "webhook", values)
        await night.rules(ada, (contact, "amber", 0))
        for number, status in enumerate((200, 200, 403)):
            hook.reply = Reply(status, "")
            alert = await night.alert(**await other_brand(night, f"Brand{number}"))
            if status == 200:
                [page, *_] = await pages(core, alert)
                await change(core, Page, page.id, state="failed", claimed_at=None)
        hook.take_all()
        night.mail.take_all()
        assert "contact.disabled" not in await kinds(core)


async def test_a_receipt_that_says_the_number_is_gone(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0))
        await night.alert()
        asked = night.phone.take()
        path = asked.form["StatusCallback"].removeprefix("http://tocsin.test")
        sid = json.loads(twilio(asked).body)["sid"]
        for status, code in (("sent", ""), ("undelivered", "30005"), ("undelivered", "30005")):
            answer = await night.calls_back(path, MessageSid=sid, MessageStatus=status, ErrorCode=code)
            assert answer.status_code == 204
        await night.settle()
        assert (await kinds(core)).count("contact.disabled") == 1
        await night.mail.expect(to="ada@almadia.test", subject="no longer works")
        await night.mail.expect(to="bo@almadia.test", subject="no longer works")
        await night.mail.expect(to="bo@almadia.test", subject="AMBER")


async def test_a_receipt_that_comes_before_its_message_is_on_record(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider refuses at once, and what its answer was is not stored yet."""
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0))

        async def refused(*given: Any) -> None:
            for asked in night.phone.take_all():
                path = asked.form["StatusCallback"].removeprefix("http://tocsin.test")
                sid = json.loads(twilio(asked).body)["sid"]
                await night.calls_back(path, MessageSid=sid, MessageStatus="undelivered", ErrorCode="30003")
            await recorded(*given)

        recorded = deliver._record
        monkeypatch.setattr(deliver, "_record", refused)
        first = await an_alert(core, night.cast)
        beside = await night.alert(**await other_brand(night, "Brisa"))
        await night.mail.expect(to="bo@almadia.test", subject="AMBER")
        for alert_id in (first, beside):  # they went in one message
            assert [page.state for page in await pages(core, alert_id)] == ["failed", "sent"]
