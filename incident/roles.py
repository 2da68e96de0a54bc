"""Who is on an incident: its lead, the people who joined, the partners who got a part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from incident.incident import Incident, Participant, PartnerSeat
from incident.swap import swap
from kit.db import ReadSession, WriteSession
from kit.events import Event, record
from people.members import Member
from people.organisations import Organisation


async def make_lead(
    session: WriteSession, incident: Incident, member: Member, *, by: Member | None, now: datetime
) -> bool:
    """Hand the lead to `member` if it still is where `incident` has it; False when somebody was quicker."""
    fresh = await swap(
        session,
        Incident,
        incident.id,
        {"lead_id": incident.lead_id, "state": incident.state},
        lead_id=member.id,
    )
    if fresh is None:
        return False
    await _note_lead(session, incident.id, member.id, now)
    actor = by or member
    record(
        session,
        "incident.lead_assigned",
        at=now,
        actor=actor.name,
        actor_id=actor.id,
        incident_id=incident.id,
        brand_id=incident.brand_id,
        lead=member.name,
        member_id=member.id,
        chosen=by is not None and by.id == member.id,
    )
    return True


async def chose_to_lead(session: ReadSession, incidents: Sequence[Incident]) -> set[int]:
    """Those of the incidents, by id, whose lead asked for the lead, was not given it nor came by it with an
    alert."""
    member_id, chosen = Event.data["member_id"].as_integer(), Event.data["chosen"].as_boolean()
    query = select(Event.incident_id, member_id, chosen).where(
        Event.incident_id.in_([one.id for one in incidents]), Event.kind == "incident.lead_assigned"
    )
    rows = await session.execute(query.order_by(Event.seq))
    last = {(incident_id, member): chose for incident_id, member, chose in rows}
    return {one.id for one in incidents if last.get((one.id, one.lead_id))}


async def _note_lead(session: WriteSession, incident_id: int, member_id: int, now: datetime) -> None:
    """The lead is a participant with that role; who had it before stays on without it."""
    await session.execute(
        update(Participant)
        .where(Participant.incident_id == incident_id, Participant.role == "lead")
        .values(role="")
    )
    seat = insert(Participant).values(
        incident_id=incident_id, member_id=member_id, role="lead", joined_at=now
    )
    await session.execute(
        seat.on_conflict_do_update(index_elements=["incident_id", "member_id"], set_={"role": "lead"})
    )


async def add_participant(session: WriteSession, incident_id: int, member_id: int, now: datetime) -> bool:
    """Whether the member is new on the incident."""
    seat = insert(Participant).values(incident_id=incident_id, member_id=member_id, role="", joined_at=now)
    added = await session.execute(seat.on_conflict_do_nothing().returning(Participant.member_id))
    return added.scalar_one_or_none() is not None


async def seat_partner(
    session: WriteSession, incident: Incident, partner: Organisation, now: datetime
) -> None:
    """The partner has something to do here; said once."""
    seat = insert(PartnerSeat).values(incident_id=incident.id, organisation_id=partner.id, assigned_at=now)
    added = await session.execute(seat.on_conflict_do_nothing().returning(PartnerSeat.organisation_id))
    if added.scalar_one_or_none() is not None:
        record(
            session,
            "partner.seated",
            at=now,
            incident_id=incident.id,
            brand_id=incident.brand_id,
            organisation=partner.name,
            organisation_id=partner.id,
        )
