"""Dates of feeds that are not as RSS demands: months and weekdays in other languages than English, and zones
of Europe by their names, which readers of mail's dates take for UTC. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mentions.texts.text import fold

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

ZONES = {
    "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MET": "+0100", "CEST": "+0200",
    "MEST": "+0200", "EET": "+0200", "EEST": "+0300",
}  # fmt: skip
_ZONE = re.compile(rf"\b(?:{'|'.join(ZONES)})\Z", re.IGNORECASE)


def names_zone(date: object) -> bool:
    """Whether it ends with one of ZONES."""
    return isinstance(date, str) and _ZONE.search(date.rstrip()) is not None


def read(date: object) -> datetime | None:
    """The moment of `dom, 01 mar 2026 10:00:00 +0100`, in UTC where it names no zone; None: it is none."""
    found = _DATE.fullmatch(fold(date).strip()) if isinstance(date, str) and len(date) <= LONGEST else None
    month = found and next((name for begins, name in MONTHS.items() if found[2].startswith(begins)), None)
    if not found or not month:
        return None
    try:
        time = _ZONE.sub(lambda zone: ZONES[zone[0]], found[4].upper())
        told = parsedate_to_datetime(f"{found[1]} {month} {found[3]} {time}")
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
