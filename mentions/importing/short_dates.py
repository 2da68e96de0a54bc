"""Days written in numbers alone: 20/11/2026 in most of the world, 11/20/2026 in the United States."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAY = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(:\d{2})?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
MONTHS = 12


@dataclass
class Days:
    """How a column writes its days: by those of them that can be read in one way only."""

    month_first: str | None = None
    """The first that can only have the month first."""
    day_first: str | None = None

    def see(self, written: str) -> None:
        day = _DAY.match(written.strip())
        if day is None:
            return
        first, second = int(day[1]), int(day[3])
        if first <= MONTHS < second:
            self.month_first = self.month_first or day[0]
        elif second <= MONTHS < first:
            self.day_first = self.day_first or day[0]


def iso(value: object, *, months_first: bool) -> object:
    """A day in numbers, with or without a time, as ISO 8601; anything else as it is."""
    day = _DAY.match(value.strip()) if isinstance(value, str) else None
    if day is None:
        return value
    first, second = int(day[1]), int(day[3])
    month, number = (first, second) if months_first else (second, first)
    rest = day.string[day.end() :].lstrip(", T")
    time = _TIME.match(rest)
    clock = f"T{_hour(time):02}:{time[2]}{time[3] or ''}{rest[time.end() :].strip()}" if time else rest
    return f"{day[4]}-{month:02}-{number:02}{clock}"


def _hour(time: re.Match[str]) -> int:
    hour = int(time[1])
    return hour if time[4] is None else hour % 12 + (12 if time[4] in "pP" else 0)
