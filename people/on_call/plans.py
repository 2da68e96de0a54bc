"""From stored schedules to the plans that `people.rota` decides by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from kit.db import ReadSession
from kit.zones import zone_of
from people.absences import AwayCalendar, BusyTime, Holiday
from people.members import Member
from people.permissions import RESPONDERS
from people.rota.plan import Absence, Layer, Override, Plan
from people.rota.rotation import Rotation
from people.rota.wall import midnight
from people.rota.windows import Window
from people.schedules import Schedule, ScheduleLayer, ScheduleOverride

log = structlog.get_logger(__name__)

ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
HOURS = {"hours": 1, "days": 24, "weeks": 168}


async def plan_of(session: ReadSession, schedule: Schedule, since: datetime, until: datetime) -> Plan:
    """The schedule's plan, as far as it concerns the time between two instants.

    LookupError or ValueError when a layer cannot be read.
    """
    layers = [layer_of(schedule, row) for row in await layers_of(session, schedule.id)]
    overrides = [_override_of(row) for row in await overrides_of(session, schedule.id, since, until)]
    named = {member for layer in layers for member in layer.rotation.participants}
    named |= {one.member_id for one in overrides if one.member_id is not None}
    return Plan(layers, overrides, await absences_of(session, named, since, until))


async def layers_of(session: ReadSession, schedule_id: int) -> Sequence[ScheduleLayer]:
    """The uppermost first."""
    query = select(ScheduleLayer).where(ScheduleLayer.schedule_id == schedule_id)
    return (await session.scalars(query.order_by(ScheduleLayer.position, ScheduleLayer.id))).all()


async def overrides_of(
    session: ReadSession, schedule_id: int, since: datetime, until: datetime
) -> Sequence[ScheduleOverride]:
    """Those that touch a time, in the order in which they were made."""
    query = select(ScheduleOverride).where(
        ScheduleOverride.schedule_id == schedule_id,
        ScheduleOverride.removed_at.is_(None),
        ScheduleOverride.ends_at > since,
        ScheduleOverride.starts_at < until,
    )
    return (await session.scalars(query.order_by(ScheduleOverride.id))).all()


async def absences_of(
    session: ReadSession, member_ids: Collection[int], since: datetime, until: datetime
) -> list[Absence]:
    """When these people are not to be paged: holidays, busy times, and always without an active
    seat or in a role that is not on call."""
    people = {one.id: one for one in await session.scalars(select(Member).where(Member.id.in_(member_ids)))}
    shut_out = [one for one in people.values() if not one.active or one.role not in RESPONDERS]
    found = [Absence(one.id, *ALWAYS) for one in shut_out]
    holidays = select(Holiday).where(
        Holiday.member_id.in_(member_ids),
        Holiday.last_day >= since.astimezone(UTC).date() - timedelta(days=2),
        Holiday.first_day <= until.astimezone(UTC).date() + timedelta(days=2),
    )
    found += [absence_of(row, people[row.member_id]) for row in await session.scalars(holidays)]
    busy = (
        select(AwayCalendar.member_id, BusyTime.starts_at, BusyTime.ends_at)
        .join(BusyTime, BusyTime.calendar_id == AwayCalendar.id)
        .where(AwayCalendar.member_id.in_(member_ids), BusyTime.ends_at > since, BusyTime.starts_at < until)
    )
    found += [Absence(*row) for row in (await session.execute(busy))]
    return [one for one in found if one.starts_at < until and one.ends_at > since]


def absence_of(holiday: Holiday, member: Member) -> Absence:
    """Whole days by the person's own clock."""
    zone = zone_of(member.time_zone)
    return Absence(
        holiday.member_id,
        midnight(holiday.first_day, zone),
        midnight(holiday.last_day + timedelta(days=1), zone),
    )


def layer_of(schedule: Schedule, row: ScheduleLayer) -> Layer:
    """LookupError or ValueError when it cannot be read."""
    handover = time.fromisoformat(row.handover)
    rotation = Rotation(
        zone=ZoneInfo(row.time_zone or schedule.time_zone),
        starts=datetime.combine(row.starts_on, handover),
        length=timedelta(hours=max(1, row.every) * HOURS[row.unit]),
        participants=tuple(int(participant) for participant in row.participants),
        ends=datetime.combine(row.ends_on, handover) if row.ends_on is not None else None,
    )
    return Layer(row.id, rotation, tuple(windows_of_rows(row.windows)))


def windows_of_rows(rows: Iterable[dict[str, Any]]) -> list[Window]:
    """Windows as they are stored."""
    return [
        Window(
            frozenset(int(day) for day in row["weekdays"]),
            time.fromisoformat(row["starts"]),
            time.fromisoformat(row["ends"]),
        )
        for row in rows
    ]


def rows_of_windows(windows: Iterable[Window]) -> list[dict[str, Any]]:
    """Windows as they are to be stored."""
    return [
        {
            "weekdays": sorted(one.weekdays),
            "starts": f"{one.starts:%H:%M}",
            "ends": f"{one.ends:%H:%M}",
        }
        for one in windows
    ]


def _override_of(row: ScheduleOverride) -> Override:
    return Override(row.id, row.kind, row.member_id, row.instead_of, row.starts_at, row.ends_at)  # type: ignore[arg-type]
