"""A signal that comes back to normal by itself silences nobody: its incident must have somebody first."""

from __future__ import annotations

from alerts.alert import Alert
from alerts.close import end_alert
from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import deliver_due
from incident.intake import take_in_alerts
from incident.lifecycle import assign_lead, resolve
from incident.quiet import look_after_quiet
from kit.core import Core
from tests.alerts.cast import Cast, an_alert, escalation, make_cast, pages, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox


async def work(core: Core) -> None:
    while (
        await escalate_due(core)
        + await take_in_alerts(core)
        + await look_after_quiet(core)
        + await deliver_due(core)
    ):
        pass


async def ended(core: Core, mail: Mailbox) -> tuple[Cast, int]:
    """Ada was paged, did not answer, and the signal is back in its range."""
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await work(core)
    await mail.expect(to="ada@almadia.test")
    async with core.database.unit_of_work() as session:
        alert = await session.get_one(Alert, alert_id)
        await end_alert(session, alert, now=core.clock.now(), reason="Back in its range.")
    await work(core)
    return cast, alert_id


async def test_the_next_level_is_paged_all_the_same(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        await ended(core, mail)
        clock.forward(minutes=5)
        await work(core)
        await mail.expect(to="bo@almadia.test")


async def test_a_lead_of_the_incident_stops_it(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await ended(core, mail)
        async with core.database.unit_of_work() as session:
            await assign_lead(session, cast.bo, 1, member_id=cast.ada.member_id, now=clock.now())
        await work(core)
        assert (await escalation(core, alert_id)).state == "stopped"
        clock.forward(minutes=30)
        await work(core)
        mail.nothing()


async def test_nobody_is_paged_after_the_incident_is_resolved(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, alert_id = await ended(core, mail)
        async with core.database.unit_of_work() as session:
            await resolve(session, cast.bo, 1, summary="A false alarm.", now=clock.now())
        for _ in range(60):
            clock.forward(minutes=1)
            await work(core)
        mail.nothing()
        assert len(await pages(core, alert_id)) == 1


async def test_a_new_and_lesser_alert_does_not_ring_beside_it(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast, _ = await ended(core, mail)
        clock.forward(minutes=1)
        other = await an_alert(core, cast, signal="volume")
        await work(core)
        assert await pages(core, other) == []
