"""A silent source is told to those who watch the sources, by letter; the crisis rota sleeps on."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

import pytest
from sqlalchemy import select

from alerts.alert import Alert
from alerts.page import Page
from incident.incident import Incident
from mentions.source import Source, SourceHealth
from mentions.sources.watch import watch_sources
from people.departments import Department, DepartmentMember
from people.members import Member
from tests.world import World

FEED = "the harbour's feed"


async def silent(world: World, *, closed: bool) -> None:
    """A source that should speak every half an hour speaks once, and then no more.

    The community watches the sources, and so does a department whose only one has left the house.
    The community may have been closed.
    """
    async with world.core.database.unit_of_work() as session:
        session.add(Source(name=FEED, kind="webhook", settings={}, secret="s", expected_minutes=30))
        community = (await session.scalars(select(Department).where(Department.slug == "community"))).one()
        community.watches_sources = True
        community.archived_at = world.clock.now() if closed else None
        jon = (await session.scalars(select(Member).where(Member.email.startswith("jon@")))).one()
        jon.active = False
        night = Department(name="Night desk", slug="night-desk", watches_sources=True)
        session.add(night)
        await session.flush()
        session.add(DepartmentMember(department_id=night.id, member_id=jon.id, joined_at=world.clock.now()))
    async with world.core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == FEED))).one()
        session.add(
            SourceHealth(
                source_id=source.id, received=1, duplicates=0, rejected=0, unmatched=0,
                last_received_at=world.clock.now(),
            )
        )  # fmt: skip
    await watched(world, 40)


async def watched(world: World, minutes: int) -> None:
    """Let the minutes pass; the sources are looked at, and what is to be written goes out."""
    for _ in range(minutes // 4):
        world.clock.forward(minutes=4)
        await watch_sources(world.core)
        await world.settle()


def readers(world: World) -> set[str]:
    """To whom the letters of now went that name the source."""
    letters = [letter for letter in world.mail.take_all() if FEED in letter["Subject"]]
    return {parseaddr(str(letter["To"]))[1].partition("@")[0] for letter in letters}


async def nobody_was_paged(world: World) -> None:
    async with world.core.database.read() as session:
        for table in (Alert, Page, Incident):
            assert (await session.scalars(select(table))).all() == [], table


@pytest.mark.parametrize(
    ("closed", "told"), [(False, {"marta"}), (True, {"helen"})], ids=["watched", "by nobody"]
)
async def test_silence_is_told_once_and_so_is_its_end(world: World, closed: bool, told: set[str]) -> None:
    await silent(world, closed=closed)
    assert readers(world) == told
    await watched(world, 60)
    world.mail.nothing()
    async with world.core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == FEED))).one()
        health = await session.get_one(SourceHealth, source.id)
        health.last_received_at = world.clock.now() + timedelta(seconds=1)
    await watched(world, 4)
    assert readers(world) == told
    await nobody_was_paged(world)
