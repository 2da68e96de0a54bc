"""How times and numbers are shown. Pure: the moment, the zone and the language are given."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isfinite
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal

from alerts.detection.evidence import MOST_TIMES
from people.rota.windows import DAYS

_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
"""ISO 3166: a country, or a region of it."""


def moment(value: str | datetime) -> datetime:
    """A time as the API writes it (ISO 8601 with a zone), as a datetime."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def clock_time(value: str | datetime, zone: ZoneInfo, language: str) -> str:
    """`03:10`, in the reader's zone; hours are never twelve here."""
    return format_time(moment(value), "HH:mm", tzinfo=zone, locale=language)


def day_and_time(value: str | datetime, zone: ZoneInfo, language: str, now: datetime) -> str:
    """`03:10` on the day of `now`, `10 Mar, 03:10` on any other."""
    local, today = moment(value).astimezone(zone), now.astimezone(zone)
    hour = clock_time(value, zone, language)
    if local.date() == today.date():
        return hour
    pattern = "d MMM" if local.year == today.year else "d MMM y"
    return f"{format_date(local.date(), pattern, locale=language)}, {hour}"


def day_and_month(value: str | date, language: str) -> str:
    """`14 Mar`."""
    return format_date(_date(value), "d MMM", locale=language)


def weekday(value: str | date, language: str) -> str:
    """`Sat`."""
    return format_date(_date(value), "EEE", locale=language)


def _date(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


WHOLE_TIMES = 10.0
"""From here on nobody says tenths of a time."""


def ratio(value: float, language: str) -> str:
    """`×7.3`; `×1,000+` where hardly anything is usual and the number itself tells nothing."""
    if value >= MOST_TIMES:
        return f"×{number(MOST_TIMES, language)}+"
    return f"×{number(value, language)}"


def times(value: float, language: str) -> str:
    """`7.3`, `34`, `1,000+`: how many times the usual, as one says it aloud."""
    return ratio(value if value < WHOLE_TIMES else round(value), language).removeprefix("×")


def a_week(value: float, language: str) -> str:
    """`0.5`, `12`: how often in a week, by tenths; `< 0.1` for what is rarer, and is not never."""
    if 0 < value < 0.05:
        return f"<\u202f{number(0.1, language)}"
    return number(round(value, 1), language)


def entry(value: float, language: str) -> str:
    """`2,5` as a field shows it that takes a number back: every digit, nothing between the thousands."""
    return str(format_decimal(value, format="0.##########", locale=language))


def score(value: float, language: str) -> str:
    """`−0.93`, `+0.10`: a sentiment from -1 to 1."""
    return str(format_decimal(value, format="+0.00;−0.00", locale=language))


def language_name(code: str, language: str) -> str:
    """`Portuguese`; the code itself where the reader's language has no name for it."""
    return str(Locale(language).languages.get(code, code))


def place_name(place: str, language: str) -> str:
    """`Spain` for `ES`, `Spain (CT)` for `ES-CT`; a place that is no code of a country stays as it is."""
    code = _PLACE.fullmatch(place)
    name = Locale(language).territories.get(code[1]) if code else None
    if code is None or name is None:
        return place
    return f"{name} ({code[2]})" if code[2] else str(name)


def long_day(value: str | date, language: str) -> str:
    """`11 Jan 2028`."""
    return format_date(_date(value), "d MMM y", locale=language)


def hours_of_days(window: str, language: str) -> str:
    """`Mon–Fri 09:00–18:00` of the hours of a layer as people write them: `mon-fri 09:00-18:00`."""
    names = get_day_names("abbreviated", locale=language)
    for day, short in enumerate(DAYS):
        window = window.replace(short, str(names[day]))
    return window.replace(",", ", ").replace("-", "–")


def number(value: float, language: str) -> str:
    """`1,240`, `12.5`, `0.997`: three figures that matter, none where they say nothing; `∞` for no limit."""
    if not isfinite(value):
        return "∞"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 3
    written = str(format_decimal(round(value, digits) or 0, locale=language))  # or: "-0"
    return written.replace("-", "−")
