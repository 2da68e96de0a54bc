"""Deadlines that pass are told, once: a step not done, or done and not yet approved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from incident.incident import Incident
from incident.sweep import each
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.events import record
from people.members import Member
from people.organisations import Organisation
from runbooks.run import Step
from runbooks.states import OPEN

BATCH = 200


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return (
        select(Step.id)
        .join(Incident, Incident.id == Step.incident_id)
        .where(Incident.state == "open", Step.state.in_(OPEN), Step.overdue_at.is_(None), Step.due_at <= now)
    )


async def mark_overdue(core: Core) -> int:
    """Mark the steps of open incidents whose time has come; returns how many."""
    now = core.clock.now()
    async with core.database.read() as session:
        keys = (await session.scalars(_due(now).order_by(Step.due_at, Step.id).limit(BATCH))).all()

    async def mark(session: WriteSession, step_id: int) -> bool:
        return await _mark(session, step_id, now)

    return await each(core, "overdue", keys, mark)


async def _mark(session: WriteSession, step_id: int, now: datetime) -> bool:
    open_still = select(Step).where(
        Step.id == step_id, Step.state.in_(OPEN), Step.overdue_at.is_(None), Step.due_at <= now
    )
    step = (await session.execute(open_still.with_for_update(skip_locked=True))).scalar_one_or_none()
    if step is None:
        return False
    step.overdue_at = now
    incident = await session.get_one(Incident, step.incident_id)
    record(
        session,
        "step.overdue",
        at=now,
        incident_id=incident.id,
        brand_id=incident.brand_id,
        step_id=step.id,
        title=step.title,
        organisation_id=step.owner_organisation_id,
        owner=await owner_name(session, step),
    )
    return True


async def owner_name(session: ReadSession, step: Step) -> str:
    """Who has the step, in words."""
    if step.owner_id is not None:
        return (await session.get_one(Member, step.owner_id)).name
    if step.owner_organisation_id is not None:
        return (await session.get_one(Organisation, step.owner_organisation_id)).name
    return "nobody"
