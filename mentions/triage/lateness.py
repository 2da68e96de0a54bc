"""Due dates of cases as deadlines: what is late is told to its department, at most once an hour."""

from __future__ import annotations

from datetime import datetime

import structlog
from babel.dates import format_datetime
from sqlalchemy import Select, func, select, update

from kit.core import Core
from kit.db import Moment, Questions, WriteSession, passing, savepoint
from kit.events import record
from kit.languages import LANGUAGES
from kit.zones import zone_of
from mentions.triage.case import OPEN, Case
from mentions.triage.wording import reminder
from people import letters
from people.departments import Department

log = structlog.get_logger(__name__)

AT_ONCE = 1000  # cases of a department in one look


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
    whose = _due(now).with_only_columns(Case.department_id).distinct().order_by(Case.department_id)
    return sum([await _spared(session, one, now) for one in await session.scalars(whose)])


async def _spared(session: WriteSession, department_id: int, now: datetime) -> int:
    """How many it was told of; a department that cannot be told stops no other."""
    try:
        async with savepoint(session):
            return await _tell(session, department_id, now)
    except Exception as error:
        if passing(error):
            raise
        log.exception("cases.late_not_told", department=department_id)
        return 0


async def _tell(session: WriteSession, department_id: int, now: datetime) -> int:
    theirs = _due(now).where(Case.department_id == department_id)
    locked = theirs.order_by(Case.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    numbers = (await session.scalars(locked)).all()
    if not numbers:
        return 0
    await session.execute(update(Case).where(Case.id.in_(numbers)).values(late_told_at=now))
    department = await session.get_one(Department, department_id)
    late = Case.department_id == department_id, Case.state.in_(OPEN), Case.due_at <= now
    count, oldest = (await session.execute(select(func.count(), func.min(Case.opened_at)).where(*late))).one()
    record(session, "cases.late", at=now, department=department.name, count=count)
    if department.email is not None:
        key = f"late:{department_id}:{now:%Y-%m-%dT%H}"
        paper = _paper(department, count, oldest)
        await letters.write(session, paper, key=key, department_id=department_id, now=now)
    return len(numbers)


def _paper(department: Department, count: int, oldest: datetime) -> letters.Paper:
    language = department.language if department.language in LANGUAGES else "en"
    zone = zone_of(department.time_zone)
    since = format_datetime(oldest, "d MMM, HH:mm", tzinfo=zone, locale=language)
    return reminder(department.name, count, since, language, department.slug)
