"""Once its incident is resolved an alert wakes nobody, whatever was still on its way."""

from __future__ import annotations

import pytest

from alerts.answering.acknowledge import acknowledge
from incident.intake import take_in_alerts
from incident.lifecycle import resolve
from incident.quiet import look_after_quiet
from kit.core import Core
from tests.alerts.cast import escalation, pages
from tests.alerts.night import Night
from tests.clock import MovableClock

ON_ITS_WAY = ("the next level", "a second try", "held by quiet hours", "a later contact", "a reminder")


@pytest.mark.parametrize("what", ON_ITS_WAY)
async def test_nothing_leaves_any_more(core: Core, clock: MovableClock, what: str) -> None:
    async with Night.falls(core, clock) as night:
        await prepared(night, what)
        alert_id = await night.alert()
        night.phone.take_all()
        night.mail.take_all()
        await take_in_alerts(core)
        if what == "a reminder":
            async with night.change() as session:
                await acknowledge(session, night.cast.ada, alert_id, now=clock.now())
        async with night.change() as session:
            await resolve(session, night.cast.bo, 1, summary="The ship is in port.", now=clock.now())
        night.mail.reject = {}
        for _ in range(2):
            await night.forward(hours=2, step=7200)
            await look_after_quiet(core)
            await night.settle()
        night.mail.nothing()
        assert {page.state for page in await pages(core, alert_id)} <= {"sent", "dropped"}
        found = await escalation(core, alert_id)
        assert (found.state in {"stopped", "acknowledged"}, found.quiet_at) == (True, None)


async def prepared(night: Night, what: str) -> None:
    """So that at the resolve this is still to come. It is 03:55 in Madrid."""
    ada = night.cast.ada
    if what == "a second try":
        night.mail.reject = {"*": "451 4.3.0 try later"}
    elif what == "held by quiet hours":
        await night.quiet(ada, "22:00", "07:00")
    elif what == "a later contact":
        sms = await night.contact(ada, "sms", {"number": "+34600000001"})
        voice = await night.contact(ada, "voice", {"number": "+34600000001"})
        await night.rules(ada, (sms, "amber", 0), (voice, "amber", 3))
