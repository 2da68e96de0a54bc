"""Holidays of a set-up file: the public ones of a brand or a monitor, and days of a brand's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from datetime import datetime as moment
from typing import Any
from zoneinfo import ZoneInfo

from alerts.campaigns import service
from alerts.campaigns.campaign import HOLIDAY
from alerts.campaigns.importing import bring_in
from alerts.campaigns.parsed import Found, Parsed
from alerts.campaigns.public import LIFT
from alerts.campaigns.wish import Wish
from alerts.tuning.service import put_holidays
from kit.db import WriteSession
from kit.errors import Invalid
from mentions.monitor import Monitor
from people.organisations import Brand
from people.rota.wall import midnight

DAY = {"title", "on", "until", "lift", "monitor"}


async def of_brand(session: WriteSession, brand: Brand, entry: Mapping[str, Any], now: moment) -> None:
    """Its `holidays` and `days`; what the file does not name stays."""
    try:
        if "holidays" in entry:
            service.put_holidays(session, None, brand, _regions(entry["holidays"]), now=now)
        days = [_found(day, ZoneInfo(brand.time_zone)) for day in entry.get("days", [])]
        await bring_in(session, None, brand, Parsed(days), None, now=now)
    except Invalid as error:
        raise Invalid(f"brand {brand.slug!r}: {error}") from error


async def of_monitor(session: WriteSession, monitor: Monitor, entry: Mapping[str, Any], now: moment) -> None:
    """Its own `holidays`, in the place of the brand's."""
    if "holidays" in entry:
        try:
            await put_holidays(session, monitor, _regions(entry["holidays"]), now=now)
        except Invalid as error:
            raise Invalid(f"monitor {monitor.name!r}: {error}") from error


def _regions(given: object) -> Sequence[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Invalid('holidays must be a list such as ["ES-CT", "FR"]')
    return given


def _found(entry: Mapping[str, Any], zone: ZoneInfo) -> Found:
    """Known again by its title, monitor and first day."""
    title, monitor, first = entry["title"], entry.get("monitor", ""), entry["on"]
    last, lift = entry.get("until", first), entry.get("lift", LIFT)
    if unknown := set(entry) - DAY:
        raise Invalid(f"the day {title!r} has an unknown entry {sorted(unknown)[0]!r}")
    if type(first) is not date or type(last) is not date:
        raise Invalid(f"the day {title!r} needs a date, such as on = 2026-04-23")
    if not isinstance(lift, int | float):
        raise Invalid(f"the day {title!r}: lift must be a number")
    ends_at = midnight(last + timedelta(days=1), zone)
    wish = Wish(title, midnight(first, zone), ends_at, lift, HOLIDAY)
    return Found(f"set-up:{title}:{monitor}", first.isoformat(), wish, monitor)
