"""Dates of feeds that name months and weekdays in another language than English, as RSS demands. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mentions.text import fold

LONGEST = 80  # characters of a date
_DATE = re.compile(
    r"\D{0,20}(\d{1,2})(?:er)?\.? +(?:de +|d['’] ?)?([a-z]{2,10})\.?,? +"
    r"(?:del? +)?((?:19[7-9]|2\d\d)\d)\D{1,6}(\d.*)"
)
MONTHS = {
    "jan": "Jan", "ene": "Jan", "gen": "Jan", "feb": "Feb", "fev": "Feb", "mar": "Mar", "abr": "Apr",
    "apr": "Apr", "avr": "Apr", "may": "May", "mai": "May", "juin": "Jun", "jun": "Jun", "juil": "Jul",
    "jul": "Jul", "ag": "Aug", "aug": "Aug", "aou": "Aug", "sep": "Sep", "set": "Sep", "oct": "Oct",
    "nov": "Nov", "dec": "Dec", "dic": "Dec", "des": "Dec",
}  # fmt: skip
"""How months begin in English, Spanish, Catalan and French, without accents."""


def read(date: object) -> datetime | None:
    """The moment of `dom, 01 mar 2026 10:00:00 +0100`, in UTC where it names no zone; None: it is none."""
    found = _DATE.fullmatch(fold(date).strip()) if isinstance(date, str) and len(date) <= LONGEST else None
    month = found and next((name for begins, name in MONTHS.items() if found[2].startswith(begins)), None)
    if not found or not month:
        return None
    try:
        told = parsedate_to_datetime(f"{found[1]} {month} {found[3]} {found[4].upper()}")
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
