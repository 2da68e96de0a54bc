"""Participants who take turns, by the wall clock of the rotation's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from people.rota.wall import instant


@dataclass(frozen=True)
class Rotation:
    """Turns of one length, one after the other; an empty rotation has nobody on call."""

    zone: ZoneInfo
    starts: datetime
    """What the zone's clocks show (naive) at the first hand-over."""
    length: timedelta
    """Of a turn, by the wall clock, an hour or more: a day is from 08:00 to 08:00, also in the night in which
    the clocks change."""
    participants: tuple[int, ...]
    ends: datetime | None = None
    """What the clocks show when the last turn is cut off; None: never."""


@dataclass(frozen=True)
class Turn:
    """One participant's, from `starts_at` until just before `ends_at`, both in UTC."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


def turns(rotation: Rotation, since: datetime, until: datetime) -> Iterator[Turn]:
    """The turns that touch the time from `since` until just before `until`, whole, in order."""
    if not rotation.participants:
        return
    number = max(0, _number_at(rotation, since))
    last = instant(rotation.ends, rotation.zone) if rotation.ends is not None else None
    starts_at = handover(rotation, number)
    while starts_at < until and (last is None or starts_at < last):
        ends_at = handover(rotation, number + 1)
        cut = ends_at if last is None else min(ends_at, last)
        if starts_at < cut and cut > since:
            yield Turn(rotation.participants[number % len(rotation.participants)], starts_at, cut)
        number, starts_at = number + 1, ends_at


def handover(rotation: Rotation, number: int) -> datetime:
    """The instant (UTC) of the n-th hand-over, from 0; UTC in any case."""
    return instant(rotation.starts + number * rotation.length, rotation.zone).astimezone(UTC)


def _number_at(rotation: Rotation, at: datetime) -> int:
    """Of the turn that an instant lies in; below 0 before the first."""
    shown = at.astimezone(rotation.zone).replace(tzinfo=None)
    number = (shown - rotation.starts) // rotation.length
    while handover(rotation, number) > at:
        number -= 1
    while handover(rotation, number + 1) <= at:
        number += 1
    return number
