"""A storm on one monitor neither starves another nor sends anybody three hundred messages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from alerts.alert import Alert
from alerts.channels.phone.channels import SMS
from alerts.close import close_alerts
from alerts.contacts.store import own_mail
from alerts.escalating.escalate import escalate_due
from alerts.page import Page
from alerts.paging.limits import due_pages
from kit.core import Core
from tests.alerts.cast import an_alert
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import plain_text
from tests.stories.test_quiet_hours_hold_and_release import other_brand

NUMBER = {"number": "+34600000001"}


async def storm(night: Night, count: int) -> None:
    """So many alerts of one monitor that each ring by themselves, all paged about at this moment."""
    now = night.clock.now()
    async with night.change() as session:
        own = await own_mail(session, night.cast.ada.member_id, now)
        for number in range(count):
            alert = Alert(
                brand_id=night.cast.brand_id, monitor_id=night.cast.monitor_id, signal=f"s{number}",
                level="amber", title=f"Storm {number}", evidence={}, since=now, opened_at=now, state="open",
            )  # fmt: skip
            session.add(alert)
            await session.flush()
            session.add(
                Page(
                    alert_id=alert.id, member_id=night.cast.ada.member_id,
                    contact_id=own.id, channel="mail", step=1, reason="r",
                    key=f"storm.{number}", state="due", due_at=now, attempts=0, created_at=now,
                )
            )  # fmt: skip


async def test_they_come_as_one_message_that_says_how_many(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await storm(night, 300)
        await night.settle()
        mail = await night.mail.expect(to="ada@almadia.test", subject="Storm 0")
        body = plain_text(mail)
        assert "and 299 more alerts" in body
        assert body.count("- Storm") == 5
    async with core.database.read() as session:
        states = select(Page.state, func.count()).group_by(Page.state)
        assert [tuple(row) for row in await session.execute(states)] == [("sent", 300)]


async def test_another_monitor_does_not_wait_behind_it(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await storm(night, 300)
        lone = await an_alert(night.core, night.cast, **await other_brand(night, "Blava"))
        await escalate_due(night.core)
        async with night.change() as session:
            await session.execute(update(Page).values(due_at=clock.now() - timedelta(seconds=1)))
            first = (await session.scalars(due_pages(None, clock.now(), 2))).all()
            alerts = [(await session.get_one(Page, page)).alert_id for page in first]
        assert lone in alerts
        await night.settle()
        assert len(night.mail.take_all()) == 1, "to the same person it all goes in one message"


async def test_alerts_that_come_and_go_do_not_ring_each_by_itself(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0), (sms, "red", 0))
        for number in range(12):
            alert = await night.alert(signal=f"s{number}")
            async with night.change() as session:
                await close_alerts(session, [alert], now=clock.now())
            clock.forward(seconds=2)
        assert len(night.phone.take_all()) == SMS.most
        await night.alert(signal="still")
        assert not night.phone.take_all()
        await night.alert(level="red")
        told = night.phone.take().form["Body"]
        assert "RED" in told, "the first red message is never made to wait"


async def test_what_was_held_back_comes_when_there_is_room_again(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0))
        for number in range(SMS.most):
            alert = await night.alert(signal=f"s{number}")
            async with night.change() as session:
                await close_alerts(session, [alert], now=clock.now())
        night.phone.take_all()
        await night.alert(signal="still")
        await night.forward(minutes=9, step=180)
        assert not night.phone.take_all()
        await night.forward(minutes=2, step=60)
        night.phone.take()
