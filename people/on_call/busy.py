"""When an iCalendar (RFC 5545) says that its owner is busy. Pure: bytes in, times out.

Events that are transparent, cancelled, free or tentative do not count; repeating ones are written out up to
a horizon. One event that cannot be read hides no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.prop import vRecur

from people.rota.wall import instant
from people.rota.windows import Span, united

MOST_EVENTS = 5000
MOST_TIMES = 2000
MOST_REPEATS = 20_000
"""Occurrences of one event that are counted through, from its first: a daily one of fifty years."""
LONGEST = timedelta(days=400)
ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
PARTS = {
    "DAILY": ALWAYS | {"BYDAY"},
    "WEEKLY": ALWAYS | {"BYDAY"},
    "MONTHLY": ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
}
"""What rules are read, as calendars write them. Others repeat by minutes, or could go through each day up to
the year 9999 in search of a 30 February."""
LONGEST_SEARCH = 10.0
"""Seconds for all events, looked at after each."""
_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError)


def busy_spans(body: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """Busy times that touch the time between two instants, united, in order, MOST_TIMES at most.

    `zone` is for whole days and times without a zone. ValueError when this is no calendar.
    """
    calendar = Calendar.from_ical(body)
    if not isinstance(calendar, Calendar):
        raise ValueError("This is not a calendar.")
    events = list(calendar.walk("VEVENT"))
    if len(events) > MOST_EVENTS:
        raise ValueError(f"The calendar has more than {MOST_EVENTS} events.")
    moved = {one for event in events if (one := _identity(event, zone)) is not None}
    found: list[Span] = []
    began = monotonic()
    for event in events:
        if monotonic() - began > LONGEST_SEARCH:
            raise ValueError("The calendar takes too long to understand.")
        try:
            found += _spans(event, moved, zone, since, until)
        except _UNREADABLE:
            continue
    return united(found)[:MOST_TIMES]


def _spans(
    event: Any, moved: set[tuple[str, datetime]], zone: ZoneInfo, since: datetime, until: datetime
) -> list[Span]:
    if not _is_busy(event):
        return []
    start = event["DTSTART"].dt
    length, tz = _length(event), _zone_of(start, zone)
    uid, own = str(event.get("UID", "")), "RECURRENCE-ID" in event
    found = []
    for wall in _walls(event, start, tz, until):
        starts_at = _utc(wall, tz)
        if not own and (uid, starts_at) in moved:
            continue
        # whole days and hours are counted by the clock, as people mean them
        ends_at = _utc(wall + length, tz)
        if starts_at < until and ends_at > since:
            found.append((starts_at, ends_at))
    return found


def _is_busy(event: Any) -> bool:
    said = {name: str(event.get(name, "")).upper() for name in ("TRANSP", "STATUS")}
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return not (
        said["TRANSP"] == "TRANSPARENT"
        or said["STATUS"] in ("CANCELLED", "TENTATIVE")
        or outlook in ("FREE", "TENTATIVE", "WORKINGELSEWHERE")
    )


def _length(event: Any) -> timedelta:
    """By the wall clock. A day without an end is a whole day, a moment without one takes no time."""
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(end, datetime) and isinstance(start, datetime) and start.tzinfo and end.tzinfo:
            end = end.astimezone(start.tzinfo)
        length = _wall(end) - _wall(start)
    elif "DURATION" in event:
        length = event["DURATION"].dt
    else:
        length = timedelta() if isinstance(start, datetime) else timedelta(days=1)
    if not timedelta() <= length <= LONGEST:
        raise ValueError("an event of impossible length")
    return length


def _walls(event: Any, start: date | datetime, tz: tzinfo, until: datetime) -> Iterator[datetime]:
    """What the clocks show at the beginning of each occurrence that begins before `until`."""
    first = _wall(start)
    rule = event.get("RRULE")
    except_ = {_utc(_wall(one), _zone_of(one, tz)) for one in _listed(event, "EXDATE")}
    repeated = [first] if rule is None else _repeated(rule, first, tz, until)
    for wall in repeated:
        if _utc(wall, tz) not in except_:
            yield wall
    for one in _listed(event, "RDATE"):
        if isinstance(one, date):
            yield _utc(_wall(one), _zone_of(one, tz)).astimezone(tz).replace(tzinfo=None)


def _repeated(rule: Any, first: datetime, tz: tzinfo, until: datetime) -> Iterator[datetime]:
    if not isinstance(rule, vRecur):
        raise ValueError("two rules in one event")
    parts: Mapping[str, Any] = {name.upper(): value for name, value in rule.items()}
    places = [abs(int(place)) for place in parts.get("BYSETPOS", [])]
    if not set(parts) <= PARTS[str(parts["FREQ"][0]).upper()] or max(places, default=1) > 31:
        raise ValueError("a rule that calendars do not write")
    if "UNTIL" in parts:
        parts = {**parts, "UNTIL": [_until(parts["UNTIL"][0], tz)]}
    for number, wall in enumerate(rrulestr(_rule(parts), dtstart=first)):
        if number >= MOST_REPEATS or wall.replace(tzinfo=UTC) > until + timedelta(days=2):
            return
        yield wall


def _rule(parts: Mapping[str, Any]) -> str:
    written: bytes = vRecur(parts).to_ical()  # type: ignore[no-untyped-call]
    return written.decode()


def _until(value: date | datetime, tz: tzinfo) -> datetime:
    """A rule's last moment by the event's own clock; of a day, its end."""
    if isinstance(value, datetime):
        return value.astimezone(tz).replace(tzinfo=None) if value.tzinfo else value
    return datetime(value.year, value.month, value.day, 23, 59, 59)  # noqa: DTZ001 - what a clock shows


def _identity(event: Any, zone: ZoneInfo) -> tuple[str, datetime] | None:
    """Which occurrence of which event this one replaces."""
    try:
        if "RECURRENCE-ID" not in event:
            return None
        when = event["RECURRENCE-ID"].dt
        return str(event.get("UID", "")), _utc(_wall(when), _zone_of(when, zone))
    except _UNREADABLE:
        return None


def _listed(event: Any, name: str) -> Iterator[Any]:
    value = event.get(name, [])
    for one in value if isinstance(value, list) else [value]:
        yield from (entry.dt for entry in one.dts)


def _wall(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - what a clock shows


def _zone_of(value: date | datetime, otherwise: tzinfo) -> tzinfo:
    own = value.tzinfo if isinstance(value, datetime) else None
    return own if own is not None else otherwise


def _utc(wall: datetime, tz: tzinfo) -> datetime:
    if isinstance(tz, ZoneInfo):
        return instant(wall, tz)
    return wall.replace(tzinfo=tz).astimezone(UTC)
