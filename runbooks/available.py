"""Who can own steps of any incident now: who is on call, a partner, people by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from kit.db import ReadSession
from people.members import Member
from people.on_call.duty import duties
from people.organisations import Organisation
from people.permissions import RESPONDERS, partner_allowed
from runbooks.owners import Available, named_members


async def available(session: ReadSession, rules: list[str], now: datetime) -> Available:
    """What these rules of plans' steps need to know, but for each incident's lead."""
    return Available(
        on_call_id=await _on_call(session, now),
        partner_id=await _partner(session, now),
        named=await _named(session, named_members(rules), now),
    )


async def _on_call(session: ReadSession, now: datetime) -> int | None:
    """The first schedule's person who may act; the schedules are in the order of their names."""
    on_duty = (member for duty in await duties(session, now) for member, _ in duty.now)
    return next((member.id for member in on_duty if member.active and member.role in RESPONDERS), None)


async def _partner(session: ReadSession, now: datetime) -> int | None:
    """The partner of longest standing that may be let in and has somebody to do the work."""
    somebody = exists().where(Member.organisation_id == Organisation.id, Member.active)
    query = select(Organisation).where(Organisation.kind == "partner", somebody).order_by(Organisation.id)
    partners = (await session.execute(query)).scalars()
    return next((partner.id for partner in partners if partner_allowed(partner, now.date())), None)


async def _named(session: ReadSession, wanted: set[int], now: datetime) -> dict[int, int | None]:
    """The partner organisation (None: house) of each wanted member who is active and may be let in."""
    query = (
        select(Member, Organisation)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.id.in_(wanted), Member.active)
    )
    return {
        member.id: member.organisation_id if member.role == "partner" else None
        for member, organisation in (await session.execute(query))
        if member.role in RESPONDERS or partner_allowed(organisation, now.date())
    }
