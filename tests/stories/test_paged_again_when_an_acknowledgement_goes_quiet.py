"""Somebody takes an alert and falls asleep over it: they are reminded, and then the bell rings again."""

from __future__ import annotations

import pytest

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge, acknowledge_by_link, read_link
from alerts.close import end_alert
from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import deliver_due
from incident.intake import take_in_alerts
from incident.lifecycle import add_note, assign_lead, resolve
from incident.quiet import look_after_quiet
from kit.core import Core
from tests.alerts.cast import Cast, an_alert, escalation, kinds, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox, acknowledge_link


async def work(core: Core) -> None:
    """What a worker does in a second."""
    while (
        await escalate_due(core)
        + await take_in_alerts(core)
        + await look_after_quiet(core)
        + await deliver_due(core)
    ):
        pass


async def taken(core: Core, mail: Mailbox) -> tuple[Cast, int]:
    """Ada was paged and has acknowledged."""
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await work(core)
    await mail.expect(to="ada@almadia.test")
    await take(core, cast, alert_id)
    await work(core)
    return cast, alert_id


async def take(core: Core, cast: Cast, alert_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.ada, alert_id, now=core.clock.now())


async def test_a_reminder_comes_first_and_then_the_levels_begin_anew(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        _, alert_id = await taken(core, mail)
        clock.forward(minutes=29)
        await work(core)
        mail.nothing()
        clock.forward(minutes=1)
        await work(core)
        await mail.expect(to="ada@almadia.test")
        assert (await escalation(core, alert_id)).state == "reminding"
        clock.forward(minutes=5)
        await work(core)
        await mail.expect(to="ada@almadia.test")
        clock.forward(minutes=5)
        await work(core)
        await mail.expect(to="bo@almadia.test")
    assert (await kinds(core)).count("alert.reopened") == 1


async def test_who_says_that_they_are_still_on_it_has_the_same_time_again(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await taken(core, mail)
        clock.forward(minutes=30)
        await work(core)
        await mail.expect(to="ada@almadia.test")
        await take(core, cast, alert_id)
        clock.forward(minutes=29)
        await work(core)
        mail.nothing()


@pytest.mark.parametrize("way", ["link", "button"])
async def test_the_lead_who_is_reminded_too_answers_for_both(
    core: Core, clock: MovableClock, way: str
) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await taken(core, mail)
        async with core.database.unit_of_work() as session:
            await assign_lead(session, cast.bo, 1, member_id=cast.bo.member_id, now=clock.now())
        clock.forward(minutes=30)
        await work(core)
        await mail.expect(to="ada@almadia.test")
        link = acknowledge_link(await mail.expect(to="bo@almadia.test"))
        key, token = core.settings.signing_key, link.removeprefix("/ack/")
        async with core.database.read() as session:
            assert (await read_link(session, key, token, now=clock.now())).state == "ready"
        async with core.database.unit_of_work() as session:
            if way == "link":
                await acknowledge_by_link(session, key, token, now=clock.now())
            else:
                await acknowledge(session, cast.bo, alert_id, now=clock.now())
        clock.forward(minutes=29)
        await work(core)
        mail.nothing()
        clock.forward(minutes=1)
        await work(core)
        await mail.expect(to="ada@almadia.test")
        await mail.expect(to="bo@almadia.test")


@pytest.mark.parametrize("after_reminder", [False, True])
async def test_who_does_something_is_left_alone(
    core: Core, clock: MovableClock, after_reminder: bool
) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await taken(core, mail)
        clock.forward(minutes=30 if after_reminder else 20)
        await work(core)
        if after_reminder:
            await mail.expect(to="ada@almadia.test")
        async with core.database.unit_of_work() as session:
            await add_note(session, cast.ada, 1, text="The ship is under tow.", now=clock.now())
        for _ in range(29):
            clock.forward(minutes=1)
            await work(core)
        mail.nothing()
        assert (await escalation(core, alert_id)).state == "acknowledged"
        clock.forward(minutes=2)
        await work(core)
        await mail.expect(to="ada@almadia.test")


@pytest.mark.parametrize("how", ["resolved", "ended"])
async def test_nobody_is_reminded_of_what_is_over(core: Core, clock: MovableClock, how: str) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await taken(core, mail)
        async with core.database.unit_of_work() as session:
            if how == "resolved":
                await resolve(session, cast.ada, 1, summary="Towed in.", now=clock.now())
            else:
                alert = await session.get_one(Alert, alert_id)
                await end_alert(session, alert, now=clock.now(), reason="Calm again.")
        clock.forward(minutes=90)
        await work(core)
        mail.nothing()
        assert (await escalation(core, alert_id)).quiet_at is None
