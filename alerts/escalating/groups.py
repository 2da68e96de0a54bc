"""Groups that a level of a policy may name: a department, a schedule's people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from alerts.escalation import is_awake
from kit.db import ReadSession
from people.departments import Department, DepartmentMember
from people.members import Member
from people.schedules import Schedule, ScheduleLayer


async def department(session: ReadSession, department_id: int) -> tuple[str, Sequence[Member]]:
    """Its name and everybody who works there; LookupError when there is none."""
    found = await session.get(Department, department_id)
    if found is None:
        raise LookupError("there is no such department")
    query = (
        select(Member)
        .join(DepartmentMember, DepartmentMember.member_id == Member.id)
        .where(DepartmentMember.department_id == department_id)
        .order_by(Member.id)
    )
    return found.name, (await session.scalars(query)).all()


async def participants(session: ReadSession, schedule: Schedule) -> Sequence[Member]:
    """Everybody who takes turns in one of the schedule's layers, on call or not."""
    layers = await session.scalars(
        select(ScheduleLayer.participants).where(ScheduleLayer.schedule_id == schedule.id)
    )
    ids = {int(one) for names in layers for one in names}
    return (await session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.id))).all()


async def responders(session: ReadSession) -> Sequence[Member]:
    """Everybody with an active seat as a responder."""
    query = select(Member).where(Member.role == "responder", Member.active).order_by(Member.id)
    return (await session.scalars(query)).all()


def awake(people: Iterable[Member], now: datetime) -> list[Member]:
    """Those of them for whom it is day."""
    return [member for member in people if is_awake(member.time_zone, now)]
