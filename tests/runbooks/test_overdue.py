"""Deadlines that pass are told once."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from incident import lifecycle
from incident.timeline import entries
from kit.core import Core
from kit.events import Event
from runbooks import steps
from runbooks.overdue import mark_overdue
from tests.clock import MovableClock
from tests.incident.cast import enter, kinds
from tests.runbooks.runs import begin, do, step


async def test_each_deadline_is_told_once_when_it_passes(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    incident, found = await begin(core, cast)
    clock.forward(minutes=4, seconds=59)
    assert await mark_overdue(core) == 0
    clock.forward(seconds=1)
    assert await mark_overdue(core) == 1
    assert await mark_overdue(core) == 0
    assert (await step(core, found["pause_posts"].id)).overdue_at == clock.now()
    async with core.database.read() as session:
        last = (await entries(session, incident.id))[-1]
    assert last.text == "The step “Pause scheduled posts and adverts” is overdue; Rosa has it."


async def test_it_names_the_partner(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    await begin(core, cast)
    clock.forward(minutes=30)
    await mark_overdue(core)
    async with core.database.read() as session:
        data = (await session.execute(select(Event.data).where(Event.kind == "step.overdue"))).scalars().all()
    assert {one["owner"] for one in data} == {"Rosa", "Studio Garbí"}


async def test_a_step_that_waits_for_approval_is_overdue_too(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id = found["compensation_rules"].id
    await do(core, lambda s: steps.complete(s, cast.bruno, step_id, now=clock.now()))
    clock.forward(minutes=30)
    await mark_overdue(core)
    assert (await step(core, step_id)).overdue_at == clock.now()


async def test_done_and_skipped_steps_are_not(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await do(core, lambda s: steps.complete(s, cast.bruno, found["pause_posts"].id, now=clock.now()))
    clock.forward(minutes=5)
    assert await mark_overdue(core) == 0


async def test_nothing_is_overdue_once_the_incident_is_resolved(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    incident, _ = await begin(core, cast)
    await do(core, lambda s: lifecycle.resolve(s, cast.rosa, incident.id, summary="Over.", now=clock.now()))
    clock.forward(days=2)
    assert await mark_overdue(core) == 0


async def test_two_workers_at_once_tell_each_step_once(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    clock.forward(days=2)
    await asyncio.gather(*(mark_overdue(core) for _ in range(3)))
    await mark_overdue(core)
    assert (await kinds(core)).count("step.overdue") == len(found)
