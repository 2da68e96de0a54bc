"""The statements of steps: a response and its step move together, in one unit of work.

Writers name the step (a partner knows nothing else); who decides names the response, and is of the house.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from incident import access, responses
from incident.incident import Incident
from incident.response import Response
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid
from people.permissions import Viewer
from runbooks import letters
from runbooks.access import get_step
from runbooks.moving import about, let_act, move
from runbooks.run import Step


async def draft(
    session: WriteSession,
    viewer: Viewer,
    step_id: int,
    *,
    text: str,
    version: int | None = None,
    now: datetime,
) -> Step:
    """Begin the step's statement, or write the version after `version`, the one the writer has read."""
    step, incident = await _to_write(session, viewer, step_id, "write", now)
    response = await _response(session, step)
    if response is not None:
        await responses.edit(
            session, viewer, incident, response, text=text, version=version, about=about(step), now=now
        )
        return step
    response = await responses.draft(session, viewer, incident, text=text, about=about(step), now=now)
    return await move(session, step, "write", {"response_id": None}, response_id=response.id)


async def submit(session: WriteSession, viewer: Viewer, step_id: int, *, now: datetime) -> Step:
    """Hand the statement to the house: the step waits for approval."""
    step, incident = await _to_write(session, viewer, step_id, "submit", now)
    response = await _response(session, step)
    if response is None:
        raise Conflict("There is no text yet: write the statement first.")
    await responses.submit(session, viewer, incident, response, about=about(step), now=now)
    fresh = await move(session, step, "submit")
    authors = await responses.writers(session, response)
    await letters.waiting(session, incident, fresh, but={*authors, viewer.member_id}, now=now)
    return fresh


async def approve(
    session: WriteSession, viewer: Viewer, response_id: int, *, version: int, now: datetime
) -> Response:
    """The house adopts the version that was read; its step is done when the text is published."""
    response, incident, step = await _to_decide(session, viewer, response_id)
    fresh = await responses.approve(
        session, viewer, incident, response, version=version, about=about(step), now=now
    )
    await move(session, step, "approve", approved_by=viewer.member_id)
    return fresh


async def return_(
    session: WriteSession, viewer: Viewer, response_id: int, *, reason: str, now: datetime
) -> Response:
    """Back to the writers, with a reason: the step is to do again."""
    response, incident, step = await _to_decide(session, viewer, response_id)
    fresh = await responses.return_(
        session, viewer, incident, response, reason=reason, about=about(step), now=now
    )
    step = await move(session, step, "return", approved_by=None)
    authors = await responses.writers(session, response)
    await letters.returned(
        session, incident, step, to=authors, by=viewer.member_id, reason=fresh.return_reason or "", now=now
    )
    return fresh


async def publish(
    session: WriteSession, viewer: Viewer, response_id: int, *, url: str | None = None, now: datetime
) -> Response:
    """The house has published the approved text: the step is done."""
    response, incident, step = await _to_decide(session, viewer, response_id)
    fresh = await responses.publish(session, viewer, incident, response, url=url, about=about(step), now=now)
    await move(session, step, "publish", completed_by=viewer.member_id, completed_at=now)
    return fresh


async def _to_write(
    session: WriteSession, viewer: Viewer, step_id: int, action: str, now: datetime
) -> tuple[Step, Incident]:
    step = await get_step(session, viewer, step_id, now=now)
    if step.kind != "statement":
        raise Invalid("This step has no statement to write.", field="stepId")
    return await let_act(session, viewer, step_id, action, now=now)


async def _response(session: ReadSession, step: Step) -> Response | None:
    if step.response_id is None:
        return None
    return await session.get_one(Response, step.response_id, populate_existing=True)


async def _to_decide(
    session: WriteSession, viewer: Viewer, response_id: int
) -> tuple[Response, Incident, Step]:
    """The response behind the house's door, its incident, and the step it belongs to."""
    response = await access.get_response(session, viewer, response_id)
    incident = await session.get_one(Incident, response.incident_id, populate_existing=True)
    if incident.state == "closed":
        raise Conflict("The incident is closed.")
    query = select(Step).where(Step.response_id == response.id)
    step = (await session.execute(query.execution_options(populate_existing=True))).scalar_one()
    return response, incident, step
