"""Looking up people, partners and brands, and who is on call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from kit.db import ReadSession
from kit.errors import NotFound
from people.members import Member
from people.organisations import Brand, Organisation
from people.rota import Cover, Rotation, Shift, next_shifts, shift_with_cover
from people.schedules import Override, Schedule

log = structlog.get_logger(__name__)


async def members(session: ReadSession) -> Sequence[Member]:
    """Everybody with an active seat, house and partners, by name."""
    query = select(Member).where(Member.active).order_by(Member.name, Member.id)
    return (await session.execute(query)).scalars().all()


async def member(session: ReadSession, member_id: int) -> Member:
    """One member, active or not; NotFound when there is none."""
    found = await session.get(Member, member_id)
    if found is None:
        raise NotFound("There is no such member.")
    return found


async def partners(session: ReadSession) -> Sequence[Organisation]:
    """The partner organisations, by name, whatever the state of their agreements."""
    query = select(Organisation).where(Organisation.kind == "partner").order_by(Organisation.name)
    return (await session.execute(query)).scalars().all()


async def brands(session: ReadSession) -> Sequence[Brand]:
    """All brands, by name."""
    return (await session.execute(select(Brand).order_by(Brand.name))).scalars().all()


async def on_call_now(session: ReadSession, now: datetime) -> list[tuple[Schedule, Member, Shift]]:
    """Who is on call on each schedule that has somebody, by the schedules' names.

    One that cannot be read is logged and left out: it must not hide the others.
    """
    schedules = (await session.execute(select(Schedule).order_by(Schedule.name))).scalars().all()
    found = []
    for schedule in schedules:
        try:
            current = await on_call_of(session, schedule, now)
        except (NotFound, LookupError, TypeError, ValueError):
            log.exception("schedule.unreadable", schedule=schedule.name)
            continue
        if current is not None:
            found.append((schedule, *current))
    return found


async def on_call_of(session: ReadSession, schedule: Schedule, now: datetime) -> tuple[Member, Shift] | None:
    """Who is on call on this schedule and from when until when; None when nobody is."""
    shift = shift_with_cover(rotation_of(schedule), await covers_of(session, schedule, now), now)
    return (await member(session, shift.member_id), shift) if shift else None


async def next_on_call(
    session: ReadSession, schedule: Schedule, now: datetime
) -> tuple[Member, Shift] | None:
    """Who takes over next, and when; None when nobody does."""
    shifts = next_shifts(rotation_of(schedule), await covers_of(session, schedule, now), now, 2)
    coming = [shift for shift in shifts if shift.starts_at > now]
    return (await member(session, coming[0].member_id), coming[0]) if coming else None


async def covers_of(session: ReadSession, schedule: Schedule, now: datetime) -> list[Cover]:
    """The overrides that are not over yet, in the order in which they were made."""
    query = (
        select(Override)
        .where(Override.schedule_id == schedule.id, Override.ends_at > now)
        .order_by(Override.id)
    )
    rows = (await session.execute(query)).scalars()
    return [Cover(row.member_id, row.starts_at, row.ends_at) for row in rows]


def rotation_of(schedule: Schedule) -> Rotation:
    """The stored schedule as `people.rota` computes with it; ValueError or KeyError when it is unclear."""
    return Rotation(
        zone=ZoneInfo(schedule.time_zone),
        handover=time.fromisoformat(schedule.handover),
        starts_on=date.fromisoformat(schedule.starts_on),
        shift_days=max(1, schedule.shift_days),
        participants=tuple(int(participant) for participant in schedule.participants),
    )
