"""Pages that go in the message of another one are neither forgotten nor stranded."""

from __future__ import annotations

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.answering.replies import call_words
from alerts.close import close_alerts
from alerts.page import Page
from incident.quiet import look_after_quiet
from kit.core import Core
from people.members import Member
from tests.alerts.cast import change, escalation, pages
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import acknowledge_link, plain_text
from tests.stories.test_everyone_must_acknowledge import both_at_once
from tests.stories.test_quiet_hours_hold_and_release import other_brand


async def test_what_waited_in_a_message_leaves_when_its_person_has_done_their_part(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock) as night:
        cast = night.cast
        await both_at_once(core, cast)
        night.mail.reject = {"*": "451 4.3.0 try later"}
        first = await night.alert(level="red")
        own = (await pages(core, first))[0]
        clock.forward(seconds=5)
        second = await night.alert(**await other_brand(night, "Brisa"), signal="volume")
        mine = [page for page in await pages(core, second) if page.member_id == cast.ada.member_id]
        assert [(page.state, page.bundle_id) for page in mine] == [("bundled", own.id)]
        async with night.change() as session:
            await acknowledge(session, cast.ada, first, now=clock.now())
        night.mail.reject = {}
        await night.forward(minutes=1)
        await night.mail.expect(to="ada@almadia.test", subject="AMBER")
        night.mail.take_all()


async def test_a_reminder_in_the_message_of_another_alert_is_told(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        ada = night.cast.ada
        mine = await night.alert(title="The one that Ada has")
        night.mail.take_all()
        async with night.change() as session:
            await acknowledge(session, ada, mine, now=clock.now())
        clock.forward(minutes=30)
        await look_after_quiet(night.core)
        await night.alert(**await other_brand(night, "Brisa"), level="red")
        mail = await night.mail.expect(to="ada@almadia.test", subject="RED")
        assert "The one that Ada has" in plain_text(mail)
        async with night.browser() as anybody:
            assert "You have it" in (await anybody.post(acknowledge_link(mail))).text
        assert (await escalation(core, mine)).state == "acknowledged", "the answer counts for the reminder"


async def test_two_levels_that_page_one_contact_at_once_are_both_out(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        night.mail.reject = {"*": "451 4.3.0 try later"}
        alert_id = await night.alert()
        [first] = await pages(core, alert_id)
        clock.forward(seconds=5)
        async with night.change() as session:
            alert = await session.get_one(Alert, alert_id)
            copy = {name: getattr(first, name) for name in ("member_id", "contact_id", "channel", "reason")}
            session.add(
                Page(
                    alert_id=alert.id,
                    step=2,
                    key="second",
                    state="due",
                    due_at=clock.now(),
                    attempts=0,
                    created_at=clock.now(),
                    **copy,
                )
            )
        night.mail.reject = {}
        await night.settle()
        await night.mail.expect(to="ada@almadia.test")
        assert [page.state for page in await pages(core, alert_id)] == ["sent", "sent"]


async def test_the_second_page_about_an_incident_says_that_it_is_no_new_one(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await change(core, Member, night.cast.ada.member_id, language="es")
        first = await night.alert(signal="volume", title="Almadía Ferries: ×5.1 mentions")
        mail = await night.mail.expect(to="ada@almadia.test", subject="ÁMBAR")
        assert "mismo incidente" not in str(mail)
        second = await night.alert(level="red")
        mail = await night.mail.expect(
            to="ada@almadia.test", subject="ROJO Almadía Ferries: ×7,3 menciones negativas (mismo incidente)"
        )
        assert "Almadía Ferries: ×5,1 menciones. Todavía no se encarga nadie." in plain_text(mail)
        [page] = await pages(core, second)
        async with core.database.read() as session:
            called, _, _ = await call_words(session, page.id)
        assert called == "Almadía Ferries: ×7,3 menciones negativas (mismo incidente)"
        async with night.change() as session:
            await close_alerts(session, [first, second], now=clock.now())
        await night.alert(monitor_id=None, level="red", title="Almadía Ferries: ×9.1 mentions")
        mail = await night.mail.expect(to="ada@almadia.test", subject="ROJO")
        assert "mismo incidente" not in str(mail["Subject"]), "that one is resolved"
