"""What a person has in incidents that go on: what others must take over before they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from incident.incident import Incident, Participant
from kit.db import ReadSession
from runbooks.run import Step


@dataclass(frozen=True)
class Held:
    """One incident that is not closed, and what the person has in it."""

    incident: Incident
    leads: bool
    steps: Sequence[Step]
    """Theirs by name, still to be done."""


async def held_by(session: ReadSession, member_id: int) -> list[Held]:
    """The oldest first; also where somebody takes part and has nothing to do."""
    own = select(Step).where(Step.owner_id == member_id, Step.state.in_(("todo", "awaiting_approval")))
    steps: dict[int, list[Step]] = {}
    for step in await session.scalars(own.order_by(Step.incident_id, Step.position)):
        steps.setdefault(step.incident_id, []).append(step)
    part = select(Participant.incident_id).where(Participant.member_id == member_id)
    query = select(Incident).where(
        Incident.state != "closed",
        or_(Incident.lead_id == member_id, Incident.id.in_(steps), Incident.id.in_(part)),
    )
    rows = await session.scalars(query.order_by(Incident.id))
    return [Held(row, row.lead_id == member_id, steps.get(row.id, [])) for row in rows]


async def held_by_partner(session: ReadSession, organisation_id: int) -> list[Held]:
    """Incidents that are not closed in which steps of a partner are still to be done, the oldest first."""
    query = (
        select(Step, Incident)
        .join(Incident, Incident.id == Step.incident_id)
        .where(Step.owner_organisation_id == organisation_id, Step.state.in_(("todo", "awaiting_approval")))
        .where(Incident.state != "closed")
        .order_by(Incident.id, Step.position)
    )
    found: dict[int, tuple[Incident, list[Step]]] = {}
    for step, incident in (await session.execute(query)).all():
        found.setdefault(incident.id, (incident, []))[1].append(step)
    return [Held(incident, False, steps) for incident, steps in found.values()]
