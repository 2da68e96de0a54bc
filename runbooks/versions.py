"""The numbered editions of a runbook."""

from __future__ import annotations

from sqlalchemy import select

from kit.db import ReadSession
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
