"""The doors to steps, runbooks and proposals.

A step is seen by the house, and by the partner organisation that owns it while its NDA is valid. That
is the one way in which a partner sees anything of an incident; all other doors are shut to it.
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
from people.permissions import Viewer, can_read_incidents, partner_allowed
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
    return await _let_in(session, viewer, now)


async def _let_in(session: ReadSession, viewer: Viewer, now: datetime) -> bool:
    """Whether the viewer's organisation is a partner with an NDA that is valid today (UTC)."""
    organisation = await session.get(Organisation, viewer.organisation_id, populate_existing=True)
    return organisation is not None and partner_allowed(organisation, now.date())


async def list_my_steps(session: ReadSession, viewer: Viewer, *, now: datetime) -> list[Step]:
    """The viewer's own steps, for a partner its organisation's: open ones first, then by deadline."""
    if viewer.is_partner and not await _let_in(session, viewer, now):
        return []
    query = _mine(viewer).order_by(case((Step.state.in_(OPEN), 0), else_=1), Step.due_at, Step.id)
    return list((await session.execute(query.limit(MAX_LISTED))).scalars())


def _mine(viewer: Viewer) -> Select[Step]:
    """For the house, steps of closed incidents are history; a partner sees all that it was given."""
    if viewer.is_partner:
        return select(Step).where(Step.owner_organisation_id == viewer.organisation_id)
    return (
        select(Step)
        .join(Incident, Incident.id == Step.incident_id)
        .where(Step.owner_id == viewer.member_id, Incident.state != "closed")
    )


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
