"""The numbered editions of a runbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from kit.db import ReadSession, WriteSession
from runbooks.plan import PlannedStep
from runbooks.runbook import StepPlan, Version


async def newest(session: ReadSession, runbook_id: int) -> Version:
    """The edition that the next incident runs. Every runbook has one from its first day."""
    query = select(Version).where(Version.runbook_id == runbook_id).order_by(Version.number.desc()).limit(1)
    return (await session.execute(query)).scalar_one()


async def history(session: ReadSession, runbook_id: int) -> list[Version]:
    """All editions, the newest first."""
    query = select(Version).where(Version.runbook_id == runbook_id).order_by(Version.number.desc())
    return list((await session.execute(query)).scalars())


async def steps_of(session: ReadSession, version_id: int) -> list[StepPlan]:
    """The plan's steps in their order."""
    query = select(StepPlan).where(StepPlan.version_id == version_id).order_by(StepPlan.position, StepPlan.id)
    return list((await session.execute(query)).scalars())


async def step_of(session: ReadSession, version_id: int, key: str) -> StepPlan | None:
    query = select(StepPlan).where(StepPlan.version_id == version_id, StepPlan.key == key)
    return (await session.execute(query)).scalar_one_or_none()


def planned(step: StepPlan) -> PlannedStep:
    """What the step says, without its place in a version."""
    return PlannedStep(
        key=step.key,
        title=step.title,
        body=step.body,
        minutes=step.due_minutes,
        owner=step.owner,
        kind=step.kind,
        needs_approval=step.needs_approval,
        lesson_id=step.lesson_id,
    )


async def write(
    session: WriteSession,
    runbook_id: int,
    number: int,
    steps: Sequence[PlannedStep],
    *,
    note: str,
    now: datetime,
) -> Version:
    """A version that nobody's decision made; its steps in this order."""
    version = Version(runbook_id=runbook_id, number=number, note=note, created_at=now)
    session.add(version)
    await session.flush()
    session.add_all(
        StepPlan(
            version_id=version.id,
            key=step.key,
            position=position,
            title=step.title,
            body=step.body,
            kind=step.kind,
            owner=step.owner,
            due_minutes=step.minutes,
            needs_approval=step.needs_approval,
            lesson_id=step.lesson_id,
        )
        for position, step in enumerate(steps, start=1)
    )
    await session.flush()
    return version
