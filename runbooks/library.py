"""The runbooks that come with Tocsin, and how they get into a database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from kit.events import record
from runbooks.plan import Plan
from runbooks.plans import accident, complaint_wave, product_defect, service_outage
from runbooks.runbook import Runbook
from runbooks.versions import write

LIBRARY: tuple[Plan, ...] = (complaint_wave.PLAN, service_outage.PLAN, product_defect.PLAN, accident.PLAN)


async def seed(session: WriteSession, *, now: datetime) -> list[Runbook]:
    """Put in the runbooks whose crisis type has none; what is there already is never touched.

    Returns all runbooks of the library's types, by name.
    """
    for plan in LIBRARY:
        await _put_in(session, plan, now)
    types = [plan.crisis_type for plan in LIBRARY]
    query = select(Runbook).where(Runbook.crisis_type.in_(types)).order_by(Runbook.name)
    return list((await session.execute(query)).scalars())


async def _put_in(session: WriteSession, plan: Plan, now: datetime) -> None:
    row = insert(Runbook).values(
        slug=plan.slug, name=plan.name, crisis_type=plan.crisis_type, summary=plan.summary
    )
    added = await session.execute(row.on_conflict_do_nothing().returning(Runbook.id))
    runbook_id = added.scalar_one_or_none()
    if runbook_id is None:
        return
    await write(session, runbook_id, 1, plan.steps, note="From the library.", now=now)
    record(session, "runbook.added", at=now, runbook_id=runbook_id, runbook=plan.name, steps=len(plan.steps))
