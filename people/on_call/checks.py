"""What overrides, swaps and covers ask for alike: a sensible time, and people who may have duty."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.db import ReadSession
from kit.errors import Invalid
from kit.lines import one_line
from people.members import Member
from people.on_call.moving import times_by_member
from people.on_call.plans import absences_of
from people.permissions import RESPONDERS
from people.schedules import Schedule

LONGEST = timedelta(days=62)
FARTHEST = timedelta(days=366)
LONGEST_NOTE = 500

Span = tuple[datetime, datetime]


def span_of(starts_at: datetime, ends_at: datetime, now: datetime, *, field: str = "startsAt") -> Span:
    """The time, from now on: what is over stays as it was. Invalid when it makes no sense."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("Give times with their offset from UTC.", field=field)
    if starts_at >= ends_at:
        raise Invalid("The end must come after the beginning.", field=field)
    if ends_at <= now:
        raise Invalid("That time is over.", field=field)
    if ends_at - starts_at > LONGEST:
        raise Invalid("That is longer than {} days; edit the layers instead.", LONGEST.days, field=field)
    if starts_at > now + FARTHEST:
        raise Invalid("That is more than a year ahead.", field=field)
    return max(starts_at, now), ends_at


def note_of(note: str) -> str:
    """A line or two without control characters; Invalid when it is longer."""
    kept = one_line(note)
    if len(kept) > LONGEST_NOTE:
        raise Invalid("A note has {} characters at most.", LONGEST_NOTE, field="note")
    return kept


async def colleague(session: ReadSession, member_id: int, *, field: str) -> Member:
    """Somebody of the house who may have duty; Invalid for everybody else."""
    found = await session.get(Member, member_id)
    if found is None or not found.active or found.role not in RESPONDERS:
        raise Invalid("Only an admin or a responder can be on call.", field=field)
    return found


async def require_present(session: ReadSession, member: Member, span: Span, *, field: str) -> None:
    """Invalid when the person is away in a part of that time."""
    if await absences_of(session, {member.id}, *span):
        raise Invalid("{} is away in a part of that time.", member.name, field=field)


async def has_duty(session: ReadSession, schedule: Schedule, member_id: int, span: Span) -> bool:
    """Whether the person is on call in any part of that time."""
    return bool((await times_by_member(session, schedule, *span)).get(member_id))
