"""What is left without its person when somebody stops being on call: the shifts of the coming weeks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import select

from kit.db import ReadSession
from people.on_call.duty import AHEAD
from people.on_call.moving import schedules_naming
from people.on_call.plans import ALWAYS, plan_of
from people.rota.final import Stretch, final_stretches
from people.rota.plan import Absence, Plan
from people.schedules import Schedule

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class EmptyShift:
    """A time in which nobody would be on call."""

    schedule_id: int
    schedule: str
    starts_at: datetime
    ends_at: datetime


async def empty_without(session: ReadSession, member_id: int, now: datetime) -> list[EmptyShift]:
    """Which times of the coming four weeks this person alone has, with nobody behind them."""
    found = []
    named = await schedules_naming(session, member_id, now)
    rows = await session.scalars(select(Schedule).where(Schedule.id.in_(named)).order_by(Schedule.name))
    for schedule in rows:
        try:
            plan = await plan_of(session, schedule, now, now + AHEAD)
            empty = list(_empty(plan, member_id, now))
        except (LookupError, TypeError, ValueError):
            log.exception("schedule.unreadable", schedule=schedule.name)
            continue
        found += [EmptyShift(schedule.id, schedule.name, *span) for span in _joined(empty)]
    return found


def _empty(plan: Plan, member_id: int, now: datetime) -> Iterable[Stretch]:
    """What the person has now and nobody has without them."""
    without = replace(plan, absences=[*plan.absences, Absence(member_id, *ALWAYS)])
    for own in final_stretches(plan, now, now + AHEAD):
        if member_id in own.on_call:
            left = final_stretches(without, own.starts_at, own.ends_at)
            yield from (one for one in left if not one.on_call)


def _joined(stretches: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """Neighbours as one."""
    spans: list[tuple[datetime, datetime]] = []
    for one in stretches:
        if spans and spans[-1][1] == one.starts_at:
            spans[-1] = (spans[-1][0], one.ends_at)
        else:
            spans.append((one.starts_at, one.ends_at))
    return spans
