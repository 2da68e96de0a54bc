"""The doors to steps, runbooks and proposals.

A step is seen by the house, and by the partner organisation that owns it while it may work on the brand
(`people.permissions`): its NDA is valid, and the partnership goes on. That is the one way in which a partner
sees anything of an incident; all other doors are shut to it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, case, or_, select

from incident.incident import Incident
from incident.response import Response
from incident.responses import wrote
from incident.wording import can_be_stored
from kit.db import ReadSession
from kit.errors import NotFound
from people.organisations import Organisation
from people.permissions import Viewer, can_read_incidents, may_work_on, partner_allowed
from runbooks.proposal import Proposal
from runbooks.run import Step
from runbooks.runbook import Runbook
from runbooks.states import OPEN, may

MAX_LISTED = 200


async def get_step(session: ReadSession, viewer: Viewer, step_id: int, *, now: datetime) -> Step:
    """The step as it is now; NotFound in the same words whether it does not exist or may not be known."""
    step = await session.get(Step, step_id, populate_existing=True)
    if step is None or not await _may_see(session, viewer, step, now):
        raise NotFound("There is no step {}.", step_id)
    return step


async def _may_see(session: ReadSession, viewer: Viewer, step: Step, now: datetime) -> bool:
    if can_read_incidents(viewer):
        return True
    if step.owner_organisation_id != viewer.organisation_id:
        return False
    brand_id = select(Incident.brand_id).where(Incident.id == step.incident_id)
    return may_work_on(await _own(session, viewer), (await session.scalars(brand_id)).one(), now.date())


async def _own(session: ReadSession, viewer: Viewer) -> Organisation:
    """The viewer's organisation as it is now. Their own agreement was looked at as they came in."""
    return await session.get_one(Organisation, viewer.organisation_id, populate_existing=True)


async def list_my_steps(session: ReadSession, viewer: Viewer, *, now: datetime) -> list[Step]:
    """The viewer's own steps, for a partner its organisation's: open ones first, then by deadline."""
    query = _mine(viewer)
    if viewer.is_partner:
        partner = await _own(session, viewer)
        if not partner_allowed(partner, now.date()):
            return []
        if partner.brand_ids is not None:
            query = query.where(Incident.brand_id.in_(partner.brand_ids))
    query = query.order_by(case((Step.state.in_(OPEN), 0), else_=1), Step.due_at, Step.id)
    return list((await session.execute(query.limit(MAX_LISTED))).scalars())


def _mine(viewer: Viewer) -> Select[Step]:
    """For the house, steps of closed incidents are history; a partner sees all that it was given."""
    query = select(Step).join(Incident, Incident.id == Step.incident_id)
    if viewer.is_partner:
        return query.where(Step.owner_organisation_id == viewer.organisation_id)
    return query.where(Step.owner_id == viewer.member_id, Incident.state != "closed")


async def list_approvals(session: ReadSession, viewer: Viewer) -> list[Step]:
    """What waits in open incidents for a decision that the viewer may take, by deadline; never its own."""
    if not may(viewer.role, "approve"):
        return []
    task = and_(Step.response_id.is_(None), Step.completed_by.is_distinct_from(viewer.member_id))
    statement = and_(Response.state == "submitted", ~wrote(viewer.member_id))
    query = (
        select(Step)
        .join(Incident, Incident.id == Step.incident_id)
        .outerjoin(Response, Response.id == Step.response_id)
        .where(Incident.state == "open", Step.state == "awaiting_approval", or_(task, statement))
        .order_by(Step.due_at, Step.id)
    )
    return list((await session.scalars(query.limit(MAX_LISTED))).all())


async def list_runbooks(session: ReadSession, viewer: Viewer) -> list[Runbook]:
    """By name; none for a partner."""
    if not can_read_incidents(viewer):
        return []
    return list((await session.execute(select(Runbook).order_by(Runbook.name))).scalars())


async def get_runbook(session: ReadSession, viewer: Viewer, slug: str) -> Runbook:
    runbook = None
    if can_read_incidents(viewer) and can_be_stored(slug):
        runbook = (await session.execute(select(Runbook).where(Runbook.slug == slug))).scalar_one_or_none()
    if runbook is None:
        raise NotFound("There is no runbook {!r}.", slug)
    return runbook


async def get_proposal(session: ReadSession, viewer: Viewer, proposal_id: int) -> Proposal:
    proposal = None
    if can_read_incidents(viewer):
        proposal = await session.get(Proposal, proposal_id, populate_existing=True)
    if proposal is None:
        raise NotFound("There is no proposal {}.", proposal_id)
    return proposal
