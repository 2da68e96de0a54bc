"""Runs for tests: an incident with its steps on the desks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from incident import lifecycle
from incident.incident import Incident
from incident.response import Response
from kit.core import Core
from kit.db import WriteSession
from kit.errors import TocsinError
from people.permissions import Viewer
from runbooks import statements
from runbooks.run import Step
from runbooks.start import start_due_runs
from tests.incident.cast import Cast, steps_by_key

T = TypeVar("T")
Given = ParamSpec("Given")


async def begin(
    core: Core, cast: Cast, *, type: str = "complaint_wave", brand_id: int | None = None
) -> tuple[Incident, dict[str, Step]]:
    """An incident declared by Rosa, its run started; its steps by key."""
    async with core.database.unit_of_work() as session:
        incident = await lifecycle.declare(
            session,
            cast.rosa,
            brand_id=brand_id or cast.brand_id,
            title="Ferry late",
            type=type,
            severity="amber",
            now=core.clock.now(),
        )
    await start_due_runs(core)
    return incident, await steps_by_key(core, incident.id)


async def do(
    core: Core,
    act: Callable[Concatenate[WriteSession, Given], Awaitable[T]],
    *args: Given.args,
    **given: Given.kwargs,
) -> T:
    """One unit of work, in which `act` gets the session and all that is given."""
    async with core.database.unit_of_work() as session:
        return await act(session, *args, **given)


async def outcome(
    core: Core,
    act: Callable[Concatenate[WriteSession, Given], Awaitable[object]],
    *args: Given.args,
    **given: Given.kwargs,
) -> str:
    """`done`, or the name of the expected failure."""
    try:
        await do(core, act, *args, **given)
    except TocsinError as error:
        return type(error).__name__
    return "done"


async def step(core: Core, step_id: int) -> Step:
    async with core.database.read() as session:
        return await session.get_one(Step, step_id)


async def response_of(core: Core, step_id: int) -> Response:
    async with core.database.read() as session:
        row = await session.get_one(Step, step_id)
        assert row.response_id is not None
        return await session.get_one(Response, row.response_id)


async def statement(core: Core, writer: Viewer, step_id: int, state: str, decider: Viewer) -> Response:
    """The step's statement, brought into a state by its writer and its decider."""
    now = core.clock.now()
    await do(core, lambda s: statements.draft(s, writer, step_id, text="We know of it.", now=now))
    response = await response_of(core, step_id)
    if state != "draft":
        await do(core, lambda s: statements.submit(s, writer, step_id, now=now))
    if state == "returned":
        await do(core, lambda s: statements.return_(s, decider, response.id, reason="Shorter.", now=now))
    if state in ("approved", "published"):
        await do(core, lambda s: statements.approve(s, decider, response.id, version=1, now=now))
    if state == "published":
        await do(core, lambda s: statements.publish(s, decider, response.id, now=now))
    return await response_of(core, step_id)
