"""What makes the demo's rota look lived in: an override, holidays, a swap and a request, around today."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from kit.core import Core
from kit.db import ReadSession, WriteSession
from people.absences import Holiday
from people.members import Member
from people.on_call import away, covers, overrides, swaps
from people.on_call.duty import duty_of, stretches_of
from people.permissions import Viewer
from people.rota.final import shifts
from people.schedules import Schedule
from people.signin import viewer_from

SOCIAL = "Social on call"
SOON = timedelta(days=2)


async def arrange(core: Core) -> None:
    """Once: not again where anybody has holidays already."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        if await session.scalar(select(Holiday.id).limit(1)):
            return
        schedule = await session.scalar(select(Schedule).where(Schedule.name == SOCIAL))
        if schedule is not None:
            await _arrange(session, schedule, now)


async def _arrange(session: WriteSession, schedule: Schedule, now: datetime) -> None:
    """Whoever is on call now asks for cover and has holidays later; Helen takes an evening."""
    duty = await duty_of(session, schedule, now)
    if not duty.now or duty.next is None:
        return
    (now_on, _), (next_on, _) = duty.now[0], duty.next
    holder, other = viewer_from(now_on), viewer_from(next_on)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(17), tzinfo=UTC)
    helen = await _viewer(session, "helen@")
    await overrides.make(
        session, helen, schedule.id, kind="instead", member_id=helen.member_id, instead_of=None,
        starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=5), note="Team dinner", now=now,
    )  # fmt: skip
    first, second, later = await _nights(session, schedule, holder, other, now)
    if first is not None:
        await covers.ask(session, holder, schedule.id, span=first, note="A concert", now=now)
    if second is not None:
        await swaps.propose(
            session, other, schedule.id, other_id=holder.member_id, gives=second, takes=None,
            note="My sister’s birthday", now=now,
        )  # fmt: skip
    if later is not None:
        day = later[0].date()
        await away.add_holiday(
            session,
            holder,
            member_id=holder.member_id,
            first_day=day,
            last_day=day + timedelta(days=2),
            now=now,
        )


async def _nights(
    session: ReadSession, schedule: Schedule, holder: Viewer, other: Viewer, now: datetime
) -> list[tuple[datetime, datetime] | None]:
    """A night of the holder's current shift, one of the other's next, one of the holder's after that."""
    found = shifts(await stretches_of(session, schedule, now, now + timedelta(days=28)))
    mine = [one for one in found if one.member_id == holder.member_id and one.ends_at > now + SOON]
    theirs = [one for one in found if one.member_id == other.member_id]
    after = [one for one in mine if one.starts_at > now + timedelta(days=7)]
    longest = [
        max(some, key=lambda one: one.ends_at - one.starts_at, default=None) for some in (theirs, after)
    ]
    picked = [mine[0] if mine else None, *longest]
    return [_last_night(one.ends_at, now) if one is not None else None for one in picked]


def _last_night(ends_at: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """The twelve hours before the last twelve of a shift; None when they are over."""
    until = ends_at - timedelta(hours=24)
    return (until - timedelta(hours=12), until) if until - timedelta(hours=12) > now else None


async def _viewer(session: ReadSession, address: str) -> Viewer:
    return viewer_from((await session.scalars(select(Member).where(Member.email.startswith(address)))).one())
