"""An agency gets in by its agreement, and is out the moment that ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from sqlalchemy import select

from people import partners
from people.organisations import Organisation
from people.partners import Signed
from tests.world import World


async def gavina(world: World) -> Organisation:
    async with world.core.database.read() as session:
        return (await session.scalars(select(Organisation).where(Organisation.kind == "partner"))).one()


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
        ("nuria", f"L’NDA de Estudi Gavina s’acaba el {format_date(last, 'long', locale='ca')}"),
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
