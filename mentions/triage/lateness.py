"""Due dates of cases as deadlines: what is late is told to its department, at most once an hour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Select, func, select, update

from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.events import record
from mentions.triage.case import OPEN, Case
from mentions.triage.wording import reminder
from people import letters
from people.departments import Department


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return select(Case.id).where(
        Case.state.in_(OPEN), Case.due_at <= now, Case.late_told_at.is_(None), Case.answered_at.is_(None)
    )


async def tell_late(core: Core) -> int:
    """The sweep: tell the log, and each department by letter, of cases that became late; how many."""
    async with core.database.unit_of_work() as session:
        return await mark_late(session, now=core.clock.now())


async def mark_late(session: WriteSession, *, now: datetime) -> int:
    """Mark what is late and was not told of; one event and at most one letter for each department."""
    query = _due(now).order_by(Case.id).limit(1000).with_for_update(skip_locked=True)
    numbers = (await session.scalars(query)).all()
    if not numbers:
        return 0
    await session.execute(update(Case).where(Case.id.in_(numbers)).values(late_told_at=now))
    for department_id in sorted(
        set(await session.scalars(select(Case.department_id).where(Case.id.in_(numbers))))
    ):
        department = await session.get_one(Department, department_id)
        late = Case.department_id == department_id, Case.state.in_(OPEN), Case.due_at <= now
        count, oldest = (
            await session.execute(select(func.count(), func.min(Case.opened_at)).where(*late))
        ).one()
        record(session, "cases.late", at=now, department=department.name, count=count)
        since = format_datetime(oldest, "d MMM, HH:mm", tzinfo=_zone(department), locale=department.language)
        paper = reminder(department.name, count, since, department.language, department.slug)
        if department.email is not None:
            key = f"late:{department_id}:{now:%Y-%m-%dT%H}"
            await letters.write(session, paper, key=key, department_id=department_id, now=now)
    return len(numbers)


def _zone(department: Department) -> ZoneInfo:
    try:
        return ZoneInfo(department.time_zone)
    except (LookupError, ValueError, OSError):
        return ZoneInfo("UTC")
