"""Deadlines that pass are told, once: a step not done, or done and not yet approved.

Whoever has it still to do is told by letter, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from incident.incident import Incident
from incident.sweep import together
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.events import record
from people.members import Member
from people.organisations import Organisation
from runbooks import letters
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

    async def mark(session: WriteSession, step_ids: Sequence[int]) -> int:
        return await _mark(session, step_ids, now)

    return await together(core, "overdue", keys, mark)


async def _mark(session: WriteSession, step_ids: Sequence[int], now: datetime) -> int:
    """Mark and tell those of the steps that no other worker holds, or has told meanwhile."""
    late = select(Step).where(
        Step.id.in_(step_ids), Step.state.in_(OPEN), Step.overdue_at.is_(None), Step.due_at <= now
    )
    by_incident = defaultdict(list)
    for step in await session.scalars(late.order_by(Step.due_at, Step.id).with_for_update(skip_locked=True)):
        by_incident[step.incident_id].append(step)
    for incident_id, steps in by_incident.items():
        await _tell(session, await session.get_one(Incident, incident_id), steps, now)
    return sum(map(len, by_incident.values()))


async def _tell(session: WriteSession, incident: Incident, steps: Sequence[Step], now: datetime) -> None:
    for step in steps:
        step.overdue_at = now
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
    await letters.overdue(session, incident, steps, now=now)


async def owner_name(session: ReadSession, step: Step) -> str:
    """Who has the step, in words."""
    if step.owner_id is not None:
        return (await session.get_one(Member, step.owner_id)).name
    if step.owner_organisation_id is not None:
        return (await session.get_one(Organisation, step.owner_organisation_id)).name
    return "nobody"
