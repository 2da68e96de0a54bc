"""An agency gets in by its agreement, and is out the moment that ends."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from babel.dates import format_date
from sqlalchemy import select, update

from incident import lifecycle
from people import partners, seats
from people.members import Member
from people.organisations import Organisation
from people.partners import Signed, Wish
from runbooks.start import start_due_runs
from runbooks.steps import reassign
from tests.incident.cast import steps_by_key
from tests.mailbox import plain_text
from tests.runbooks.runs import do
from tests.web.cast import Browser as Pages
from tests.world import World

LINK = re.compile(r"(/invitation/[\w.-]+)")
PASSWORD = "a password of her own"


async def gavina(world: World) -> Organisation:
    async with world.core.database.read() as session:
        return (await session.scalars(select(Organisation).where(Organisation.name == "Estudi Gavina"))).one()


async def record(world: World, signed: Signed) -> None:
    row, helen = await gavina(world), await world.viewer("helen")
    async with world.core.database.unit_of_work() as session:
        await partners.record(session, helen, row.id, signed, version=row.version, now=world.clock.now())


def told(world: World) -> list[tuple[str, str]]:
    """To whom letters about an NDA went, and what they say first."""
    mails = [mail for mail in world.mail.take_all() if "NDA" in mail["Subject"]]
    return sorted((mail["To"].addresses[0].username, mail["Subject"]) for mail in mails)


async def test_before_it_ends_the_admins_and_its_people_are_told_twice_and_no_more(world: World) -> None:
    today = world.clock.now().date()
    last = today + timedelta(days=20)
    await record(world, Signed(today, last))
    both = [
        ("helen", f"The NDA of Estudi Gavina ends on {format_date(last, 'long', locale='en')}"),
        ("nuria", f"L’NDA d’Estudi Gavina s’acaba el {format_date(last, 'long', locale='ca')}"),
    ]
    for days, letters in ((0, []), (7, both), (0, []), (12, both), (0, []), (10, [])):
        world.clock.forward(minutes=days * 24 * 60)
        await world.settle()
        assert told(world) == letters, days


@pytest.mark.parametrize(("renewed", "letters"), [(False, 2), (True, 0)])
async def test_a_renewal_puts_the_letter_off(world: World, renewed: bool, letters: int) -> None:
    today = world.clock.now().date()
    await record(world, Signed(today, today + timedelta(days=10)))
    if renewed:
        await record(world, Signed(today, date(today.year + 2, 1, 1)))
    world.clock.forward(minutes=9 * 24 * 60)
    await world.settle()
    assert len(told(world)) == letters


async def test_who_came_to_the_house_meanwhile_is_not_kept_out(world: World) -> None:
    helen, nuria = await world.viewer("helen"), await world.viewer("nuria")
    now, wish = world.clock.now(), seats.Wish("Núria", "observer")
    async with world.core.database.unit_of_work() as session:
        own = Signed(now.date(), now.date() + timedelta(days=10))
        row = await partners.record_own(session, helen, nuria.member_id, own, version=1, now=now)
        await seats.edit(session, helen, row.id, wish, version=row.version, moves=True, now=now)
    world.clock.forward(minutes=9 * 24 * 60)
    await world.settle()
    assert told(world) == []


async def test_an_agency_that_cannot_be_told_keeps_no_other_waiting(world: World) -> None:
    helen, now = await world.viewer("helen"), world.clock.now()
    last = now.date() + timedelta(days=14)
    async with world.core.database.unit_of_work() as session:
        mar = await partners.add(session, helen, "Mar i Cel", Wish(), now=now)
        pau = Member(
            organisation_id=mar.id, name="Pau", email="pau@mar.example", role="partner", language="?"
        )
        session.add(pau)
        await partners.record(session, helen, mar.id, Signed(now.date(), last), version=1, now=now)
        mar.nda_remind_at = now - timedelta(hours=1)  # it comes first
    await record(world, Signed(now.date(), last))
    world.clock.forward(minutes=24 * 60)
    await world.settle()
    assert [name for name, _ in told(world)] == ["helen", "nuria"]
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.id == pau.id).values(language="fr"))
    await world.settle()
    assert told(world) == [], "not again at once"
    world.clock.forward(minutes=60)
    await world.settle()
    assert [name for name, _ in told(world)] == ["helen", "pau"]


async def test_an_agency_begins_on_a_friday_night_and_is_out_at_midnight(world: World) -> None:
    """Added, under NDA, invited, given one step; out with the last day, back with the renewal."""
    core, today = world.core, world.clock.now().date()
    jon = await world.viewer("jon")
    async with world.browser("helen") as hers, world.browser() as theirs:
        helen, pau = Pages(hers.http), Pages(theirs.http)
        wish = {"name": "Mar i Cel", "everyBrand": "on", "eachSigns": "on"}
        here = await helen.done("/partners/new", page="/partners", **wish)
        number = here.removeprefix("/partners/")
        person = {"email": "pau@mar.example", "name": "Pau", "role": f"partner:{number}", "language": "ca"}
        seat = {**person, "timeZone": "Europe/Madrid"}
        early = await helen.send("/people/new", page="/people", **seat)
        assert early.status_code == 409, "no link before there is an NDA"
        signed = {"signedOn": str(today), "expiresOn": str(today)}
        await helen.done(f"{here}/nda", page=here, version="1", **signed)
        assert "Nobody of it has a seat yet" in await helen.see(here)
        invited = await helen.send("/people/new", page="/people", **seat)
        assert "pau@mar.example" in invited.text
        await world.settle()
        mail = await world.mail.expect(to="pau@mar.example", subject="Tria la teva contrasenya de Tocsin")
        path = LINK.findall(plain_text(mail))[0]
        await pau.done(path, page=path, new=PASSWORD)
        key = {"email": person["email"], "password": PASSWORD}
        early = await pau.send("/sign-in", page="/sign-in", **key)
        assert (early.status_code, "agreement of Pau is not valid" in early.text) == (401, True)
        page = await helen.see(here)
        assert ("May come in now: 0 of 1" in page, ">no access<" in page, ">has access<" in page) == (
            True,
            True,
            False,
        )
        (own,) = re.findall(r'id="person-(\d+)"', page)
        at = f"{here}/people/{own}/nda"
        await helen.done(at, page=here, version="1", signedOn=str(today))
        await pau.done("/sign-in", page="/sign-in", **key)

        now = world.clock.now()
        incident = await do(
            core,
            lambda s: lifecycle.declare(
                s, jon, brand_id=1, title="Ferry stuck", type="complaint_wave", severity="amber", now=now
            ),
        )
        await start_due_runs(core)
        steps = list((await steps_by_key(core, incident.id)).values())
        await do(core, lambda s: reassign(s, jon, steps[0].id, organisation_id=int(number), now=now))
        assert steps[0].title in await pau.see("/desk")
        await pau.see(f"/steps/{steps[0].id}")
        await pau.see(f"/steps/{steps[1].id}", 404)

        midnight = datetime.combine(today + timedelta(days=1), time(), UTC)
        world.clock.forward(seconds=(midnight - now).total_seconds() - 1)
        await pau.done("/sign-in", page="/sign-in", **key)
        await pau.see(f"/steps/{steps[0].id}")
        world.clock.forward(seconds=1)
        assert (await pau.http.get(f"/steps/{steps[0].id}")).status_code != 200
        refused = await pau.send("/sign-in", page="/sign-in", **key)
        assert (refused.status_code, "not valid today" in refused.text) == (401, True)
        async with world.browser("helen") as admin:
            page = await Pages(admin.http).see(here)
            assert "its 1 person sees nothing until a new one is recorded" in page
            assert "Nobody of it can see to them now" in page
            renewed = {"signedOn": str(midnight.date()), "expiresOn": str(date(today.year + 1, 1, 1))}
            await Pages(admin.http).done(f"{here}/nda", page=here, version="2", **renewed)
        await pau.see(f"/steps/{steps[0].id}")
    world.mail.take_all()
