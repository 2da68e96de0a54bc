"""Archiving a department: nothing is deleted, and nothing that hangs on it falls into the void."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select, update

from alerts.page import EscalationPolicy
from incident.digest.digest import DigestSubscription
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid
from mentions.triage.case import Case
from mentions.triage.routing import RoutingRule
from people.departments import Department
from people.organising import changed, to_edit
from people.permissions import Viewer
from people.telling import tell


async def archive(
    session: WriteSession,
    viewer: Viewer,
    department_id: int,
    *,
    successor_id: int | None,
    version: int,
    now: datetime,
) -> Department:
    """Nothing new comes to it from now on. The successor gets its cases that are not closed, with their
    owners and due dates, and what rules, labels and old threads would bring; its digests stop.

    Invalid without a successor where cases or rules name it. Conflict while the bell rings its people.
    """
    row = await to_edit(session, viewer, department_id, version)
    if row.archived_at is not None:
        raise Conflict("This department is archived already.")
    if (policy := await _paging(session, row.id)) is not None:
        raise Conflict("The escalation policy {!r} pages its people: change that first.", policy)
    successor = await _successor(session, row, successor_id)
    row.archived_at, row.successor_id = now, successor.id if successor is not None else None
    if successor is not None:
        await _move(session, viewer, row, successor, now)
    own = DigestSubscription.department_id == row.id
    await session.execute(update(DigestSubscription).where(own).values(enabled=False))
    return await changed(session, viewer, row, now)


async def _paging(session: ReadSession, department_id: int) -> str | None:
    """The name of a policy that pages its people."""
    for policy in await session.scalars(select(EscalationPolicy).order_by(EscalationPolicy.id)):
        targets = [target for level in policy.levels for target in level.get("targets", ())]
        if {"department": department_id} in targets:
            return policy.name
    return None


async def _successor(session: ReadSession, row: Department, successor_id: int | None) -> Department | None:
    if successor_id is None:
        named = or_(
            exists().where(Case.department_id == row.id),
            exists().where(RoutingRule.department_id == row.id),
            exists().where(Department.successor_id == row.id),
        )
        if await session.scalar(select(named)):
            raise Invalid("Say which department takes its cases.", field="successorId")
        return None
    # locked: two admins who archive two departments into each other take turns
    found = await session.get(Department, successor_id, with_for_update=True, populate_existing=True)
    if found is None or found.archived_at is not None or found.id == row.id:
        raise Invalid("Choose another department.", field="successorId")
    return found


async def _move(
    session: WriteSession, viewer: Viewer, row: Department, successor: Department, now: datetime
) -> None:
    """What is not closed changes its department and nothing else: who has it goes on."""
    own = update(Case).where(Case.department_id == row.id, Case.state != "closed")
    moved = own.values(department_id=successor.id).returning(Case.id)
    numbers = sorted(await session.scalars(moved.execution_options(synchronize_session=False)))
    if numbers:
        tell(
            session,
            viewer,
            "cases.moved",
            now=now,
            count=len(numbers),
            before=row.name,
            after=successor.name,
            cases=numbers,
        )
