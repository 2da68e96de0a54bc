"""Runs begin: an open incident without one gets the newest version of its type's runbook.

1. Find open incidents without a run.
2. Lock one; leave it to the other worker if that one holds it, or has dealt with it meanwhile.
3. Take the runbook of its type; where there is none, the one for complaint waves, and say so.
4. Copy the steps of its newest version, deadlines counted from detection. Later edits touch the next run.
5. Give each step its owner; what cannot be given as planned falls to the lead, and the timeline says why.
6. Steps that waited for a lead are the lead's once there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select, update

from incident.incident import Incident
from incident.roles import seat_partner
from incident.sweep import each
from incident.types import CRISIS_TYPES, DEFAULT
from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.events import Event, record
from people.members import Member
from people.organisations import Organisation
from runbooks.available import available_for
from runbooks.owners import Owner, owner_of
from runbooks.run import Run, Step
from runbooks.runbook import Runbook, StepPlan
from runbooks.states import OPEN
from runbooks.versions import newest, steps_of

BATCH = 100


def due(_: Moment) -> Questions:
    """What the sweep has to do."""
    return _without_run(), _with_waiting_steps()


async def start_due_runs(core: Core) -> int:
    """One round of the six steps; returns the number of incidents worked off."""
    now = core.clock.now()

    async def start(session: WriteSession, incident_id: int) -> bool:
        return await _start(session, incident_id, now)

    async def hand_over(session: WriteSession, incident_id: int) -> bool:
        return await _lead_takes_over(session, incident_id, now)

    done = await each(core, "start", await _find(core, _without_run()), start)
    return done + await each(core, "lead_steps", await _find(core, _with_waiting_steps()), hand_over)


async def _find(core: Core, query: Select[int]) -> Sequence[int]:
    async with core.database.read() as session:
        return (await session.execute(query.limit(BATCH))).scalars().all()


def _without_run() -> Select[int]:
    """Open incidents that can be given a run; one that was told there is no runbook waits for a runbook."""
    run = exists().where(Run.incident_id == Incident.id)
    told = exists().where(Event.incident_id == Incident.id, Event.kind == "run.no_runbook")
    a_runbook = exists().where(Runbook.crisis_type.in_((Incident.type, DEFAULT)))
    return select(Incident.id).where(Incident.state == "open", ~run, a_runbook | ~told).order_by(Incident.id)


def _with_waiting_steps() -> Select[int]:
    waiting = exists().where(Step.incident_id == Incident.id, *_WAITING)
    return select(Incident.id).where(Incident.state == "open", Incident.lead_id.is_not(None), waiting)


_WAITING = (Step.owner_id.is_(None), Step.owner_organisation_id.is_(None), Step.state.in_(OPEN))


async def _start(session: WriteSession, incident_id: int, now: datetime) -> bool:
    incident = await _lock(session, incident_id)
    taken = select(Run.id).where(Run.incident_id == incident_id)
    if incident is None or await session.scalar(taken) is not None:
        return False
    runbook = await _runbook_for(session, incident, now)
    if runbook is None:
        _tell(session, incident, "run.no_runbook", now)
        return True
    version = await newest(session, runbook.id)
    plans = await steps_of(session, version.id)
    run = Run(incident_id=incident.id, version_id=version.id, started_at=now)
    session.add(run)
    await session.flush()
    _tell(
        session, incident, "run.started", now,
        runbook=runbook.name, version=version.number, steps=len(plans),
    )  # fmt: skip
    await _copy_steps(session, incident, run, plans, now)
    return True


async def _lock(session: WriteSession, incident_id: int) -> Incident | None:
    """The incident, if it is open still and no other worker holds it."""
    query = select(Incident).where(Incident.id == incident_id, Incident.state == "open")
    return (await session.execute(query.with_for_update(skip_locked=True))).scalar_one_or_none()


async def _runbook_for(session: WriteSession, incident: Incident, now: datetime) -> Runbook | None:
    query = select(Runbook).where(Runbook.crisis_type.in_((incident.type, DEFAULT)))
    found = {runbook.crisis_type: runbook for runbook in (await session.execute(query)).scalars()}
    if incident.type in found or DEFAULT not in found:
        return found.get(incident.type)
    kind = CRISIS_TYPES[incident.type].name
    _tell(session, incident, "run.fallback_taken", now, type=kind, runbook=found[DEFAULT].name)
    return found[DEFAULT]


async def _copy_steps(
    session: WriteSession, incident: Incident, run: Run, plans: Sequence[StepPlan], now: datetime
) -> None:
    available = await available_for(session, incident, [plan.owner for plan in plans], now)
    owners = [owner_of(plan.owner, available) for plan in plans]
    steps = [_copy(plan, incident, run, owner) for plan, owner in zip(plans, owners, strict=True)]
    session.add_all(steps)
    await session.flush()
    for step, owner in zip(steps, owners, strict=True):
        if owner.why is not None:
            _tell(
                session, incident, "step.owner_missing", now,
                step_id=step.id, title=step.title, why=owner.why,
            )  # fmt: skip
    await _seat_partners(session, incident, owners, now)


def _copy(plan: StepPlan, incident: Incident, run: Run, owner: Owner) -> Step:
    return Step(
        run_id=run.id,
        incident_id=incident.id,
        key=plan.key,
        position=plan.position,
        title=plan.title,
        body=plan.body,
        kind=plan.kind,
        state="todo",
        owner_id=owner.member_id,
        owner_organisation_id=owner.organisation_id,
        due_at=incident.detected_at + timedelta(minutes=plan.due_minutes),
        due_minutes=plan.due_minutes,
        needs_approval=plan.needs_approval,
        lesson_id=plan.lesson_id,
    )


async def _seat_partners(
    session: WriteSession, incident: Incident, owners: Sequence[Owner], now: datetime
) -> None:
    for key in sorted({owner.organisation_id for owner in owners if owner.organisation_id is not None}):
        await seat_partner(session, incident, await session.get_one(Organisation, key), now)


async def _lead_takes_over(session: WriteSession, incident_id: int, now: datetime) -> bool:
    incident = await _lock(session, incident_id)
    if incident is None or incident.lead_id is None:
        return False
    waiting = update(Step).where(Step.incident_id == incident.id, *_WAITING)
    handed = waiting.values(owner_id=incident.lead_id).returning(Step.id)
    taken = (await session.execute(handed)).scalars().all()
    if not taken:
        return False
    lead = await session.get_one(Member, incident.lead_id)
    _tell(
        session, incident, "run.lead_took_over", now,
        lead=lead.name, count=len(taken), step_ids=sorted(taken),
    )  # fmt: skip
    return True


def _tell(session: WriteSession, incident: Incident, kind: str, now: datetime, **data: Any) -> None:
    record(session, kind, at=now, incident_id=incident.id, brand_id=incident.brand_id, **data)
