"""While a confidential incident is open, pages about its brand carry no text, only the link."""

from __future__ import annotations

import asyncio

import pytest

from alerts.hush import hushed_brands
from incident.intake import take_in_alerts
from incident.lifecycle import declare, resolve, set_confidential
from kit.core import Core
from kit.errors import Conflict
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import acknowledge_link
from tests.waiting import somebody_waits

NUMBER = {"number": "+34600000001"}
SECRETS = ("Almadía", "7.3", "Stuck in Palma", "strike", "negative")


async def test_by_mail_by_text_by_voice_and_behind_the_link(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        ada = night.cast.ada
        await night.alert()
        night.mail.take_all()
        await take_in_alerts(night.core)
        async with night.change() as session:
            await set_confidential(session, ada, 1, confidential=True, now=clock.now())
        sms = await night.contact(ada, "sms", NUMBER)
        voice = await night.contact(ada, "voice", NUMBER)
        mail = await night.contact(ada, "mail", {"address": "ada@home.test"})
        night.mail.take_all()
        await night.rules(ada, (sms, "red", 0), (voice, "red", 0), (mail, "red", 0))
        clock.forward(minutes=20)
        await night.alert(level="red", signal="volume")  # worse: it rings by itself
        call, text = sorted((one.form for one in night.phone.take_all()), key=lambda form: "Body" in form)
        letter = await night.mail.expect(to="ada@home.test")
        said = (await night.calls_back(call["Url"].removeprefix("http://tocsin.test"), CallSid="CA1")).text
        async with night.browser() as anybody:
            behind = await anybody.get(acknowledge_link(text["Body"]))
        for words in (text["Body"], str(letter), letter.as_string(), said, behind.text):
            assert not [secret for secret in SECRETS if secret in words]
        assert "A confidential matter needs you" in str(letter["Subject"])
        assert "<button" in behind.text, "it can be acknowledged all the same"


async def test_a_page_that_waited_arrives_without_its_words(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        ada = night.cast.ada
        later = await night.contact(ada, "mail", {"address": "ada@home.test"})
        night.mail.take_all()
        await night.rules(ada, (later, "red", 30))
        await night.alert(level="red")
        await take_in_alerts(night.core)
        night.mail.nothing()
        async with night.change() as session:
            await set_confidential(session, ada, 1, confidential=True, now=clock.now())
        await night.forward(minutes=30, step=600)
        page = await night.mail.expect(to="ada@home.test", subject="A confidential matter needs you")
        assert not [secret for secret in SECRETS if secret in page.as_string()]
        assert acknowledge_link(page.as_string())


async def test_when_it_is_over_pages_tell_what_happens_again(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        await night.alert()
        night.mail.take_all()
        await take_in_alerts(night.core)
        async with night.change() as session:
            await set_confidential(session, night.cast.ada, 1, confidential=True, now=clock.now())
        async with night.change() as session:
            await resolve(session, night.cast.ada, 1, summary="Over.", now=clock.now())
        clock.forward(minutes=20)
        await night.alert(level="red", signal="volume")
        await night.mail.expect(to="ada@almadia.test", subject="Almadía")


async def test_what_is_resolved_while_it_is_made_confidential_hushes_nothing(
    core: Core, clock: MovableClock
) -> None:
    async with Night.falls(core, clock, waits=(600, 600)) as night:
        ada = night.cast.ada
        await night.alert()
        night.mail.take_all()
        await take_in_alerts(night.core)

        async def make_confidential() -> None:
            async with night.change() as session:
                await set_confidential(session, ada, 1, confidential=True, now=clock.now())

        async with night.change() as session:
            await resolve(session, ada, 1, summary="Over.", now=clock.now())
            second = asyncio.create_task(make_confidential())
            await somebody_waits(session)  # it has seen the incident as it was
        with pytest.raises(Conflict, match="Resolved the incident"):
            await second
        async with core.database.read() as reading:
            assert await hushed_brands(reading, {night.cast.brand_id}) == set()


async def test_a_confidential_drill_hushes_no_page(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        cast, given = night.cast, {"title": "Fire drill", "type": "complaint_wave", "severity": "red"}
        async with night.change() as session:
            drill = await declare(
                session, cast.ada, brand_id=cast.brand_id, drill=True, now=clock.now(), **given
            )
            await set_confidential(session, cast.ada, drill.id, confidential=True, now=clock.now())
        await night.alert()
        await night.mail.expect(to="ada@almadia.test", subject="Almadía")
