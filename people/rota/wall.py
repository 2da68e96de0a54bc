"""From what clocks show to instants: where the rota deals with daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the zone's clocks show this naive time or a later one.

    A time that comes twice means its first coming; one that the clocks leave out means the moment at which
    they jump over it. So later wall-clock times never come earlier: hand-overs leave no gap, no overlap.
    """
    found = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(found, zone) == wall:
        return found
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found, wall, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a day begins there."""
    return instant(datetime.combine(day, time()), zone)


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _jump(before: datetime, after: datetime, wall: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second behind `before`, at most `after`, at which the clocks show `wall` or later."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _shown(before + timedelta(seconds=middle), zone) >= wall:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)
