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


def weeks(stretches: Sequence[Mapping[str, Any]], zone: ZoneInfo, now: datetime) -> list[list[Day]]:
    """Whole weeks from Monday on that hold all stretches (in order, as the API gives them)."""
    if not stretches:
        return []
    colours = hues(stretches)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday())
    end = moment(stretches[-1]["endsAt"]).astimezone(zone) - timedelta(seconds=1)
    count = (end.date() - first).days // 7 + 1
    days = [first + timedelta(days=i) for i in range(7 * count)]
    made = [Day(day, day == today, _pieces(stretches, day, zone, colours)) for day in days]
    return [made[i : i + 7] for i in range(0, len(made), 7)]


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
