"""Monday, seven in the morning, after the night in which the clocks changed: everybody in their own words."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from incident.digest import making
from incident.digest.digest import Digest
from mentions.source import Source
from mentions.sources.outage import SourceOutage
from people.organisations import Brand
from tests.mailbox import plain_text
from tests.world import World, at
from tocsin import worker
from tocsin.demo import generator


async def write(
    world: World, *, until: timedelta = timedelta(), step: timedelta = timedelta(minutes=10)
) -> None:
    """Let the worker's part that writes do its work, now and while time passes; the others have none here."""
    end = world.clock.now() + until
    while True:
        while await worker.sweep(world.core, worker.WRITING):
            pass
        if world.clock.now() >= end:
            return
        world.clock.set(min(end, world.clock.now() + step))


async def test_each_in_their_own_language_and_by_their_own_clock(world: World) -> None:
    """29 March 2026: Europe goes to summer time. Seven in Madrid is 05:00 UTC on the Monday, 06:00 before."""
    await world.with_letters()
    start = at("2026-03-23T12:00:00")
    world.clock.set(start)
    await write(world, until=timedelta(hours=1), step=timedelta(seconds=3600))
    world.mail.take_all()  # the daily ones of the first day
    rng = random.Random(5)
    await world.remember(generator.calm(rng, start - timedelta(days=20), 20 * 24 * 60, 0.2, "almadia"))
    world.clock.set(at("2026-03-29T23:00:00"))
    await write(world)
    world.mail.take_all()
    await world.remember(generator.calm(rng, start, 6 * 24 * 60, 0.2, "almadia"))

    complaint = "Two hours late and nobody answers, @almadiaferries, awful"
    await world.send({"mentions": [{"id": "1", "text": complaint, "author": "lluc", "lang": "en"}]})
    await worker.sweep(world.core, worker.CASES)

    world.clock.set(at("2026-03-30T04:59:00"))
    await write(world)
    assert not [m for m in world.mail.take_all() if "andreu" in str(m["To"])]
    world.clock.set(at("2026-03-30T05:00:30"))
    await write(world)
    catalan = await world.mail.expect(to="andreu@llevant.example", subject="Resum setmanal")
    french = await world.mail.expect(to="claire@llevant.example", subject="Bulletin de la semaine")
    spanish = await world.mail.expect(to="olga@llevant.example", subject="Resumen diario")
    assert "domingo 29 de marzo de 2026" in str(spanish["Subject"])
    text = plain_text(catalan)
    assert "ALMADÍA FERRIES" in text
    assert "Mencions: " in text
    assert "Casos: " in text
    assert "d’habitude" in plain_text(french)
    world.mail.nothing()

    # London is an hour behind: 06:00 UTC.
    world.clock.set(at("2026-03-30T06:00:30"))
    await write(world)
    english = await world.mail.expect(
        to="helen@llevant.example", subject="Daily digest, Sunday 29 March 2026"
    )
    press = await world.mail.expect(to="press@llevant.example", subject="Daily digest")
    assert str(press["Subject"]).startswith(str(english["Subject"]))  # by the same clock
    await write(world, until=timedelta(hours=2), step=timedelta(seconds=600))
    world.mail.nothing()

    # The same on a page, in the reader's words, for everybody of the house.
    link = text.split("http://tocsin.test")[1].split()[0]
    async with (
        world.browser("helen") as helen,
        world.browser("olga") as olga,
        world.browser("nuria") as nuria,
    ):
        assert "Weekly digest" in (await helen.http.get(link)).text
        assert "Resumen semanal" in (await olga.http.get(link)).text
        assert (await nuria.http.get(link)).status_code == 404


