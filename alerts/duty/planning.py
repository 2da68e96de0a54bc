"""Planning the notices before shifts, some days ahead: rows with due times, once per shift."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, or_, select

from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from people.absences import MOST_NOTICE_HOURS, NOTICE_HOURS, DutySettings
from people.notices import notify
from people.on_call.duty import stretches_of
from people.rota.final import Shift, Stretch, shifts
from people.schedules import Schedule

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=12)
BEHIND = timedelta(days=8)
"""How far back it is looked who had the duty before."""
AHEAD = timedelta(hours=MOST_NOTICE_HOURS) + 2 * EVERY
"""Far enough for the earliest notice of any shift that begins before the plan is made anew."""
PUT_OFF = timedelta(minutes=10)


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[Schedule]:
    return select(Schedule).where(or_(Schedule.notices_due_at.is_(None), Schedule.notices_due_at <= now))


async def plan_due(core: Core) -> int:
    """Plan every schedule whose turn it is: after each change, and twice a day; returns how many were."""
    planned = 0
    while await _plan_one(core):
        planned += 1
    return planned


async def _plan_one(core: Core) -> bool:
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        query = _due(now).order_by(Schedule.id).limit(1).with_for_update(skip_locked=True)
        schedule = await session.scalar(query)
        if schedule is None:
            return False
        schedule.notices_due_at = now + EVERY
        try:
            async with session.begin_nested():
                await _plan(session, schedule, now)
        except (LookupError, TypeError, ValueError):
            log.exception("schedule.unreadable", schedule=schedule.name)
            schedule.notices_due_at = now + PUT_OFF
    return True


async def _plan(session: WriteSession, schedule: Schedule, now: datetime) -> None:
    stretches = await stretches_of(session, schedule, now - BEHIND, now + AHEAD)
    hours = await _notice_hours(session)
    for shift in told(stretches, now):
        notice = hours.get(shift.member_id, NOTICE_HOURS)
        if notice:
            await notify(
                session,
                "starting",
                key=f"starting.{schedule.id}.{shift.member_id}.{shift.starts_at:%Y%m%dT%H%M%S}",
                member_id=shift.member_id,
                schedule_id=schedule.id,
                about={"starts_at": shift.starts_at.isoformat()},
                due_at=max(now, shift.starts_at - timedelta(hours=notice)),
                now=now,
            )


def told(stretches: list[Stretch], now: datetime) -> list[Shift]:
    """The shifts that begin later than `now` and take over from somebody else.

    Who had the duty last time too, such as on each day of one week of office hours, is not told every day.
    """
    return [
        shift
        for shift in shifts(stretches)
        if shift.starts_at > now and shift.member_id not in _before(stretches, shift.starts_at)
    ]


def _before(stretches: list[Stretch], at: datetime) -> tuple[int, ...]:
    """Who was on call last before an instant, however long ago."""
    return next((one.on_call for one in reversed(stretches) if one.ends_at <= at and one.on_call), ())


async def _notice_hours(session: ReadSession) -> dict[int, int]:
    rows = await session.execute(select(DutySettings.member_id, DutySettings.notice_hours))
    return dict(rows.all())
