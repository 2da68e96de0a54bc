"""Who can own steps of any incident now: who is on call, a partner, people by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from incident.incident import Incident
from kit.db import ReadSession
from people.members import Member
from people.on_call.duty import duties
from people.organisations import Organisation
from people.permissions import RESPONDERS, let_in, may_work_on
from runbooks.owners import Available, named_members


@dataclass(frozen=True)
class Anybody:
    """Who can own steps, before it is known of which brand the incident is."""

    on_call_id: int | None
    partners: Sequence[Organisation]
    """Those that have somebody to do the work; of longest standing first."""
    named: Mapping[int, Organisation | None]
    """The partner (None: house) of each person whom a rule names and who may be let in."""

    def on(self, incident: Incident, now: datetime) -> Available:
        """Who can own this incident's steps."""

        def works(partner: Organisation) -> bool:
            return may_work_on(partner, incident.brand_id, now.date())

        return Available(
            lead_id=incident.lead_id,
            on_call_id=self.on_call_id,
            partner_id=next((one.id for one in self.partners if works(one)), None),
            named={
                member_id: partner.id if partner is not None else None
                for member_id, partner in self.named.items()
                if partner is None or works(partner)
            },
        )


async def anybody(session: ReadSession, rules: list[str], now: datetime) -> Anybody:
    """What these rules of plans' steps need to know."""
    return Anybody(
        on_call_id=await _on_call(session, now),
        partners=await _partners(session, now),
        named=await _named(session, named_members(rules), now),
    )


async def partners_on(session: ReadSession, incident_id: int, now: datetime) -> Sequence[Organisation]:
    """Which may be given steps of this incident, by name; none where there is no such incident."""
    query = select(Organisation, Incident.brand_id).join(Incident, Incident.id == incident_id)
    found = await session.execute(query.order_by(Organisation.name))
    return [one for one, brand_id in found if may_work_on(one, brand_id, now.date())]


async def _on_call(session: ReadSession, now: datetime) -> int | None:
    """The first schedule's person who may act; the schedules are in the order of their names."""
    on_duty = (member for duty in await duties(session, now) for member, _ in duty.now)
    return next((member.id for member in on_duty if member.active and member.role in RESPONDERS), None)


async def _partners(session: ReadSession, now: datetime) -> list[Organisation]:
    people = _PEOPLE.where(Member.role == "partner").order_by(Organisation.id)
    found = (await session.execute(people)).all()
    return list({own.id: own for member, own in found if let_in(member, own, now.date())}.values())


async def _named(session: ReadSession, wanted: set[int], now: datetime) -> dict[int, Organisation | None]:
    found = (await session.execute(_PEOPLE.where(Member.id.in_(wanted)))).all()
    return {
        member.id: own if member.role == "partner" else None
        for member, own in found
        if member.role in (*RESPONDERS, "partner") and let_in(member, own, now.date())
    }


_PEOPLE = (
    select(Member, Organisation)
    .join(Organisation, Organisation.id == Member.organisation_id)
    .where(Member.active)
)
