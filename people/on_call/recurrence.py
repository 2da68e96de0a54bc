"""When the events of an iCalendar (RFC 5545) take place; repeating ones are written out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar.prop import vRecur

from people.rota.wall import instant
from people.rota.windows import Span

MOST_EVENTS = 5000
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
"""Seconds for a calendar: looked at when it has been read, and after each of its events."""
UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError)
"""What reading one event may raise."""


class TooMany(ValueError):
    """The calendar has more than MOST_EVENTS events."""


def events_of(body: bytes) -> list[Any]:
    """The events of a calendar; ValueError when this is none, TooMany when it has more than MOST_EVENTS."""
    _few(body.upper().count(b"BEGIN:VEVENT"))  # before it is read, which takes longer
    calendar = Calendar.from_ical(body)
    if not isinstance(calendar, Calendar):
        raise ValueError("This is not a calendar.")
    events = list(calendar.walk("VEVENT"))
    _few(len(events))
    return events


def _few(events: int) -> None:
    if events > MOST_EVENTS:
        raise TooMany(f"The calendar has more than {MOST_EVENTS} events.")


def occurrences(event: Any, zone: ZoneInfo, until: datetime) -> Iterator[Span]:
    """Beginnings and ends (UTC) of an event that begins before `until`, from its very first.

    `zone` is for whole days and times without a zone. UNREADABLE for one that makes no sense.
    """
    start = event["DTSTART"].dt
    length, tz = _length(event), _zone_of(start, zone)
    for wall in _walls(event, start, tz, until):
        # whole days and hours are counted by the clock, as people mean them
        yield _utc(wall, tz), _utc(wall + length, tz)


def replaced(event: Any, zone: ZoneInfo) -> tuple[str, datetime] | None:
    """Which occurrence of which event this one replaces; None: none."""
    try:
        if "RECURRENCE-ID" not in event:
            return None
        when = event["RECURRENCE-ID"].dt
        return str(event.get("UID", "")), _utc(_wall(when), _zone_of(when, zone))
    except UNREADABLE:
        return None


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
    steps = [int(step) for step in parts.get("INTERVAL", [])]
    readable = set(parts) <= PARTS[str(parts["FREQ"][0]).upper()] and max(places, default=1) <= 31
    if not readable or min(steps, default=1) < 1:  # a step of nothing would be searched for ever
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
