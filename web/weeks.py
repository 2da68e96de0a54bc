"""Weeks of duty as a calendar: stretches cut at the reader's midnights. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from people.rota.wall import midnight
from web.shown import moment

HUES = 6
"""How many colours people have; the seventh has the first one's again, and everybody their name."""


@dataclass(frozen=True)
class Piece:
    """What a stretch is on one day."""

    starts_at: datetime
    ends_at: datetime
    whole: bool
    """From midnight to midnight."""
    gap: bool
    planned: bool
    people: Sequence[str]
    away: Sequence[str]
    hue: int
    """0 … HUES - 1, of the first of the people; 0 when there is nobody."""


@dataclass(frozen=True)
class Day:
    date: date
    today: bool
    pieces: list[Piece] = field(default_factory=list)


def hues(stretches: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """A colour for each person, by id, the same for the same people."""
    ids = {int(person["id"]) for stretch in stretches for person in stretch["people"]}
    return {str(one): place % HUES for place, one in enumerate(sorted(ids))}


def days_ahead(
    stretches: Sequence[Mapping[str, Any]], zone: ZoneInfo, now: datetime, count: int
) -> list[Day]:
    """Today and the days after it, `count` in all, of stretches in order as the API gives them."""
    today, colours = now.astimezone(zone).date(), hues(stretches)
    days = [today + timedelta(days=i) for i in range(count)]
    return [Day(day, day == today, _pieces(stretches, day, zone, colours)) for day in days]


def weeks(
    stretches: Sequence[Mapping[str, Any]], zone: ZoneInfo, now: datetime, count: int
) -> list[list[Day]]:
    """The same as whole weeks from Monday on; days that are over or farther ahead are empty."""
    made = days_ahead(stretches, zone, now, count)
    before = [made[0].date - timedelta(days=i) for i in range(made[0].date.weekday(), 0, -1)]
    after = [made[-1].date + timedelta(days=i) for i in range(1, 7 - made[-1].date.weekday())]
    whole = [*(Day(day, False) for day in before), *made, *(Day(day, False) for day in after)]
    return [whole[i : i + 7] for i in range(0, len(whole), 7)]


def _pieces(
    stretches: Sequence[Mapping[str, Any]], day: date, zone: ZoneInfo, colours: Mapping[str, int]
) -> list[Piece]:
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    found = []
    for one in stretches:
        starts_at, ends_at = max(moment(one["startsAt"]), begins), min(moment(one["endsAt"]), ends)
        if starts_at < ends_at:
            found.append(_piece(one, starts_at, ends_at, (starts_at, ends_at) == (begins, ends), colours))
    return found


def _piece(
    one: Mapping[str, Any], starts_at: datetime, ends_at: datetime, whole: bool, colours: Mapping[str, int]
) -> Piece:
    people = one["people"]
    return Piece(
        starts_at=starts_at,
        ends_at=ends_at,
        whole=whole,
        gap=one["gap"],
        planned=one["planned"],
        people=[person["name"] for person in people],
        away=[person["name"] for person in one["away"]],
        hue=colours[people[0]["id"]] if people else 0,
    )
