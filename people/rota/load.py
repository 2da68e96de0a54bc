"""What being on call asks of each person: hours, nights and weekend days, by the person's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from people.rota.final import Shift
from people.rota.wall import instant

NIGHT = time(3)
"""Who is on call at that hour has the night."""
MIDDAY = time(12)
"""Who is on call then, on a Saturday or Sunday, has the weekend day."""


@dataclass(frozen=True)
class Load:
    """One person's share of some time."""

    member_id: int
    hours: float = 0.0
    nights: int = 0
    weekend_days: int = 0


def loads(shifts: Iterable[Shift], zones: Mapping[int, ZoneInfo]) -> list[Load]:
    """Everybody in `zones` by id, also who has nothing; shifts of others are left out."""
    of: dict[int, list[Shift]] = {member_id: [] for member_id in zones}
    for shift in shifts:
        if shift.member_id in of:
            of[shift.member_id].append(shift)
    return [_load(member_id, own, zones[member_id]) for member_id, own in sorted(of.items())]


def _load(member_id: int, shifts: list[Shift], zone: ZoneInfo) -> Load:
    days = [day for shift in shifts for day in _days(shift, zone)]
    return Load(
        member_id,
        hours=sum((shift.ends_at - shift.starts_at).total_seconds() for shift in shifts) / 3600,
        nights=sum(_holds(shift, day, NIGHT, zone) for shift, day in days),
        weekend_days=sum(day.weekday() >= 5 and _holds(shift, day, MIDDAY, zone) for shift, day in days),
    )


def _days(shift: Shift, zone: ZoneInfo) -> Iterable[tuple[Shift, datetime]]:
    day = datetime.combine(shift.starts_at.astimezone(zone).date(), time())
    while instant(day, zone) < shift.ends_at:
        yield shift, day
        day += timedelta(days=1)


def _holds(shift: Shift, day: datetime, hour: time, zone: ZoneInfo) -> bool:
    return shift.starts_at <= instant(datetime.combine(day, hour), zone) < shift.ends_at
