"""Overrides: somebody else, somebody more, or nobody, for a while."""

from __future__ import annotations

from datetime import datetime

from kit.db import WriteSession
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from people.on_call import checks
from people.on_call.duty import schedule as the_schedule
from people.on_call.moving import moving
from people.permissions import Viewer, can_administer, require_responder
from people.schedules import ScheduleOverride
from people.telling import tell

KINDS = ("instead", "add", "nobody")


async def make(
    session: WriteSession,
    viewer: Viewer,
    schedule_id: int,
    *,
    kind: str,
    member_id: int | None,
    instead_of: int | None,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    now: datetime,
) -> ScheduleOverride:
    """Override a schedule for a time. An admin may do so for anybody; others take over or join themselves.

    Forbidden otherwise; Invalid for people who cannot be on call or are away then.
    """
    require_responder(viewer)
    schedule = await the_schedule(session, schedule_id)
    if kind not in KINDS or (member_id is None) != (kind == "nobody"):
        raise Invalid("Say who is on call instead or as well, or that nobody is.", field="kind")
    if kind == "add":
        instead_of = None
    if not can_administer(viewer) and member_id != viewer.member_id:
        raise Forbidden("Only an admin may put somebody else on call; ask for a swap or for cover.")
    if member_id is not None and member_id == instead_of:
        raise Invalid("That is the same person.", field="memberId")
    span = checks.span_of(starts_at, ends_at, now)
    if member_id is not None:
        member = await checks.colleague(session, member_id, field="memberId")
        await checks.require_present(session, member, span, field="memberId")
    async with moving(session, [schedule.id], actor_id=viewer.member_id, now=now):
        row = ScheduleOverride(
            schedule_id=schedule.id,
            kind=kind,
            member_id=member_id,
            instead_of=instead_of,
            starts_at=span[0],
            ends_at=span[1],
            note=checks.note_of(note),
            made_by=viewer.member_id,
            made_at=now,
        )
        session.add(row)
    _told(session, "override.made", viewer, schedule.name, row, now)
    return row


async def remove(
    session: WriteSession, viewer: Viewer, override_id: int, *, now: datetime
) -> ScheduleOverride:
    """Take an override back from now on. Who made it, who is on call by it, or an admin may."""
    require_responder(viewer)
    row = await session.get(ScheduleOverride, override_id)
    if row is None:
        raise NotFound("There is no such override.")
    if not can_administer(viewer) and viewer.member_id not in (row.made_by, row.member_id):
        raise Forbidden("Only who made it, who is on call by it, or an admin may take it back.")
    if row.swap_id is not None or row.cover_id is not None:
        raise Conflict("This comes from a swap or a cover request: undo that instead.")
    async with moving(session, [row.schedule_id], actor_id=viewer.member_id, now=now) as (schedule,):
        await session.refresh(row)
        if not end(row, now):
            raise Conflict("This override is over, or was taken back already.")
    _told(session, "override.removed", viewer, schedule.name, row, now)
    return row


def end(row: ScheduleOverride, now: datetime) -> bool:
    """Let an override be over; what it did until now stays. False when it was already."""
    if row.removed_at is not None or row.ends_at <= now:
        return False
    if row.starts_at < now:
        row.ends_at = now
    else:
        row.removed_at = now
    return True


def _told(
    session: WriteSession, kind: str, viewer: Viewer, schedule: str, row: ScheduleOverride, now: datetime
) -> None:
    tell(
        session,
        viewer,
        kind,
        now=now,
        schedule=schedule,
        override=row.kind,
        member_id=row.member_id,
        instead_of=row.instead_of,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
    )