async def test_the_day_on_which_the_clocks_change_is_23_hours_long(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-03-28T12:00:00"))
    await write(world)
    for moment in ("2026-03-29T05:00:30", "2026-03-30T05:00:30"):
        world.clock.set(at(moment))
        await write(world)
    world.mail.take_all()
    olga = (await world.member("olga")).id
    async with world.core.database.read() as session:
        rows = (await session.scalars(select(Digest).order_by(Digest.id))).all()
    assert olga
    spans = {row.until - row.since for row in rows if row.until == at("2026-03-29T05:00:00")}
    assert spans == {timedelta(hours=23)}  # it ends at seven on the Sunday, an hour sooner


async def test_a_worker_that_slept_for_three_days_sends_one_that_covers_all(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-04T12:00:00"))
    await write(world)
    world.mail.take_all()
    world.clock.set(at("2026-05-08T09:00:00"))
    await write(world)
    await write(world)
    sent = [m for m in world.mail.take_all() if "olga" in str(m["To"])]
    assert len(sent) == 1
    assert "del 4 may, 07:00 al 8 may, 07:00" in plain_text(sent[0])


async def test_a_quiet_day_is_one_line_that_says_so_and_nobody_listening_is_none(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-04T12:00:00"))
    await write(world)
    world.mail.take_all()
    world.clock.set(at("2026-05-05T05:01:00"))
    await write(world)
    mail = await world.mail.expect(to="olga@llevant.example", subject="Resumen diario")
    assert "Almadía Ferries: no se está escuchando." in plain_text(mail)
    world.mail.take_all()
    await world.send([])  # the suite is there, and has nothing to say
    world.clock.set(at("2026-05-06T05:01:00"))
    await write(world)
    mail = await world.mail.expect(to="olga@llevant.example", subject="tranquilo")
    assert "Tranquilo: 0 menciones" in plain_text(mail)
    world.mail.take_all()


async def test_a_mail_server_that_is_away_delays_a_digest_and_never_doubles_it(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-04T12:00:00"))
    await write(world)
    world.mail.take_all()
    await world.mail.close()
    world.clock.set(at("2026-05-05T05:01:00"))
    await write(world)
    await world.mail.open()
    await write(world, until=timedelta(minutes=3), step=timedelta(seconds=60))
    sent = [m for m in world.mail.take_all() if "olga" in str(m["To"])]
    assert len(sent) == 1
    async with world.core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Digest))


async def test_choosing_and_leaving(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-05T12:00:00"))
    await write(world)
    world.mail.take_all()
    async with world.browser("olga") as olga:
        await olga.do("ChooseDigest", cadence="daily", enabled=False, hour=7, brandIds=[])
        await olga.do("ChooseDigest", cadence="weekly", enabled=True, hour=18, brandIds=[])
        page = (await olga.http.get("/me")).text
        assert "18:00" in page
    world.clock.set(at("2026-05-11T15:59:00"))
    await write(world)
    assert not [m for m in world.mail.take_all() if "olga" in str(m["To"])]
    world.clock.set(at("2026-05-11T16:00:00"))
    await write(world)
    await world.mail.expect(to="olga@llevant.example", subject="Resumen semanal")
    world.mail.take_all()


async def test_who_moves_a_digest_to_the_evening_gets_one_that_evening_too(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-05T05:00:00"))  # seven in Madrid
    await write(world)
    world.mail.take_all()
    async with world.browser("olga") as olga:
        await olga.do("ChooseDigest", cadence="daily", enabled=True, hour=18, brandIds=[])
    for moment in ("2026-05-05T16:00:00", "2026-05-06T05:00:00"):
        world.clock.set(at(moment))
        await write(world)
        (sent,) = [m for m in world.mail.take_all() if "olga" in str(m["To"])]
        told = plain_text(sent)
        if moment == "2026-05-05T16:00:00":
            assert "del 5 may, 07:00 al 5 may, 18:00" in told
            assert "martes 5 de mayo" in told
            async with world.browser("olga") as olga:
                await olga.do("ChooseDigest", cadence="daily", enabled=True, hour=7, brandIds=[])
        else:
            assert "del 5 may, 18:00 al 6 may, 07:00" in told


async def test_a_digest_that_comes_in_the_evening_is_of_the_day_that_it_tells_most_of(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-05T12:00:00"))
    await write(world)
    async with world.browser("olga") as olga:
        await olga.do("ChooseDigest", cadence="daily", enabled=True, hour=18, brandIds=[])
    for moment in ("2026-05-05T16:00:00", "2026-05-06T16:00:00"):
        world.mail.take_all()
        world.clock.set(at(moment))
        await write(world)
    told = await world.mail.expect(to="olga@llevant.example", subject="miércoles 6 de mayo")
    world.mail.take_all()
    assert "del 5 may, 18:00 al 6 may, 18:00" in plain_text(told)


@pytest.mark.parametrize("waited", [False, True])
async def test_a_mail_says_no_word_of_what_is_confidential(world: World, waited: bool) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-04T12:00:00"))
    await write(world)
    world.mail.take_all()
    async with world.core.database.read() as session:
        brand = await session.scalar(select(Brand.id).where(Brand.slug == "almadia"))
    async with world.browser("marta") as marta:
        await marta.do(
            "DeclareIncident", brandId=brand, title="The cheque", type="accident", severity="amber"
        )
    world.clock.set(at("2026-05-05T05:01:00"))
    if waited:  # written with the words, and not yet sent
        await making.make_due(world.core)
    async with world.browser("marta") as marta:
        room = await marta.ask('{ incident(number: "1") { id } }')
        await marta.do("SetConfidential", incident=room["incident"]["id"], confidential=True)
    await write(world)
    mail = await world.mail.expect(
        to="olga@llevant.example", subject="asunto confidencial" if waited else "Resumen diario"
    )
    text = plain_text(mail)
    assert "cheque" not in mail.as_string()
    assert ("Incidente n.º 1" in text) != waited
    assert "confidencial" in mail.as_string()
    world.mail.take_all()
    async with world.browser("olga") as olga:  # on the page, for who may read it
        assert "cheque" in (await olga.http.get(text.split("http://tocsin.test")[1].split()[0])).text


async def test_a_source_that_was_out_by_day_is_told_though_it_speaks_again(world: World) -> None:
    await world.with_letters()
    world.clock.set(at("2026-05-04T12:00:00"))
    await write(world)
    world.mail.take_all()
    await world.send([])
    async with world.core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == "demo"))).one()
        began, ended = at("2026-05-04T14:00:00"), at("2026-05-04T17:30:00")
        session.add(
            SourceOutage(
                source_id=source.id, state="silent", reason="", carries={},
                began_at=began, noticed_at=began, ended_at=ended,
            )
        )  # fmt: skip
    world.clock.set(at("2026-05-05T05:01:00"))
    await write(world)
    mail = await world.mail.expect(to="olga@llevant.example", subject="Resumen diario")
    assert "tranquilo" not in str(mail["Subject"])
    text = plain_text(mail)
    assert "La fuente demo estuvo fuera del 4 may, 16:00 al 4 may, 19:30." in text
    world.mail.take_all()
    world.clock.set(at("2026-05-06T05:01:00"))
    await write(world)
    await world.mail.expect(to="olga@llevant.example", subject="tranquilo")
    world.mail.take_all()
