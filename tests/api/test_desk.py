"""The desk's subscription hears what changes its steps, however much else happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import update

from api.context import Context
from api.live import Hub
from api.schema import schema
from incident.incident import Incident
from kit.core import Core
from kit.events import last_seq, record
from people.permissions import Viewer
from runbooks import questions, steps
from tests.incident.cast import Cast, enter
from tests.runbooks.runs import begin, do, statement


@asynccontextmanager
async def listening(core: Core, viewer: Viewer) -> AsyncIterator[asyncio.Queue[int]]:
    """What the viewer's desk is told from now on."""
    async with core.database.read() as session:
        seq = await last_seq(session)
    hub, heard = Hub(core.bell), asyncio.Queue[int]()

    async def listen() -> None:
        context = Context(core, hub, viewer=viewer)
        stream = await schema.subscribe(
            "subscription ($after: Int!) { desk(after: $after) }",
            variable_values={"after": seq},
            context_value=context,
        )
        async for result in stream:
            assert not result.errors
            assert result.data
            heard.put_nowait(result.data["desk"])

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await hub.stop()


async def give(core: Core, cast: Cast, step_id: int, **owner: int) -> None:
    await do(core, lambda s: steps.reassign(s, cast.rosa, step_id, now=core.clock.now(), **owner))


async def test_much_that_is_none_of_its_business_does_not_make_it_deaf(core: Core) -> None:
    cast = await enter(core)
    _, by_key = await begin(core, cast)
    step = next(step for step in by_key.values() if step.owner_organisation_id is None)
    async with listening(core, cast.pau) as heard:
        async with core.database.unit_of_work() as session:
            for _ in range(1200):
                record(session, "member.signed_in", at=core.clock.now())
        await give(core, cast, step.id, organisation_id=cast.agency_id)
        assert await asyncio.wait_for(heard.get(), 60)


async def test_a_step_that_is_taken_away_is_told_too(core: Core) -> None:
    cast = await enter(core)
    _, by_key = await begin(core, cast)
    owned = [step for step in by_key.values() if step.owner_organisation_id == cast.agency_id]
    for step in owned[1:]:
        await give(core, cast, step.id, member_id=cast.bruno.member_id)
    async with listening(core, cast.pau) as heard:
        await give(core, cast, owned[0].id, member_id=cast.bruno.member_id)
        assert await asyncio.wait_for(heard.get(), 60)


async def test_who_may_decide_hears_of_what_is_handed_in(core: Core) -> None:
    cast = await enter(core)
    _, by_key = await begin(core, cast)
    step = next(step for step in by_key.values() if step.owner_organisation_id == cast.agency_id)
    async with listening(core, cast.bruno) as heard:
        await statement(core, cast.pau, step.id, "submitted", cast.rosa)
        assert await asyncio.wait_for(heard.get(), 60)


async def test_who_leads_hears_of_what_is_asked_and_of_what_is_answered(core: Core) -> None:
    cast = await enter(core)
    _, by_key = await begin(core, cast)
    step = next(step for step in by_key.values() if step.owner_organisation_id == cast.agency_id)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        await session.execute(update(Incident).values(lead_id=cast.ada.member_id))
    async with listening(core, cast.ada) as heard:
        await do(core, lambda s: questions.ask(s, cast.pau, step.id, text="Which port?", now=now))
        assert await asyncio.wait_for(heard.get(), 60)
        await do(core, lambda s: questions.answer(s, cast.rosa, step.id, 1, text="Palma.", now=now))
        assert await asyncio.wait_for(heard.get(), 60)
