"""What a notice has to say at this moment; nothing when it is no longer true."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.duty import compose
from alerts.duty.compose import Reader, Span
from kit.db import ReadSession
from people.letters import Paper
from people.members import Member
from people.notices import DutyNotice
from people.on_call.covers import eligible
from people.on_call.duty import AHEAD, stretches_of
from people.on_call.moving import Times, times_by_member
from people.rota.final import shifts
from people.schedules import CoverRequest, Schedule, ShiftSwap


async def paper_of(session: ReadSession, notice: DutyNotice, reader: Reader, now: datetime) -> Paper | None:
    """The notice in words, None when nothing of it is true any more."""
    schedule = await session.get_one(Schedule, notice.schedule_id)
    if notice.kind == "starting":
        return await _starting(session, notice, schedule, reader, now)
    if notice.kind == "moved":
        return await _moved(session, notice, schedule, reader, now)
    if notice.kind == "cover_asked":
        return await _cover(session, notice, schedule, reader, now)
    return await _swap(session, notice, schedule, reader, now)


async def _starting(
    session: ReadSession, notice: DutyNotice, schedule: Schedule, reader: Reader, now: datetime
) -> Paper | None:
    """Only while the person's shift begins exactly then, and is not over."""
    starts_at = datetime.fromisoformat(notice.about["starts_at"])
    since = min(now, starts_at) - timedelta(hours=1)
    for one in shifts(await stretches_of(session, schedule, since, now + AHEAD)):
        if (one.member_id, one.starts_at) == (notice.member_id, starts_at) and one.ends_at > now:
            span = (one.starts_at, one.ends_at)
            open_end = one.ends_at >= now + AHEAD
            return compose.starting(reader, schedule.name, schedule.id, span, open_end=open_end)
    return None


async def _moved(
    session: ReadSession, notice: DutyNotice, schedule: Schedule, reader: Reader, now: datetime
) -> Paper | None:
    """What has become different since the first of the changes, of the time that is still to come."""
    until = datetime.fromisoformat(notice.about["until"])
    known = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in notice.about["before"]]
    if now >= until:
        return None
    today = (await times_by_member(session, schedule, now, until)).get(notice.member_id, [])
    gained, lost = without(today, known), [s for s in without(known, today) if s[1] > now]
    if not gained and not lost:
        return None
    lost = [(max(starts_at, now), ends_at) for starts_at, ends_at in lost]
    return compose.moved(reader, schedule.name, schedule.id, gained=gained, lost=lost)


async def _swap(
    session: ReadSession, notice: DutyNotice, schedule: Schedule, reader: Reader, now: datetime
) -> Paper | None:
    swap = await session.get_one(ShiftSwap, int(notice.about["id"]))
    gives: Span = (swap.gives_from, swap.gives_until)
    if notice.kind == "swap_declined":
        other = await session.get_one(Member, swap.other_id)
        return compose.swap_declined(reader, schedule.name, schedule.id, other.name, gives=gives)
    if swap.state != "proposed" or swap.gives_until <= now:
        return None
    asker = await session.get_one(Member, swap.asker_id)
    takes = (swap.takes_from, swap.takes_until) if swap.takes_from and swap.takes_until else None
    return compose.swap_asked(
        reader, schedule.name, schedule.id, asker.name, gives=gives, takes=takes, note=swap.note
    )


async def _cover(
    session: ReadSession, notice: DutyNotice, schedule: Schedule, reader: Reader, now: datetime
) -> Paper | None:
    request = await session.get_one(CoverRequest, int(notice.about["id"]))
    if request.state != "open" or request.ends_at <= now:
        return None
    if all(one.id != notice.member_id for one in await eligible(session, request)):
        return None
    asker = await session.get_one(Member, request.asker_id)
    span = (request.starts_at, request.ends_at)
    return compose.cover_asked(reader, schedule.name, schedule.id, asker.name, span=span, note=request.note)


def without(times: Times, others: Times) -> Times:
    """The parts of some times that lie in none of the others; both in order, neither overlapping itself."""
    left: Times = []
    for starts_at, ends_at in times:
        for other_from, other_until in others:
            if other_from >= ends_at or other_until <= starts_at:
                continue
            if other_from > starts_at:
                left.append((starts_at, other_from))
            starts_at = other_until
            if starts_at >= ends_at:
                break
        if starts_at < ends_at:
            left.append((starts_at, ends_at))
    return left
