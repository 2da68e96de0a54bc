"""Shift swaps: one asks, the other decides, and both may take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.languages import Sentence
from people.notices import notify
from people.on_call import checks
from people.on_call.duty import schedule as the_schedule
from people.on_call.moving import moving
from people.on_call.overrides import end
from people.permissions import Viewer, can_administer, require_responder
from people.schedules import Schedule, ScheduleOverride, ShiftSwap
from people.telling import tell

BECAME = {
    "proposed": Sentence("This swap is waiting for its answer."),
    "accepted": Sentence("This swap was accepted."),
    "declined": Sentence("This swap was declined."),
    "withdrawn": Sentence("This swap was withdrawn."),
    "undone": Sentence("This swap was undone."),
}


async def propose(
    session: WriteSession,
    viewer: Viewer,
    schedule_id: int,
    *,
    other_id: int,
    gives: checks.Span,
    takes: checks.Span | None,
    note: str = "",
    now: datetime,
) -> ShiftSwap:
    """Ask a colleague to take a time of one's own, for a time of theirs or for nothing.

    Invalid when either has no duty in the time that they are to give.
    """
    require_responder(viewer)
    schedule = await the_schedule(session, schedule_id)
    other = await checks.colleague(session, other_id, field="otherId")
    if other.id == viewer.member_id:
        raise Invalid("That is yourself.", field="otherId")
    gives = checks.span_of(*gives, now, field="givesFrom")
    if takes is not None:
        takes = checks.span_of(*takes, now, field="takesFrom")
        if takes[0] < gives[1] and gives[0] < takes[1]:
            raise Invalid("What you give and what you take must not overlap.", field="takesFrom")
    await _possible(session, schedule, viewer.member_id, other.id, gives, takes)
    swap = ShiftSwap(
        schedule_id=schedule.id,
        asker_id=viewer.member_id,
        other_id=other.id,
        gives_from=gives[0],
        gives_until=gives[1],
        takes_from=takes[0] if takes else None,
        takes_until=takes[1] if takes else None,
        note=checks.note_of(note),
        made_at=now,
    )
    session.add(swap)
    await session.flush()
    await _notify(session, "swap_asked", swap, other.id, now)
    _told(session, "swap.proposed", viewer, schedule, swap, now)
    return swap


async def accept(session: WriteSession, viewer: Viewer, swap_id: int, *, now: datetime) -> ShiftSwap:
    """Agree, as the one who was asked. Conflict when it was decided, is over, or no longer fits the rota."""
    swap = await _mine_to_decide(session, viewer, swap_id)
    async with moving(session, [swap.schedule_id], actor_id=viewer.member_id, now=now) as (schedule,):
        if swap.gives_until <= now or (swap.takes_until is not None and swap.takes_until <= now):
            raise Conflict("A part of this swap is over.")
        gives = (max(swap.gives_from, now), swap.gives_until)
        takes = None
        if swap.takes_from is not None and swap.takes_until is not None:
            takes = (max(swap.takes_from, now), swap.takes_until)
        try:
            await _possible(session, schedule, swap.asker_id, swap.other_id, gives, takes)
        except Invalid as error:
            raise Conflict("{} The rota has changed since this was asked.", error.message) from error
        session.add(_override(swap, swap.other_id, swap.asker_id, gives, viewer, now))
        if takes is not None:
            session.add(_override(swap, swap.asker_id, swap.other_id, takes, viewer, now))
        swap.state, swap.decided_at = "accepted", now
    _told(session, "swap.accepted", viewer, schedule, swap, now)
    return swap


async def decline(session: WriteSession, viewer: Viewer, swap_id: int, *, now: datetime) -> ShiftSwap:
    """Say no, as the one who was asked; who asked is told."""
    swap = await _mine_to_decide(session, viewer, swap_id)
    swap.state, swap.decided_at = "declined", now
    await _notify(session, "swap_declined", swap, swap.asker_id, now)
    _told(session, "swap.declined", viewer, await the_schedule(session, swap.schedule_id), swap, now)
    return swap


async def withdraw(session: WriteSession, viewer: Viewer, swap_id: int, *, now: datetime) -> ShiftSwap:
    """Ask no longer, as the one who asked, while nobody has answered."""
    swap = await _locked(session, viewer, swap_id, expected="proposed")
    if viewer.member_id != swap.asker_id:
        raise Forbidden("Only who asked can withdraw it.")
    swap.state, swap.decided_at = "withdrawn", now
    _told(session, "swap.withdrawn", viewer, await the_schedule(session, swap.schedule_id), swap, now)
    return swap


async def undo(session: WriteSession, viewer: Viewer, swap_id: int, *, now: datetime) -> ShiftSwap:
    """Take an accepted swap back from now on: either of the two, or an admin, may."""
    swap = await _locked(session, viewer, swap_id, expected="accepted")
    async with moving(session, [swap.schedule_id], actor_id=viewer.member_id, now=now) as (schedule,):
        rows = await session.scalars(select(ScheduleOverride).where(ScheduleOverride.swap_id == swap.id))
        if not sum(end(row, now) for row in rows):  # all of them, not only the first
            raise Conflict("This swap is over.")
        swap.state, swap.decided_at = "undone", now
    _told(session, "swap.undone", viewer, schedule, swap, now)
    return swap


async def _possible(
    session: ReadSession,
    schedule: Schedule,
    asker_id: int,
    other_id: int,
    gives: checks.Span,
    takes: checks.Span | None,
) -> None:
    """Invalid unless each is on call in what they give, and here in what they take."""
    asker = await checks.colleague(session, asker_id, field="askerId")
    other = await checks.colleague(session, other_id, field="otherId")
    for giver, taker, span, field in ((asker, other, gives, "givesFrom"), (other, asker, takes, "takesFrom")):
        if span is None:
            continue
        if not await checks.has_duty(session, schedule, giver.id, span):
            raise Invalid("{} is not on call on {} then.", giver.name, schedule.name, field=field)
        await checks.require_present(session, taker, span, field=field)


async def _locked(session: WriteSession, viewer: Viewer, swap_id: int, *, expected: str) -> ShiftSwap:
    """The swap in the expected state, for its two people and admins; Conflict in any other state."""
    require_responder(viewer)
    swap = await session.get(ShiftSwap, swap_id, with_for_update=True, populate_existing=True)
    own = swap is not None and viewer.member_id in (swap.asker_id, swap.other_id)
    if swap is None or not (own or can_administer(viewer)):
        raise NotFound("There is no such swap.")
    if swap.state != expected:
        raise Conflict(BECAME[swap.state])
    return swap


async def _mine_to_decide(session: WriteSession, viewer: Viewer, swap_id: int) -> ShiftSwap:
    swap = await _locked(session, viewer, swap_id, expected="proposed")
    if viewer.member_id != swap.other_id:
        raise Forbidden("Only who was asked can answer.")
    return swap


def _override(
    swap: ShiftSwap, member_id: int, instead_of: int, span: checks.Span, viewer: Viewer, now: datetime
) -> ScheduleOverride:
    return ScheduleOverride(
        schedule_id=swap.schedule_id,
        kind="instead",
        member_id=member_id,
        instead_of=instead_of,
        starts_at=span[0],
        ends_at=span[1],
        swap_id=swap.id,
        made_by=viewer.member_id,
        made_at=now,
    )


async def _notify(session: WriteSession, kind: Any, swap: ShiftSwap, member_id: int, now: datetime) -> None:
    await notify(
        session,
        kind,
        key=f"{kind}.{swap.id}",
        member_id=member_id,
        schedule_id=swap.schedule_id,
        about={"id": swap.id},
        due_at=now,
        now=now,
    )
    ring_later(session, ALERTS)


def _told(
    session: WriteSession, kind: str, viewer: Viewer, schedule: Schedule, swap: ShiftSwap, now: datetime
) -> None:
    tell(
        session,
        viewer,
        kind,
        now=now,
        schedule=schedule.name,
        swap_id=swap.id,
        asker_id=swap.asker_id,
        other_id=swap.other_id,
        gives=[swap.gives_from.isoformat(), swap.gives_until.isoformat()],
        takes=[at.isoformat() for at in (swap.takes_from, swap.takes_until) if at is not None],
    )
