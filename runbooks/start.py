"""Runs begin: an open incident without one gets the newest version of its type's runbook.

1. Find open incidents without a run.
2. Lock some; leave to the other worker what that one holds, or has dealt with meanwhile.
3. Take the runbook of its type; where there is none, the one for complaint waves, and say so.
4. Copy the steps of its newest version, deadlines counted from detection. Later edits touch the next run.
5. Give each step its owner, who gets a letter; what cannot be given as planned falls to the lead, and the
   timeline says why. Whoever declared the incident, or took its lead, gets none.
6. Steps that waited for a lead are the lead's once there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select, update

from incident.incident import Incident
from incident.roles import chose_to_lead, seat_partner
from incident.sweep import each, found, together
from incident.types import CRISIS_TYPES, DEFAULT
from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.events import Event, record
from people.members import Member
from people.organisations import Organisation
from runbooks import letters
from runbooks.available import Anybody, anybody
from runbooks.owners import Available, Owner, owner_of
from runbooks.run import Run, Step
from runbooks.runbook import Runbook, StepPlan, Version
from runbooks.states import OPEN
from runbooks.versions import newest, steps_of

BATCH = 100


def due(_: Moment) -> Questions:
    """What the sweep has to do."""
    return _without_run(), _with_waiting_steps()


async def start_due_runs(core: Core) -> int:
    """One round of the six steps; returns the number of incidents worked off."""
    now = core.clock.now()

    async def start(session: WriteSession, incident_ids: Sequence[int]) -> int:
        return await _start(session, incident_ids, now)

    async def hand_over(session: WriteSession, incident_id: int) -> bool:
        return await _lead_takes_over(session, incident_id, now)

    done = await together(core, "start", await found(core, _without_run(), BATCH), start)
    return done + await each(core, "lead_steps", await found(core, _with_waiting_steps(), BATCH), hand_over)


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


@dataclass(frozen=True)
class _Edition:
    """The newest version of a runbook, with its steps."""

    runbook: Runbook
    version: Version
    plans: Sequence[StepPlan]


async def _start(session: WriteSession, incident_ids: Sequence[int], now: datetime) -> int:
    locked = await _lock(session, incident_ids)
    running = set(await session.scalars(select(Run.incident_id).where(Run.incident_id.in_(incident_ids))))
    incidents = [incident for incident in locked if incident.id not in running]
    editions = await _editions(session, {incident.type for incident in incidents})
    started = []
    for incident in incidents:
        edition = _edition_for(session, incident, editions, now)
        if edition is None:
            _tell(session, incident, "run.no_runbook", now)
        else:
            started.append((incident, edition))
    await _run(session, started, now)
    return len(incidents)


async def _lock(session: WriteSession, incident_ids: Sequence[int]) -> Sequence[Incident]:
    """Those of the incidents that are open still and no other worker holds."""
    query = select(Incident).where(Incident.id.in_(incident_ids), Incident.state == "open")
    return (await session.scalars(query.order_by(Incident.id).with_for_update(skip_locked=True))).all()


async def _editions(session: WriteSession, types: Collection[str]) -> dict[str, _Edition]:
    """By crisis type, also of the one that stands in for others."""
    query = select(Runbook).where(Runbook.crisis_type.in_({*types, DEFAULT}))
    found = {}
    for runbook in await session.scalars(query):
        version = await newest(session, runbook.id)
        found[runbook.crisis_type] = _Edition(runbook, version, await steps_of(session, version.id))
    return found


def _edition_for(
    session: WriteSession, incident: Incident, editions: Mapping[str, _Edition], now: datetime
) -> _Edition | None:
    if incident.type in editions or DEFAULT not in editions:
        return editions.get(incident.type)
    kind, standing_in = CRISIS_TYPES[incident.type].name, editions[DEFAULT]
    _tell(session, incident, "run.fallback_taken", now, type=kind, runbook=standing_in.runbook.name)
    return standing_in


async def _run(session: WriteSession, started: Sequence[tuple[Incident, _Edition]], now: datetime) -> None:
    """Write the runs of these incidents, and their steps."""
    runs = [
        Run(incident_id=incident.id, version_id=edition.version.id, started_at=now)
        for incident, edition in started
    ]
    session.add_all(runs)
    await session.flush()
    rules = {plan.owner for _, edition in started for plan in edition.plans}
    there = await anybody(session, sorted(rules), now) if started else Anybody(None, [], {})
    copies = [
        (incident, *_copied(incident, run, edition, there.on(incident, now)))
        for run, (incident, edition) in zip(runs, started, strict=True)
    ]
    session.add_all([step for _, steps, _ in copies for step in steps])
    await session.flush()
    chosen = await chose_to_lead(session, [incident for incident, _ in started])
    for (incident, steps, owners), (_, edition) in zip(copies, started, strict=True):
        _tell(
            session, incident, "run.started", now,
            runbook=edition.runbook.name, version=edition.version.number, steps=len(steps),
        )  # fmt: skip
        await _handed_out(session, incident, steps, owners, _themselves(incident, chosen), now)


def _copied(
    incident: Incident, run: Run, edition: _Edition, available: Available
) -> tuple[list[Step], list[Owner]]:
    """The run's steps, and whose each is."""
    owners = [owner_of(plan.owner, available) for plan in edition.plans]
    steps = [_copy(plan, incident, run, owner) for plan, owner in zip(edition.plans, owners, strict=True)]
    return steps, owners


async def _handed_out(
    session: WriteSession,
    incident: Incident,
    steps: Sequence[Step],
    owners: Sequence[Owner],
    by: int | None,
    now: datetime,
) -> None:
    """Tell what could not be given as planned, let partners in that have a part, write to the owners."""
    for step, owner in zip(steps, owners, strict=True):
        if owner.why is not None:
            _tell(
                session, incident, "step.owner_missing", now,
                step_id=step.id, title=step.title, why=owner.why,
            )  # fmt: skip
    await _seat_partners(session, incident, owners, now)
    await letters.given(session, incident, steps, by=by, now=now)


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
    incident = next(iter(await _lock(session, [incident_id])), None)
    if incident is None or incident.lead_id is None:
        return False
    waiting = update(Step).where(Step.incident_id == incident.id, *_WAITING)
    handed = waiting.values(owner_id=incident.lead_id).returning(Step)
    taken = sorted((await session.scalars(handed)).all(), key=lambda step: step.position)
    if not taken:
        return False
    lead = await session.get_one(Member, incident.lead_id)
    _tell(
        session, incident, "run.lead_took_over", now,
        lead=lead.name, count=len(taken), step_ids=sorted(step.id for step in taken),
    )  # fmt: skip
    by = _themselves(incident, await chose_to_lead(session, [incident]))
    await letters.given(session, incident, taken, by=by, now=now)
    return True


def _themselves(incident: Incident, chosen: Collection[int]) -> int | None:
    """Who need not be told of their steps: whoever declared the incident, or took the lead."""
    return incident.lead_id if incident.id in chosen else None


def _tell(session: WriteSession, incident: Incident, kind: str, now: datetime, **data: Any) -> None:
    record(session, kind, at=now, incident_id=incident.id, brand_id=incident.brand_id, **data)
