"""What every change that may move a shift has in common: one at a time, and whom it moves is told.

A notice is due a little later and compares what was known before with what is true then: several changes
are one notice, and one that is taken back at once is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select

from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from people.notices import notify
from people.on_call.duty import AHEAD
from people.on_call.plans import plan_of
from people.rota.final import final_stretches, shifts
from people.schedules import Schedule, ScheduleLayer, ScheduleOverride

log = structlog.get_logger(__name__)

SETTLES_IN = timedelta(minutes=2)
Times = list[tuple[datetime, datetime]]


@asynccontextmanager
async def moving(
    session: WriteSession,
    schedule_ids: Collection[int],
    *,
    actor_id: int | None,
    now: datetime,
    tell: bool = True,
) -> AsyncIterator[list[Schedule]]:
    """Change these schedules inside; they are locked until the unit of work ends.

    Afterwards each has a new `sequence`, its notices are planned anew, and everybody whose coming four
    weeks are others than before gets a notice (if `tell`), except who made the change.
    """
    query = select(Schedule).where(Schedule.id.in_(schedule_ids)).order_by(Schedule.id).with_for_update()
    locked = list(await session.scalars(query.execution_options(populate_existing=True)))
    before = [await times_by_member(session, one, now, now + AHEAD) for one in locked]
    yield locked
    await session.flush()
    for one, known in zip(locked, before, strict=True):
        one.sequence, one.changed_at, one.notices_due_at = one.sequence + 1, now, now
        after = await times_by_member(session, one, now, now + AHEAD)
        for member_id in sorted({*known, *after} - {actor_id}):
            if tell and known.get(member_id, []) != after.get(member_id, []):
                await _tell(session, one, member_id, known.get(member_id, []), now)
    ring_later(session, ALERTS)


async def times_by_member(
    session: ReadSession, schedule: Schedule, since: datetime, until: datetime
) -> dict[int, Times]:
    """When each person is on call between two instants; nobody on a schedule that cannot be read."""
    try:
        plan = await plan_of(session, schedule, since, until)
        found: dict[int, Times] = {}
        for one in shifts(final_stretches(plan, since, until)):
            found.setdefault(one.member_id, []).append((one.starts_at, one.ends_at))
        return found
    except (LookupError, TypeError, ValueError):
        log.exception("schedule.unreadable", schedule=schedule.name)
        return {}


async def schedules_naming(session: ReadSession, member_id: int, now: datetime) -> set[int]:
    """The schedules on which a person may have duty: of a layer, or by an override."""
    layers = select(ScheduleLayer.schedule_id).where(ScheduleLayer.participants.contains([member_id]))
    overrides = select(ScheduleOverride.schedule_id).where(
        ScheduleOverride.removed_at.is_(None),
        ScheduleOverride.ends_at > now,
        or_(ScheduleOverride.member_id == member_id, ScheduleOverride.instead_of == member_id),
    )
    return {*await session.scalars(layers), *await session.scalars(overrides)}


async def _tell(
    session: WriteSession, schedule: Schedule, member_id: int, known: Times, now: datetime
) -> None:
    await notify(
        session,
        "moved",
        key=f"moved.{schedule.id}.{member_id}.{schedule.sequence}",
        member_id=member_id,
        schedule_id=schedule.id,
        about={
            "until": (now + AHEAD).isoformat(),
            "before": [[starts_at.isoformat(), ends_at.isoformat()] for starts_at, ends_at in known],
        },
        due_at=now + SETTLES_IN,
        now=now,
    )
