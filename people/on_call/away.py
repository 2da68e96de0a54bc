"""Holidays, out-of-office calendars, and how somebody wants to be told of duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Forbidden, Invalid, NotFound
from people.absences import MOST_NOTICE_HOURS, NOTICE_HOURS, AwayCalendar, BusyTime, DutySettings, Holiday
from people.members import Member
from people.notices import DutyNotice
from people.on_call.checks import note_of
from people.on_call.moving import moving, schedules_naming
from people.permissions import Viewer, can_administer, require_house
from people.schedules import Schedule
from people.telling import tell

LONGEST_HOLIDAY = timedelta(days=366)
LONGEST_ADDRESS = 2000


async def holidays(session: ReadSession, viewer: Viewer, *, since: date) -> Sequence[Holiday]:
    """Everybody's that end on that day or later, by their first day."""
    require_house(viewer)
    query = select(Holiday).where(Holiday.last_day >= since).order_by(Holiday.first_day, Holiday.id)
    return (await session.scalars(query.limit(1000))).all()


async def add_holiday(
    session: WriteSession,
    viewer: Viewer,
    *,
    member_id: int,
    first_day: date,
    last_day: date,
    note: str = "",
    now: datetime,
) -> Holiday:
    """One's own holidays; an admin may enter anybody's. What they leave uncovered is called out as a gap."""
    member = await _own(session, viewer, member_id)
    if first_day > last_day:
        raise Invalid("The last day must not come before the first.", field="lastDay")
    if last_day - first_day > LONGEST_HOLIDAY or not 2000 <= first_day.year <= 2100:
        raise Invalid("That is longer than a year.", field="lastDay")
    if last_day < now.date() - timedelta(days=1):
        raise Invalid("These days are over.", field="lastDay")
    touched = await schedules_naming(session, member.id, now)
    async with moving(session, touched, actor_id=viewer.member_id, now=now):
        row = Holiday(
            member_id=member.id, first_day=first_day, last_day=last_day, note=note_of(note), made_at=now
        )
        session.add(row)
    days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    _told(session, "holiday.added", viewer, member, now, **days)
    return row


async def remove_holiday(session: WriteSession, viewer: Viewer, holiday_id: int, *, now: datetime) -> Holiday:
    """Take holidays back; the rota is as if they had never been."""
    row = await session.get(Holiday, holiday_id)
    if row is None:
        raise NotFound("There are no such holidays.")
    member = await _own(session, viewer, row.member_id)
    async with moving(
        session, await schedules_naming(session, member.id, now), actor_id=viewer.member_id, now=now
    ):
        await session.delete(row)
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    _told(session, "holiday.removed", viewer, member, now, **days)
    return row


async def calendar_of(session: ReadSession, member_id: int) -> AwayCalendar | None:
    found: AwayCalendar | None = await session.scalar(
        select(AwayCalendar).where(AwayCalendar.member_id == member_id)
    )
    return found


async def set_calendar(
    session: WriteSession, viewer: Viewer, url: str, *, now: datetime
) -> AwayCalendar | None:
    """Read one's own out-of-office calendar from this address from now on; an empty one: no longer.

    Only an admin's may lead to the inner network. What an earlier address said is forgotten.
    """
    require_house(viewer)
    address = _address(url)
    # before the schedules, as a worker that looks at the calendar does
    own = select(AwayCalendar.id).where(AwayCalendar.member_id == viewer.member_id)
    await session.execute(own.with_for_update())
    touched = await schedules_naming(session, viewer.member_id, now)
    async with moving(session, touched, actor_id=viewer.member_id, now=now):
        await forget_calendar(session, viewer.member_id)
        row = None
        if address:
            row = AwayCalendar(
                member_id=viewer.member_id, url=address, may_be_inside=can_administer(viewer), due_at=now
            )
            session.add(row)
    member = await session.get_one(Member, viewer.member_id)
    _told(session, "calendar.set" if address else "calendar.removed", viewer, member, now)
    ring_later(session, ALERTS)
    return row


async def forget_calendar(session: WriteSession, member_id: int) -> None:
    """The address and all that it said."""
    own = select(AwayCalendar.id).where(AwayCalendar.member_id == member_id)
    await session.execute(delete(BusyTime).where(BusyTime.calendar_id.in_(own)))
    await session.execute(delete(AwayCalendar).where(AwayCalendar.member_id == member_id))


async def notice_hours_of(session: ReadSession, member_id: int) -> int:
    """How long before a shift this person is told; 0: never."""
    row = await session.get(DutySettings, member_id)
    return row.notice_hours if row is not None else NOTICE_HOURS


async def set_notice_hours(session: WriteSession, viewer: Viewer, hours: int, *, now: datetime) -> int:
    """For one's own shifts. Notices that wait are planned anew."""
    require_house(viewer)
    if not 0 <= hours <= MOST_NOTICE_HOURS:
        raise Invalid("Notice is given 0 to {} hours before.", MOST_NOTICE_HOURS, field="hours")
    values = {"member_id": viewer.member_id, "notice_hours": hours}
    row = insert(DutySettings).values(values)
    await session.execute(row.on_conflict_do_update(index_elements=["member_id"], set_=values))
    await session.execute(
        delete(DutyNotice).where(
            DutyNotice.member_id == viewer.member_id, DutyNotice.kind == "starting", DutyNotice.state == "due"
        )
    )
    await session.execute(update(Schedule).values(notices_due_at=now))
    ring_later(session, ALERTS)
    return hours


async def _own(session: ReadSession, viewer: Viewer, member_id: int) -> Member:
    """The person whose days these are; Forbidden for anybody else than them and admins."""
    require_house(viewer)
    if viewer.member_id != member_id and not can_administer(viewer):
        raise Forbidden("Only the person or an admin may do this.")
    member = await session.get(Member, member_id)
    if member is None or member.role == "partner":
        raise Invalid("There is no such person here.", field="memberId")
    return member


def _address(url: str) -> str:
    """An address without a fragment, empty for none; Invalid for what no calendar can be read from."""
    text = url.strip().replace("webcal://", "https://", 1)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fine = False
    if not fine or len(text) > LONGEST_ADDRESS or not text.isprintable() or " " in text:
        raise Invalid("Give an address that begins with https:// or webcal://.", field="url")
    return text.partition("#")[0]


def _told(
    session: WriteSession, kind: str, viewer: Viewer, member: Member, now: datetime, **data: Any
) -> None:
    tell(session, viewer, kind, now=now, member_id=member.id, **data)
