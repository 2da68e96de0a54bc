"""What every act on a running step has in common: the door, the right, the state, the swap, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from incident import firsts
from incident.incident import Incident
from incident.swap import swap
from incident.telling import tell
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden
from kit.languages import Sentence
from people.permissions import Viewer
from runbooks.access import get_step
from runbooks.run import Step
from runbooks.states import may, next_state

ACTS = (
    "step.completed", "step.awaiting_approval", "step.approved", "step.returned", "step.skipped",
    "step.reassigned", "response.drafted", "response.submitted", "response.approved", "response.returned",
    "response.published",
)  # fmt: skip
TOO_LATE = {
    "todo": Sentence("The step “{}” is still to do, this cannot be done now."),
    "awaiting_approval": Sentence("The step “{}” waits for approval, this cannot be done now."),
    "done": Sentence("The step “{}” is done, this cannot be done now."),
    "skipped": Sentence("The step “{}” is skipped, this cannot be done now."),
}


async def let_act(
    session: WriteSession, viewer: Viewer, step_id: int, action: str, *, now: datetime
) -> tuple[Step, Incident]:
    """The step that the viewer sees and may do this to, and its incident.

    NotFound behind a shut door, Forbidden for the wrong role, Conflict when it is too late for it.
    """
    step = await get_step(session, viewer, step_id, now=now)
    if not may(viewer.role, action):
        raise Forbidden("You may not do this to a step; a responder of the house may.")
    incident = await still_open(session, step)
    if next_state(step.kind, step.state, action) is None:
        raise await too_late(session, step)
    return step, incident


async def still_open(session: ReadSession, step: Step) -> Incident:
    """The step's incident; Conflict when it is closed."""
    incident = await session.get_one(Incident, step.incident_id, populate_existing=True)
    if incident.state == "closed":
        raise Conflict("The incident is closed.")
    return incident


async def move(
    session: WriteSession, step: Step, action: str, expected: Mapping[str, Any] | None = None, **values: Any
) -> Step:
    """Swap the step to where the action leads; Conflict when somebody was first."""
    state = next_state(step.kind, step.state, action)
    if state is None:
        raise await too_late(session, step)
    fresh = await swap(
        session, Step, step.id, {"state": step.state, **(expected or {})}, state=state, **values
    )
    if fresh is None:
        raise await too_late(session, step)
    return fresh


async def too_late(session: ReadSession, step: Step) -> Conflict:
    await session.refresh(step)
    said = Sentence(TOO_LATE[step.state], step.title)
    return await firsts.conflict(session, step.incident_id, ACTS, said, step_id=step.id)


def about(step: Step) -> dict[str, Any]:
    """What every event about a step says of it; `organisation_id` is the partner whose desk it is on."""
    return {"step_id": step.id, "title": step.title, "organisation_id": step.owner_organisation_id}


def tell_step(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    step: Step,
    kind: str,
    *,
    now: datetime,
    **data: Any,
) -> None:
    tell(session, viewer, incident, kind, now=now, **about(step), **data)
