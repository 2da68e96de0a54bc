"""A provider that is down for ten minutes costs those minutes, and no page."""

from __future__ import annotations

from kit.core import Core
from tests.alerts.cast import escalation, pages
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.provider import Reply, twilio

NUMBER = {"number": "+34600000001"}


async def test_the_page_leaves_within_a_minute_of_its_return(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(5, 5)) as night:
        night.mail.reject["*"] = "451 4.3.0 try later"
        alert = await night.alert()
        await night.forward(minutes=10)
        assert "451" in str((await escalation(core, alert)).trouble), "everybody can see it meanwhile"
        night.mail.nothing()
        night.mail.reject.clear()
        await night.forward(minutes=1, seconds=5, step=5)
        assert night.mail.take_all()
    assert any(page.state == "sent" for page in await pages(core, alert))
    assert (await escalation(core, alert)).trouble is None


async def test_another_channel_of_the_same_person_does_not_wait_for_it(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        mail = await night.contact(night.cast.ada, "mail", {"address": "ada@home.test"})
        night.mail.take_all()
        await night.rules(night.cast.ada, (sms, "amber", 0), (mail, "amber", 0))
        night.mail.reject["*"] = "451 4.3.0 try later"
        await night.alert()
        assert night.phone.take().form["To"] == NUMBER["number"]


async def test_a_provider_that_asks_for_patience_is_given_it(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(60, 60)) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0))
        night.phone.reply = Reply(429, '{"code": 20429}', {"Retry-After": "90"})
        before = night.phone.attempts
        await night.alert()
        await night.forward(seconds=85, step=5)
        assert night.phone.attempts == before + 1, "it was asked once and then left alone"
        night.phone.reply = twilio
        await night.forward(seconds=10, step=5)
        night.phone.take()
