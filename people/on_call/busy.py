"""When an iCalendar (RFC 5545) says that its owner is busy. Pure: bytes in, times out.

Events that are transparent, cancelled, free or tentative do not count; repeating ones are written out up to
a horizon. One event that cannot be read hides no other.
"""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from people.on_call.recurrence import LONGEST_SEARCH, UNREADABLE, events_of, occurrences, replaced
from people.rota.windows import Span, united

MOST_TIMES = 2000


def busy_spans(body: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """Busy times that touch the time between two instants, united, in order, MOST_TIMES at most.

    `zone` is for whole days and times without a zone. ValueError when this is no calendar.
    """
    began = monotonic()
    events = events_of(body)
    moved = {one for event in events if (one := replaced(event, zone)) is not None}
    found: list[Span] = []
    for event in events:
        if monotonic() - began > LONGEST_SEARCH:
            raise ValueError("The calendar takes too long to understand.")
        try:
            found += _spans(event, moved, zone, since, until)
        except UNREADABLE:
            continue
    return united(found)[:MOST_TIMES]


def _spans(
    event: Any, moved: set[tuple[str, datetime]], zone: ZoneInfo, since: datetime, until: datetime
) -> list[Span]:
    if not _is_busy(event):
        return []
    uid, own = str(event.get("UID", "")), "RECURRENCE-ID" in event
    return [
        (starts_at, ends_at)
        for starts_at, ends_at in occurrences(event, zone, until)
        if (own or (uid, starts_at) not in moved) and starts_at < until and ends_at > since
    ]


def _is_busy(event: Any) -> bool:
    said = {name: str(event.get(name, "")).upper() for name in ("TRANSP", "STATUS")}
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return not (
        said["TRANSP"] == "TRANSPARENT"
        or said["STATUS"] in ("CANCELLED", "TENTATIVE")
        or outlook in ("FREE", "TENTATIVE", "WORKINGELSEWHERE")
    )
