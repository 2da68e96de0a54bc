"""Campaigns from an iCalendar (RFC 5545). Pure: text in, windows or troubles out.

Repeating events are written out over the year before and after `now`. Whole days, and times without a zone,
are those of the brand's zone. The expected lift is a property `X-TOCSIN-LIFT`, or a line `lift: 3` in the
description, or else the one that was given with the file. What has the category HOLIDAY (or HOLIDAYS) is a
holiday. The description is the brief, URL the link, CONTACT or else ORGANIZER whom to ask: others' calendars
are full of such, so what is too long is cut, and what is no web address left out. Cancelled events are taken
back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from alerts.campaigns.campaign import HOLIDAY
from alerts.campaigns.parsed import MOST_WINDOWS, Found, Otherwise, Parsed
from alerts.campaigns.wish import MAX_BRIEF, MAX_CONTACT, Wish
from kit.errors import Invalid
from kit.languages import Sentence
from mentions.triage.checks import web_address
from people.on_call.recurrence import (
    LONGEST_SEARCH,
    MOST_EVENTS,
    UNREADABLE,
    TooMany,
    events_of,
    occurrences,
    replaced,
)
from people.rota.windows import Span

HORIZON = timedelta(days=366)
MAX_UID = 500
LIFT = re.compile(r"^\s*lift\s*[:=]\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


def read_ical(text: str, zone: ZoneInfo, otherwise: Otherwise, now: datetime) -> Parsed:
    """Everything that the calendar announces, and what is wrong with it."""
    parsed, began = Parsed(), monotonic()
    try:
        events = events_of(text.encode(errors="replace"))
    except TooMany:
        parsed.troubles.append(Sentence("The calendar has more than {} events.", MOST_EVENTS))
        return parsed
    except UNREADABLE:
        parsed.troubles.append(Sentence("This is no iCalendar file, or a part of it is missing."))
        return parsed
    if not events:
        parsed.troubles.append(Sentence("There is no event in this calendar."))
    moved = {one for event in events if (one := replaced(event, zone)) is not None}
    for number, event in enumerate(events, start=1):
        if monotonic() - began > LONGEST_SEARCH or len(parsed.found) > MOST_WINDOWS:
            parsed.troubles.append(Sentence("The calendar holds too much."))
            break
        _take(parsed, number, event, moved, zone, otherwise, now)
    return parsed


def _take(
    parsed: Parsed,
    number: int,
    event: Any,
    moved: set[tuple[str, datetime]],
    zone: ZoneInfo,
    otherwise: Otherwise,
    now: datetime,
) -> None:
    """One event into what was found, or into the troubles."""
    name = Sentence("Event {}", number)
    try:
        title = str(event.get("SUMMARY", "")).strip()
        name = Sentence("Event {} ({})", number, title[:60]) if title else name
        uid = (str(event.get("UID", "")) or f"{title} {event['DTSTART'].to_ical().decode()}")[:MAX_UID]
        parsed.uids.add(uid)
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        _known_zone(event)
        about: dict[str, Any] = {"brief": _brief(event), "link": _link(event), "contact": _contact(event)}
        expected, kind = _lift(event, otherwise.lift), _kind(event, otherwise.kind)
        for starts_at, ends_at in _windows(event, moved, zone, now):
            wish = Wish(title, starts_at, ends_at, expected, kind, **about)
            wish.checked()
            parsed.found.append(Found(uid, _occurrence(event, starts_at, zone), wish))
            if len(parsed.found) > MOST_WINDOWS:
                return
    except Invalid as error:
        parsed.troubles.append(Sentence("{}: {}", name, error.message))
    except UNREADABLE as error:
        parsed.troubles.append(
            Sentence("{} cannot be read: {}.", name, str(error)[:120] or Sentence("something is missing"))
        )


def _known_zone(event: Any) -> None:
    """Invalid where a time is of a zone that the calendar does not explain: it may be any hour."""
    for one in (event.get("DTSTART"), event.get("DTEND")):
        name = one.params.get("TZID", "") if one is not None else ""
        if name and isinstance(one.dt, datetime) and one.dt.tzinfo is None:
            raise Invalid("nobody knows its time zone {!r}.", str(name)[:60])


def _windows(event: Any, moved: set[tuple[str, datetime]], zone: ZoneInfo, now: datetime) -> Iterator[Span]:
    uid, own = str(event.get("UID", "")), "RECURRENCE-ID" in event
    for starts_at, ends_at in occurrences(event, zone, now + HORIZON):
        replaced_ = not own and (uid, starts_at) in moved
        if not replaced_ and ends_at > now - HORIZON and starts_at < now + HORIZON:
            yield starts_at, ends_at


def _occurrence(event: Any, starts_at: datetime, zone: ZoneInfo) -> str:
    """When it would have begun had nobody moved it: so a moved one is known again.

    One that does not repeat is the only one, wherever it is moved to.
    """
    repeats = any(name in event for name in ("RRULE", "RDATE"))
    own = replaced(event, zone)
    if own is not None:
        return own[1].isoformat()
    return starts_at.isoformat() if repeats else ""


def _lift(event: Any, otherwise: float) -> float:
    said = event.get("X-TOCSIN-LIFT")
    if said is None and (line := LIFT.search(str(event.get("DESCRIPTION", "")))):
        said = line[1]
    if said is None:
        return otherwise
    try:
        return float(str(said).strip().lstrip("x×").replace(",", "."))
    except ValueError as error:
        raise Invalid("the lift {!r} is not a number.", str(said)[:20]) from error


def _kind(event: Any, otherwise: str) -> str:
    said = event.get("CATEGORIES", [])
    names = {
        str(name).strip().upper() for one in (said if isinstance(said, list) else [said]) for name in one.cats
    }
    return HOLIDAY if names & {"HOLIDAY", "HOLIDAYS"} else otherwise


def _brief(event: Any) -> str:
    said = LIFT.sub("", str(event.get("DESCRIPTION", ""))).strip()
    return said if len(said) <= MAX_BRIEF else f"{said[: MAX_BRIEF - 1]}…"


def _link(event: Any) -> str:
    try:
        return web_address(str(event.get("URL", "")), field="link") or ""
    except Invalid:
        return ""


def _contact(event: Any) -> str:
    """`Marta Soler, +34 600 000 000`, or of an organiser the name and the mail address."""
    said = event.get("CONTACT")
    if said is not None:
        return str(said[0] if isinstance(said, list) else said)[:MAX_CONTACT]
    organiser = event.get("ORGANIZER")
    if organiser is None or isinstance(organiser, list):
        return ""
    name, address = (
        str(organiser.params.get("CN", "")),
        re.sub("^mailto:", "", str(organiser), flags=re.IGNORECASE),
    )
    return (f"{name}, {address}" if name and name != address else address)[:MAX_CONTACT]
