"""A reply counts for the last message that this number was sent, and for nobody else's page."""

from __future__ import annotations

from sqlalchemy import select

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.close import close_alerts
from alerts.escalating.again import ring_again
from kit.core import Core
from kit.events import Event
from tests.alerts.cast import alerts, escalation, pages
from tests.alerts.night import Night, text_of
from tests.clock import MovableClock
from tests.stories.test_everyone_must_acknowledge import both_at_once

NUMBER = {"number": "+34600000001"}


async def paged_by_sms(night: Night) -> int:
    sms = await night.contact(night.cast.ada, "sms", NUMBER)
    await night.rules(night.cast.ada, (sms, "amber", 0))
    alert = await night.alert()
    night.phone.take()
    return alert


async def test_a_one_takes_it_and_stops_what_is_still_due(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        sms = await night.contact(night.cast.ada, "sms", NUMBER)
        voice = await night.contact(night.cast.ada, "voice", NUMBER)
        await night.rules(night.cast.ada, (sms, "amber", 0), (voice, "amber", 3))
        await night.alert()
        assert "Reply 1" in night.phone.take().form["Body"]
        assert "You have it" in await night.texts("+34600000001", " 1. ")
        await night.forward(minutes=10, step=60)  # neither a call nor the next level
        [alert] = await alerts(core)
        assert (alert.state, alert.acknowledged_by) == ("acknowledged", night.cast.ada.member_id)
        assert {page.state for page in await pages(core, alert.id)} == {"sent", "dropped"}


async def test_a_one_is_noted_where_it_takes_everybody(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await both_at_once(core, night.cast)
        await paged_by_sms(night)
        assert "It still takes Bo" in await night.texts("+34600000001", "1")
        night.mail.take_all()


async def test_a_two_wakes_the_next_person_at_once(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await paged_by_sms(night)
        assert "being paged" in await night.texts("+34600000001", "2")
        await night.settle()
        await night.mail.expect(to="bo@almadia.test", subject="Almadía")


async def test_a_three_with_a_reason_closes_it_as_no_crisis(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await paged_by_sms(night)
        assert "Reply 3 and the reason" in await night.texts("+34600000001", "3.")
        assert [alert.state for alert in await alerts(core)] == ["open"]
        assert "Closed as no crisis" in await night.texts("+34600000001", "3: a film is shot at the port")
        assert "over or somebody has it" in await night.texts("+34600000001", "3 again")
        await night.forward(minutes=10, step=60)  # nobody else is paged
        assert [alert.state for alert in await alerts(core)] == ["closed"]
        async with core.database.read() as session:
            said = await session.scalar(select(Event.data).where(Event.kind == "alert.dismissed"))
        assert said is not None
        assert (said["by"], said["reason"]) == ("sms", "a film is shot at the port")


async def test_a_reply_after_the_resolve_changes_nothing(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        alert = await paged_by_sms(night)
        async with night.change() as session:
            await close_alerts(session, [alert], now=clock.now())
        for words in ("1", "2", "3 nothing"):
            assert "over or somebody has it" in await night.texts("+34600000001", words)
        [closed] = await alerts(core)
        assert (closed.state, closed.acknowledged_by) == ("closed", None)


async def test_strangers_nonsense_and_forgeries_change_nothing(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        alert = await paged_by_sms(night)
        assert "<Message>" not in await night.texts("+34699999999", "1")
        assert "<Message>" not in await night.texts("", "1")
        assert "Nothing was changed" in await night.texts("+34600000001", "11; DROP TABLE page")
        assert "Nothing was changed" in await night.texts("+34600000001", "1 2")
        async with night.browser() as client:
            forged = await client.post("/phone/sms", data={"From": "+34600000001", "Body": "1"})
            assert forged.status_code == 403
            unsigned = {"X-Twilio-Signature": "x"}
            assert (await client.post("/phone/sms", data={"From": "é"}, headers=unsigned)).status_code == 403
        [still] = await alerts(core)
        assert still.state == "open"
        assert (await escalation(core, alert)).state == "running"


async def test_a_reply_that_was_overheard_takes_no_later_alert(core: Core, clock: MovableClock) -> None:
    """The provider signs what was said, not when: so it is done once, however often it is sent."""
    async with Night.falls(core, clock) as night:
        alert = await paged_by_sms(night)
        heard = text_of("+34600000001", "1")
        told = (await night.calls_back("/phone/sms", **heard)).text
        assert "You have it" in told
        async with night.change() as session:
            await close_alerts(session, [alert], now=clock.now())
        await night.forward(minutes=1)
        await night.alert(signal="volume")
        night.phone.take()
        assert (await night.calls_back("/phone/sms", **heard)).text == told, "to the provider it did arrive"
        assert [one.state for one in await alerts(core)] == ["closed", "open"]
        assert "You have it" in await night.texts("+34600000001", "1")


async def test_a_key_that_was_overheard_takes_nothing_that_rings_again(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock) as night:
        voice = await night.contact(night.cast.ada, "voice", NUMBER)
        await night.rules(night.cast.ada, (voice, "amber", 0))
        alert_id = await night.alert()
        path = night.phone.take().form["Url"].removeprefix("http://tocsin.test")
        await night.calls_back(f"{path}/key", CallSid="CA1", Digits="1")
        async with night.change() as session:
            found, row = await session.get_one(Alert, alert_id), await escalation(core, alert_id)
            await ring_again(session, await session.merge(row), found, now=clock.now())
        await night.forward(seconds=2, step=2)
        night.phone.take()
        await night.calls_back(f"{path}/key", CallSid="CA1", Digits="1")
        assert [one.state for one in await alerts(core)] == ["open"]


async def test_somebody_without_a_page_cannot_take_it(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        await night.contact(night.cast.bo, "sms", {"number": "+34600000002"})
        await paged_by_sms(night)
        assert "No page waits for you" in await night.texts("+34600000002", "1")
        [alert] = await alerts(core)
        assert alert.state == "open"


async def test_who_was_slower_is_told_that_somebody_has_it(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        alert = await paged_by_sms(night)
        async with night.change() as session:
            await acknowledge(session, night.cast.bo, alert, now=clock.now())
        assert "somebody has it" in await night.texts("+34600000001", "1")
        [taken] = await alerts(core)
        assert taken.acknowledged_by == night.cast.bo.member_id


async def test_a_call_is_answered_with_a_key(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        voice = await night.contact(night.cast.ada, "voice", NUMBER)
        await night.rules(night.cast.ada, (voice, "amber", 0))
        await night.alert()
        path = night.phone.take().form["Url"].removeprefix("http://tocsin.test")
        said = (await night.calls_back(path, CallSid="CA1", CallStatus="in-progress")).text
        assert "Almadía Ferries" in said
        assert f'action="http://tocsin.test{path}/key"' in said
        assert "You have it" in (await night.calls_back(f"{path}/key", CallSid="CA1", Digits="1")).text
        assert "over or somebody has it" in (await night.calls_back(path, CallSid="CA1")).text
        [alert] = await alerts(core)
        assert alert.acknowledged_by == night.cast.ada.member_id
