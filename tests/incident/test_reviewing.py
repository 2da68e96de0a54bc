"""The look back: opens by itself, collects lessons, closes once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from incident import lifecycle, reviewing
from incident.incident import Incident
from incident.review import Lesson, Review
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from people.permissions import Viewer
from tests.incident.cast import Cast, enter, kinds, the_incident


async def resolved(core: Core, cast: Cast) -> Review:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        incident = await lifecycle.declare(
            session, cast.rosa, brand_id=cast.brand_id, title="Late", type="accident", severity="red", now=now
        )
        await lifecycle.resolve(session, cast.rosa, incident.id, summary="It is over.", now=now)
        return (await session.execute(select(Review))).scalar_one()


async def test_it_is_open_at_once_with_the_summary(core: Core) -> None:
    review = await resolved(core, await enter(core))
    assert (review.state, review.summary, review.opened_at) == ("open", "It is over.", core.clock.now())


async def test_lessons_of_both_kinds_and_a_better_summary(core: Core) -> None:
    cast = await enter(core)
    review, now = await resolved(core, cast), core.clock.now()
    async with core.database.unit_of_work() as session:
        for kind in ("keep", "change"):
            await reviewing.add_lesson(session, cast.bruno, review.id, kind=kind, text=f"To {kind}.", now=now)
        await reviewing.set_summary(session, cast.bruno, review.id, summary="In short.", now=now)
    async with core.database.read() as session:
        lessons = (await session.execute(select(Lesson).order_by(Lesson.id))).scalars().all()
        assert [(one.kind, one.author_id) for one in lessons] == [
            ("keep", cast.bruno.member_id),
            ("change", cast.bruno.member_id),
        ]
        assert (await session.get_one(Review, review.id)).summary == "In short."


async def test_malformed_lessons(core: Core) -> None:
    cast = await enter(core)
    review = await resolved(core, cast)
    for kind, text in (("blame", "Text."), ("keep", "  "), ("change", "x" * 10_001)):
        with pytest.raises(Invalid):
            async with core.database.unit_of_work() as session:
                await reviewing.add_lesson(
                    session, cast.rosa, review.id, kind=kind, text=text, now=core.clock.now()
                )


async def test_who_may_write_a_lesson(core: Core) -> None:
    cast = await enter(core)
    review = await resolved(core, cast)
    for viewer, error in ((cast.emma, Forbidden), (cast.pau, NotFound)):
        with pytest.raises(error):
            async with core.database.unit_of_work() as session:
                await reviewing.add_lesson(
                    session, viewer, review.id, kind="keep", text="Text.", now=core.clock.now()
                )


async def test_closing_closes_the_incident_and_ends_the_writing(core: Core) -> None:
    cast = await enter(core)
    review, now = await resolved(core, cast), core.clock.now()
    async with core.database.unit_of_work() as session:
        assert (await reviewing.close_review(session, cast.rosa, review.id, now=now)).state == "closed"
    incident: Incident = await the_incident(core)
    assert (incident.state, incident.closed_at) == ("closed", now)
    with pytest.raises(Conflict, match="Rosa was first"):
        async with core.database.unit_of_work() as session:
            await reviewing.add_lesson(session, cast.bruno, review.id, kind="keep", text="Late.", now=now)


async def test_two_who_close_at_once(core: Core) -> None:
    cast = await enter(core)
    review = await resolved(core, cast)

    async def close(viewer: Viewer) -> None:
        async with core.database.unit_of_work() as session:
            await reviewing.close_review(session, viewer, review.id, now=core.clock.now())

    outcomes = await asyncio.gather(*map(close, (cast.rosa, cast.bruno, cast.ada)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Conflict", "NoneType"]
    assert (await kinds(core)).count("incident.closed") == 1
