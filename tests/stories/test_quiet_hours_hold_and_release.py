"""Quiet hours hold what is not red, and release it as one message, if it is still needed."""

from __future__ import annotations

from datetime import UTC, datetime

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.open import raise_level
from kit.core import Core
from mentions.monitor import Monitor
from people.organisations import Brand
from tests.alerts.cast import EVIDENCE, kinds, pages
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import plain_text


async def other_brand(night: Night, name: str) -> dict[str, int]:
    """A second brand with a monitor: its alerts ring by themselves."""
    async with night.change() as session:
        brand = await session.get_one(Brand, night.cast.brand_id)
        made = Brand(name=name, slug=name.lower(), organisation_id=brand.organisation_id)
        session.add(made)
        await session.flush()
        monitor = Monitor(brand_id=made.id, name=name, query=name, created_at=night.clock.now())
        session.add(monitor)
        await session.flush()
        return {"brand_id": made.id, "monitor_id": monitor.id}


async def test_two_alerts_of_the_night_come_as_one_message_in_the_morning(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await night.quiet(night.cast.ada, "22:00", "07:00")
        first = await night.alert()
        second = await night.alert(**await other_brand(night, "Blava"), title="Blava: ×4 mentions")
        [page] = await pages(core, first)
        assert (page.state, page.held_until) == ("due", datetime(2026, 3, 10, 6, 0, tzinfo=UTC))
        await night.forward(hours=3, step=1800)
        night.mail.nothing()
        await night.forward(minutes=10, step=300)  # past 07:00 in Madrid
        mail = await night.mail.expect(to="ada@almadia.test", subject="Almadía")
        assert "and 1 more alert\r\n- Blava: ×4 mentions" in plain_text(mail)
    assert [page.state for page in (*await pages(core, first), *await pages(core, second))] == [
        "sent",
        "sent",
    ]
    assert (await kinds(core)).count("page.sent") == 1


async def test_what_is_not_needed_any_more_in_the_morning_is_not_sent(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await night.quiet(night.cast.ada, "22:00", "07:00")
        alert = await night.alert()
        async with night.change() as session:
            await acknowledge(session, night.cast.bo, alert, now=clock.now())
        await night.forward(hours=4, step=1800)
        night.mail.nothing()
    [page] = await pages(core, alert)
    assert page.state == "dropped"


async def test_an_alert_that_turns_red_does_not_wait_for_the_morning(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await night.quiet(night.cast.ada, "22:00", "07:00")
        alert_id = await night.alert()
        night.mail.nothing()
        async with night.change() as session:
            alert = await session.get_one(Alert, alert_id)
            await raise_level(
                session, alert, level="red", title=alert.title, evidence=EVIDENCE, now=clock.now()
            )
        await night.settle()
        await night.mail.expect(to="ada@almadia.test", subject="RED")


async def test_red_comes_at_any_hour(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await night.quiet(night.cast.ada, "22:00", "07:00")
        await night.alert(level="red")
        await night.mail.expect(to="ada@almadia.test", subject="RED")


async def test_who_is_held_is_not_waited_for_longer_than_the_policy_says(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock) as night:
        await night.quiet(night.cast.ada, "22:00", "07:00")
        alert = await night.alert()
        await night.forward(minutes=5)
        await night.mail.expect(to="bo@almadia.test", subject="Almadía")
        await night.forward(minutes=6)
    assert sum(page.member_id == night.cast.ada.member_id for page in await pages(core, alert)) == 1
