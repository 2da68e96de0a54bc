"""Restrictions: the hours of the week in which a layer counts, by the wall clock of its zone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from people.rota.wall import instant

Span = tuple[datetime, datetime]
"""From an instant until just before another one."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(r"(?P<days>[a-z, -]+?)\s+(?P<from>\d{1,2}:\d{2})\s*-\s*(?P<until>\d{1,2}:\d{2})")


@dataclass(frozen=True)
class Window:
    """Hours of some weekdays. `ends` at or before `starts` means the day after: 22:00 to 06:00 of Friday
    ends on Saturday, 08:00 to 08:00 is a whole day."""

    weekdays: frozenset[int]
    """0 Monday … 6 Sunday: the days on which it begins."""
    starts: time
    ends: time


def open_spans(windows: Sequence[Window], zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """When any window is open between two instants (and a little around them); without windows, always.

    The spans are in order and neither touch nor overlap.
    """
    if not windows:
        return [(since, until)]
    first = since.astimezone(zone).date() - timedelta(days=2)
    days = (until.astimezone(zone).date() - first).days + 2
    found = (
        _on(window, first + timedelta(days=i), zone)
        for i in range(days)
        for window in windows
        if (first + timedelta(days=i)).weekday() in window.weekdays
    )
    return united(span for span in found if span[0] < until and span[1] > since)


def united(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, in order."""
    made: list[Span] = []
    for starts_at, ends_at in sorted(spans):
        if starts_at >= ends_at:
            continue
        if made and starts_at <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], ends_at))
        else:
            made.append((starts_at, ends_at))
    return made


def _on(window: Window, day: date, zone: ZoneInfo) -> Span:
    over = window.ends <= window.starts
    ends_on = day + timedelta(days=1) if over else day
    starts_at = instant(datetime.combine(day, window.starts), zone)
    return starts_at, instant(datetime.combine(ends_on, window.ends), zone)


def windows_of(text: str) -> list[Window]:
    """Windows as people write them, one a line: `mon-fri 09:00-18:00` or `sat, sun 22:00-06:00`.

    ValueError quotes the line that cannot be read.
    """
    return [_window(line.strip().lower()) for line in text.splitlines() if line.strip()]


def written(windows: Iterable[Window]) -> str:
    """The same as text again, which `windows_of` reads."""
    return "\n".join(
        f"{','.join(_runs(sorted(window.weekdays)))} {window.starts:%H:%M}-{window.ends:%H:%M}"
        for window in windows
    )


def _runs(days: Sequence[int]) -> Iterator[str]:
    """`mon-fri`, `sun`: days that follow one another as one."""
    for _, run in groupby(enumerate(days), lambda one: one[1] - one[0]):
        first, *others = [DAYS[day] for _, day in run]
        yield f"{first}-{others[-1]}" if others else first


def _window(line: str) -> Window:
    found = _LINE.fullmatch(line)
    try:
        if found is None:
            raise ValueError("not in the form of mon-fri 09:00-18:00")
        return Window(_weekdays(found["days"]), _hour(found["from"]), _hour(found["until"]))
    except (ValueError, IndexError) as error:
        raise ValueError(f"{line[:60]!r}: {error}") from error


def _weekdays(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        names = [name.strip() for name in part.split("-")]
        if not 1 <= len(names) <= 2 or any(name not in DAYS for name in names):
            raise ValueError(f"{part.strip()!r} is no weekday; they are {' '.join(DAYS)}")
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        days |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
    return frozenset(days)


def _hour(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)
