"""iCal feeds: shifts for people's own calendars, under secret addresses that can be revoked.

The address carries a signed number and nothing else; the row says what it shows and whether it still does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event
from sqlalchemy import select

from kit.db import ReadSession, WriteSession
from kit.errors import Expired, Forbidden, NotFound
from kit.signing import sign, unsign
from people.members import Member
from people.on_call.duty import members_by_id, schedules, stretches_of
from people.on_call.duty import schedule as the_schedule
from people.permissions import Viewer, can_administer, require_house
from people.rota.final import Stretch
from people.schedules import CalendarFeed, Schedule
from people.telling import tell

PURPOSE = "calendar feed"
BEHIND = timedelta(days=14)
AHEAD = timedelta(days=90)


@dataclass(frozen=True)
class Feed:
    """A feed as it is handed out."""

    body: bytes
    etag: str
    changed_at: datetime


def token_of(key: str, feed: CalendarFeed) -> str:
    """The secret part of the feed's address."""
    return sign(key, PURPOSE, {"feed": feed.id})


async def make(
    session: WriteSession, viewer: Viewer, *, schedule_id: int | None, now: datetime
) -> CalendarFeed:
    """An address of a schedule's shifts, or of one's own; which one has already is given again."""
    require_house(viewer)
    if schedule_id is not None:
        await the_schedule(session, schedule_id)
    member_id = viewer.member_id if schedule_id is None else None
    for row in await feeds_of(session, viewer):
        if (row.schedule_id, row.member_id) == (schedule_id, member_id):
            return row
    row = CalendarFeed(schedule_id=schedule_id, member_id=member_id, made_by=viewer.member_id, made_at=now)
    session.add(row)
    await session.flush()
    tell(session, viewer, "feed.made", now=now, feed_id=row.id)
    return row


async def revoke(session: WriteSession, viewer: Viewer, feed_id: int, *, now: datetime) -> CalendarFeed:
    """Let the address lead nowhere from now on. Its owner or an admin may."""
    row = await session.get(CalendarFeed, feed_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise NotFound("There is no such address.")
    if row.made_by != viewer.member_id and not can_administer(viewer):
        raise Forbidden("Only who made the address, or an admin, may revoke it.")
    row.revoked_at = now
    tell(session, viewer, "feed.revoked", now=now, feed_id=row.id)
    return row


async def revoke_all(session: WriteSession, by: Viewer | None, member_id: int, *, now: datetime) -> None:
    """All that this person made; see `people.programs`."""
    mine = CalendarFeed.made_by == member_id, CalendarFeed.revoked_at.is_(None)
    query = select(CalendarFeed).where(*mine).order_by(CalendarFeed.id)
    for row in await session.scalars(query.with_for_update()):
        row.revoked_at = now
        tell(session, by, "feed.revoked", now=now, feed_id=row.id)


async def feeds_of(session: ReadSession, viewer: Viewer) -> Sequence[CalendarFeed]:
    """The viewer's own addresses that still lead somewhere."""
    query = select(CalendarFeed).where(
        CalendarFeed.made_by == viewer.member_id, CalendarFeed.revoked_at.is_(None)
    )
    return (await session.scalars(query.order_by(CalendarFeed.id))).all()


async def read(session: ReadSession, key: str, token: str, *, host: str, now: datetime) -> Feed:
    """What the address shows now; NotFound for anything but a good one of somebody with an active seat."""
    row = await _row_of(session, key, token)
    since = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - BEHIND
    which = (
        await schedules(session)
        if row.schedule_id is None
        else [await the_schedule(session, row.schedule_id)]
    )
    calendar = Calendar()
    calendar.add("prodid", "-//Tocsin//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", which[0].name if row.member_id is None else "On call")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for schedule in which:
        stretches = await stretches_of(session, schedule, since, since + BEHIND + AHEAD)
        names = await members_by_id(session, {one for s in stretches for one in s.on_call})
        for event in _events(schedule, stretches, names, only=row.member_id, host=host, now=now):
            calendar.add_component(event)
    body = calendar.to_ical()
    # the window moves on at midnight, the rest when anything changes
    changed = [since + BEHIND, *(one.changed_at for one in which if one.changed_at is not None)]
    return Feed(body, f'"{sha256(body).hexdigest()[:32]}"', max(changed))


async def _row_of(session: ReadSession, key: str, token: str) -> CalendarFeed:
    missing = NotFound("There is no such calendar.")
    try:
        number = unsign(key, PURPOSE, token)["feed"]
    except (Expired, KeyError) as error:
        raise missing from error
    row = await session.get(CalendarFeed, number)
    if row is None or row.revoked_at is not None:
        raise missing
    owner = await session.get_one(Member, row.made_by)
    if not owner.active or owner.role == "partner":
        raise missing
    return row


def _events(
    schedule: Schedule,
    stretches: Sequence[Stretch],
    people: dict[int, Member],
    *,
    only: int | None,
    host: str,
    now: datetime,
) -> Iterator[Event]:
    """One event for each person and turn. Names are all that is told of people."""
    last = stretches[-1].ends_at if stretches else now
    for member_id, turn in _turns(stretches):
        cut_off = turn.ends_at == last and turn.starts_at > now  # whole, once it lies nearer
        if only in (None, member_id) and not cut_off:
            yield _event(schedule, turn, people[member_id], personal=only is not None, host=host)


def _turns(stretches: Sequence[Stretch]) -> list[tuple[int, Stretch]]:
    """Each person's stretches, those of one turn that follow one another as one."""
    made: list[tuple[int, Stretch]] = []
    place: dict[tuple[int, str], int] = {}
    for stretch in stretches:
        for member_id in stretch.on_call:
            known = place.get((member_id, stretch.origin))
            if known is not None and made[known][1].ends_at == stretch.starts_at:
                made[known] = (member_id, replace(made[known][1], ends_at=stretch.ends_at))
            else:
                place[(member_id, stretch.origin)] = len(made)
                made.append((member_id, stretch))
    return made


def _event(schedule: Schedule, stretch: Stretch, member: Member, *, personal: bool, host: str) -> Event:
    """Its identity is the turn it comes from and when it begins: an edit elsewhere leaves it alone."""
    event = Event()
    name = f"On call: {schedule.name}" if personal else f"{member.name}: {schedule.name}"
    event.add("uid", f"{schedule.id}.{stretch.origin}.{stretch.starts_at:%Y%m%dT%H%M%SZ}.{member.id}@{host}")
    event.add("summary", name)
    event.add("dtstart", stretch.starts_at)
    event.add("dtend", stretch.ends_at)
    event.add("sequence", schedule.sequence)
    stamp = schedule.changed_at or stretch.starts_at
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("transp", "TRANSPARENT")  # on call is not busy: it must not come back as out of office
    return event
