"""A provider that takes its time holds up neither another channel nor what is decided."""

from __future__ import annotations

import asyncio

from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import lanes
from kit.core import Core
from tests.alerts.cast import an_alert, pages
from tests.alerts.night import Night
from tests.clock import MovableClock

NUMBER = {"number": "+34600000001"}


async def test_a_text_message_leaves_while_the_mail_server_thinks(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        mail = await night.contact(night.cast.ada, "mail", {"address": "ada@home.test"})
        night.mail.take_all()
        await night.rules(night.cast.ada, (sms, "amber", 0), (mail, "amber", 0))
        night.mail.delay, night.mail.busy = 30, asyncio.Event()
        alert = await an_alert(night.core, night.cast)
        await escalate_due(night.core)
        slow = asyncio.ensure_future(lanes()["mail"](night.core))
        await night.mail.busy.wait()
        assert await lanes()["sms"](night.core) == 1
        night.phone.take()
        by_channel = {page.channel: page.state for page in await pages(core, alert)}
        assert by_channel == {"mail": "sending", "sms": "sent"}
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        night.mail.take_all()
