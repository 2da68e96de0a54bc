"""When a digest is due and what it covers: wall-clock arithmetic on plain values. Pure.

Seven in the morning stays seven when the clocks change: such a day's digest covers 23 or 25 hours. An hour
that a change of the clocks leaves out happens an hour later by the clock; one that comes twice, at first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = {"daily": 1, "weekly": 7}


def last_due(cadence: str, hour: int, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment, not after `now`, at which a digest is due; in UTC. Weekly ones come on Mondays."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    while not _on(cadence, day) or _at(day, hour, zone) > now:
        day -= timedelta(days=1)
    return _at(day, hour, zone)


def next_due(cadence: str, hour: int, zone: ZoneInfo, now: datetime) -> datetime:
    """The first moment after `now` at which a digest is due; in UTC."""
    day = now.astimezone(zone).date() - timedelta(days=1)
    while not _on(cadence, day) or _at(day, hour, zone) <= now:
        day += timedelta(days=1)
    return _at(day, hour, zone)


def _on(cadence: str, day: date) -> bool:
    return cadence == "daily" or day.weekday() == 0


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
