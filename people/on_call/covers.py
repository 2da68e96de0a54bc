"""Cover requests: "who can take my Saturday night?" Any colleague who can, can; the first one has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.languages import Sentence
from people.members import Member
from people.notices import notify
from people.on_call import checks
from people.on_call.duty import schedule as the_schedule
from people.on_call.moving import moving, times_by_member
from people.on_call.overrides import end
from people.on_call.plans import absences_of, plan_of
from people.permissions import RESPONDERS, Viewer, can_administer, require_responder
from people.rota.final import final_stretches
from people.schedules import CoverRequest, Schedule, ScheduleOverride
from people.telling import tell


async def ask(
    session: WriteSession,
    viewer: Viewer,
    schedule_id: int,
    *,
    span: checks.Span,
    note: str = "",
    now: datetime,
) -> CoverRequest:
    """Ask for somebody to take a time of one's own; everybody who could is told by mail.

    Invalid without duty in that time. Whose absence leaves a gap may ask for it, too.
    """
    require_responder(viewer)
    schedule = await the_schedule(session, schedule_id)
    span = checks.span_of(*span, now)
    if not await _owes(session, schedule, viewer.member_id, span):
        raise Invalid("You are not on call on {} then.", schedule.name, field="startsAt")
    request = CoverRequest(
        schedule_id=schedule.id,
        asker_id=viewer.member_id,
        starts_at=span[0],
        ends_at=span[1],
        note=checks.note_of(note),
        made_at=now,
    )
    session.add(request)
    await session.flush()
    for member in await eligible(session, request):
        await notify(
            session,
            "cover_asked",
            key=f"cover_asked.{request.id}.{member.id}",
            member_id=member.id,
            schedule_id=schedule.id,
            about={"id": request.id},
            due_at=now,
            now=now,
        )
    ring_later(session, ALERTS)
    _told(session, "cover.asked", viewer, schedule, request, now)
    return request


async def take(session: WriteSession, viewer: Viewer, request_id: int, *, now: datetime) -> CoverRequest:
    """Take it. Conflict when somebody else was first, it is over, or the asker has no duty then any more."""
    request = await _locked(session, viewer, request_id, expected="open")
    async with moving(session, [request.schedule_id], actor_id=viewer.member_id, now=now) as (schedule,):
        if request.ends_at <= now:
            raise Conflict("That time is over.")
        span = (max(request.starts_at, now), request.ends_at)
        taker = await checks.colleague(session, viewer.member_id, field="id")
        if taker.id == request.asker_id:
            raise Conflict("This is your own: withdraw it if nobody need take it.")
        await checks.require_present(session, taker, span, field="id")
        if not await _owes(session, schedule, request.asker_id, span):
            raise Conflict("The rota has changed: there is nothing to take any more.")
        session.add(_override(request, taker.id, span, now))
        request.state, request.taken_by, request.decided_at = "taken", taker.id, now
    _told(session, "cover.taken", viewer, schedule, request, now)
    return request


async def withdraw(session: WriteSession, viewer: Viewer, request_id: int, *, now: datetime) -> CoverRequest:
    """Ask no longer, while nobody has taken it: who asked, or an admin, may."""
    request = await _locked(session, viewer, request_id, expected="open")
    _require_party(viewer, request.asker_id)
    request.state, request.decided_at = "withdrawn", now
    _told(session, "cover.withdrawn", viewer, await the_schedule(session, request.schedule_id), request, now)
    return request


async def undo(session: WriteSession, viewer: Viewer, request_id: int, *, now: datetime) -> CoverRequest:
    """Give what was taken back to who asked, from now on: either of the two, or an admin, may."""
    request = await _locked(session, viewer, request_id, expected="taken")
    _require_party(viewer, request.asker_id, request.taken_by)
    async with moving(session, [request.schedule_id], actor_id=viewer.member_id, now=now) as (schedule,):
        rows = await session.scalars(select(ScheduleOverride).where(ScheduleOverride.cover_id == request.id))
        if not sum(end(row, now) for row in rows):  # all of them, not only the first
            raise Conflict("That time is over.")
        request.state, request.decided_at = "undone", now
    _told(session, "cover.undone", viewer, schedule, request, now)
    return request


async def eligible(session: ReadSession, request: CoverRequest) -> Sequence[Member]:
    """Who could take it: who may be on call, is not away in that time, and has no duty here in it."""
    query = select(Member).where(Member.active, Member.role.in_(RESPONDERS), Member.id != request.asker_id)
    people = (await session.scalars(query.order_by(Member.name))).all()
    span = (request.starts_at, request.ends_at)
    away = {one.member_id for one in await absences_of(session, {one.id for one in people}, *span)}
    schedule = await the_schedule(session, request.schedule_id)
    busy = await times_by_member(session, schedule, *span)
    return [one for one in people if one.id not in away and one.id not in busy]


async def _owes(session: ReadSession, schedule: Schedule, member_id: int, span: checks.Span) -> bool:
    """Whether the person is on call in a part of that time, or would be were they not away."""
    plan = await plan_of(session, schedule, *span)
    return any(member_id in (*one.on_call, *one.away) for one in final_stretches(plan, *span))


async def _locked(session: WriteSession, viewer: Viewer, request_id: int, *, expected: str) -> CoverRequest:
    require_responder(viewer)
    request = await session.get(CoverRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound("There is no such request.")
    if request.state != expected:
        raise Conflict(await _why(session, request))
    return request


async def _why(session: ReadSession, request: CoverRequest) -> Sentence:
    if request.state == "taken" and request.taken_by is not None:
        taker = await session.get_one(Member, request.taken_by)
        return Sentence("{} has taken it already.", taker.name)
    return {
        "open": Sentence("Nobody has taken it yet."),
        "withdrawn": Sentence("This request was withdrawn."),
        "undone": Sentence("This was given back."),
    }[request.state]


def _require_party(viewer: Viewer, *member_ids: int | None) -> None:
    if viewer.member_id not in member_ids and not can_administer(viewer):
        raise Forbidden("Only the people whom it concerns, or an admin, may do this.")


def _override(request: CoverRequest, member_id: int, span: checks.Span, now: datetime) -> ScheduleOverride:
    return ScheduleOverride(
        schedule_id=request.schedule_id,
        kind="instead",
        member_id=member_id,
        instead_of=request.asker_id,
        starts_at=span[0],
        ends_at=span[1],
        cover_id=request.id,
        made_by=member_id,
        made_at=now,
    )


def _told(
    session: WriteSession, kind: str, viewer: Viewer, schedule: Schedule, request: CoverRequest, now: datetime
) -> None:
    tell(
        session,
        viewer,
        kind,
        now=now,
        schedule=schedule.name,
        cover_id=request.id,
        asker_id=request.asker_id,
        taken_by=request.taken_by,
        starts_at=request.starts_at.isoformat(),
        ends_at=request.ends_at.isoformat(),
    )
