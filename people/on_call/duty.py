"""Who is on call now, next, and in the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from kit.db import ReadSession
from kit.errors import NotFound
from people.members import Member
from people.on_call.plans import plan_of
from people.rota.final import Shift, Stretch, final_stretches, shifts, whole_stretches
from people.schedules import Schedule

log = structlog.get_logger(__name__)

AHEAD = timedelta(days=28)


@dataclass(frozen=True)
class Duty:
    """One schedule at an instant."""

    schedule: Schedule
    now: list[tuple[Member, Shift]]
    """The person of the layer that has it, then those who were added."""
    next: tuple[Member, Shift] | None
    """Who has the first shift that begins later."""


async def schedules(session: ReadSession) -> Sequence[Schedule]:
    """All, by name."""
    return (await session.scalars(select(Schedule).order_by(Schedule.name))).all()


async def schedule(session: ReadSession, schedule_id: int) -> Schedule:
    """NotFound when there is none."""
    found = await session.get(Schedule, schedule_id)
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


async def stretches_of(
    session: ReadSession, schedule: Schedule, since: datetime, until: datetime
) -> list[Stretch]:
    """What the schedule says between two instants; the first one begins where it really begins."""
    plan = await plan_of(session, schedule, since - timedelta(days=1), until)
    found = whole_stretches(plan, since, until)
    if found and found[0].starts_at < since - timedelta(days=1):
        # what lies before was read without its overrides and absences
        earlier = await plan_of(session, schedule, found[0].starts_at, until)
        found = whole_stretches(earlier, since, until)
    return found


async def people_on_call(
    session: ReadSession, schedule: Schedule, now: datetime
) -> tuple[list[Member], list[Member]]:
    """Who is on call at an instant, and who would be before them or instead, but is away."""
    plan = await plan_of(session, schedule, now, now + timedelta(seconds=1))
    found = final_stretches(plan, now, now + timedelta(seconds=1))[0]
    by_id = await members_by_id(session, {*found.on_call, *found.away})
    return [by_id[one] for one in found.on_call], [by_id[one] for one in found.away]


async def duty_of(session: ReadSession, schedule: Schedule, now: datetime) -> Duty:
    """Now and next. A person's shift ends where they are relieved; who hands over to themselves goes on."""
    found = await stretches_of(session, schedule, now, now + AHEAD)
    own = shifts(found)
    current = [one for one in own if one.starts_at <= now < one.ends_at]
    order = found[0].on_call if found else ()
    current.sort(key=lambda one: order.index(one.member_id))
    later = next((one for one in own if one.starts_at > now), None)
    by_id = await members_by_id(session, {one.member_id for one in (*current, *([later] if later else []))})
    return Duty(
        schedule,
        [(by_id[one.member_id], one) for one in current],
        (by_id[later.member_id], later) if later else None,
    )


async def duties(session: ReadSession, now: datetime) -> list[Duty]:
    """Every schedule, by name. One that cannot be read is logged and left out: it hides no other."""
    found = []
    for one in await schedules(session):
        try:
            found.append(await duty_of(session, one, now))
        except (NotFound, LookupError, TypeError, ValueError):
            log.exception("schedule.unreadable", schedule=one.name)
    return found


async def members_by_id(session: ReadSession, member_ids: set[int]) -> dict[int, Member]:
    """NotFound when one of them is missing."""
    rows = await session.scalars(select(Member).where(Member.id.in_(member_ids)))
    found = {one.id: one for one in rows}
    if len(found) < len(member_ids):
        raise NotFound("There is no such member.")
    return found
