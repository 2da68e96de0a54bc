"""Who is on call when: wall-clock arithmetic on plain values, without database or clock.

A shift is a half-open interval of instants. The n-th one starts at the hand-over's wall-clock time,
n times `shift_days` days after the first, in the rotation's own zone: 08:00 stays 08:00 when the clocks
change, and that shift is an hour longer or shorter. A hand-over in the hour that a change of the clocks
leaves out happens an hour later by the clock; in the hour that comes twice, at its first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rotation:
    """Participants who take turns. `shift_days` is 1 or more; an empty rotation has nobody on call."""

    zone: ZoneInfo
    handover: time
    starts_on: date
    shift_days: int
    participants: tuple[int, ...]


@dataclass(frozen=True)
class Cover:
    """For a while, from `starts_at` until just before `ends_at`, somebody else is on call."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Shift:
    """Who is on call from `starts_at` until just before `ends_at`, both aware and in UTC."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The shift that the rotation alone gives for an instant; None before its start or with nobody in it."""
    if not rotation.participants or at < _handover(rotation, 0):
        return None
    turn = (at.astimezone(rotation.zone).date() - rotation.starts_on).days // rotation.shift_days
    while _handover(rotation, turn) > at:
        turn -= 1
    while _handover(rotation, turn + 1) <= at:
        turn += 1
    member = rotation.participants[turn % len(rotation.participants)]
    return Shift(member, _handover(rotation, turn), _handover(rotation, turn + 1))


def shift_with_cover(rotation: Rotation, covers: Sequence[Cover], at: datetime) -> Shift | None:
    """The stretch around an instant during which one person is on call, cut where a cover begins or ends.

    Of several covers at once the one that began last counts, and of those the later in the sequence.
    """
    shift, cover = shift_at(rotation, at), _cover_at(covers, at)
    current = cover or shift
    if current is None:
        return None
    bounds = [t for c in covers for t in (c.starts_at, c.ends_at)]
    starts = [t for t in bounds if current.starts_at < t <= at]
    ends = [t for t in bounds if at < t < current.ends_at]
    return Shift(
        current.member_id,
        max(starts, default=current.starts_at).astimezone(UTC),
        min(ends, default=current.ends_at).astimezone(UTC),
    )


def on_call(rotation: Rotation, covers: Sequence[Cover], at: datetime) -> int | None:
    """The member id of who is on call at an instant; None when nobody is."""
    shift = shift_with_cover(rotation, covers, at)
    return shift.member_id if shift else None


def next_shifts(rotation: Rotation, covers: Sequence[Cover], at: datetime, count: int) -> list[Shift]:
    """The current shift and those after it, `count` in all or fewer; neighbours of one person are one."""
    shifts: list[Shift] = []
    moment: datetime | None = at
    while moment is not None:
        shift = shift_with_cover(rotation, covers, moment)
        if shift is None:
            moment = _next_beginning(rotation, covers, moment)
            continue
        if shifts and shifts[-1].member_id == shift.member_id and shifts[-1].ends_at == shift.starts_at:
            shifts[-1] = Shift(shift.member_id, shifts[-1].starts_at, shift.ends_at)
        elif len(shifts) == count:
            return shifts
        else:
            shifts.append(shift)
        if shift.ends_at - at > _horizon(rotation, count):
            return shifts
        moment = shift.ends_at
    return shifts


def _horizon(rotation: Rotation, count: int) -> timedelta:
    """How far to look ahead: a rotation of one person never hands over."""
    return timedelta(days=rotation.shift_days * (count + 1))


def _handover(rotation: Rotation, turn: int) -> datetime:
    """The instant of the n-th hand-over, in UTC."""
    day = rotation.starts_on + timedelta(days=turn * rotation.shift_days)
    return datetime.combine(day, rotation.handover, tzinfo=rotation.zone).astimezone(UTC)


def _cover_at(covers: Sequence[Cover], at: datetime) -> Cover | None:
    active = [(cover.starts_at, i) for i, cover in enumerate(covers) if cover.starts_at <= at < cover.ends_at]
    return covers[max(active)[1]] if active else None


def _next_beginning(rotation: Rotation, covers: Sequence[Cover], at: datetime) -> datetime | None:
    """When somebody is on call again after an instant at which nobody is."""
    beginnings = [cover.starts_at for cover in covers if at < cover.starts_at < cover.ends_at]
    if rotation.participants and _handover(rotation, 0) > at:
        beginnings.append(_handover(rotation, 0))
    return min(beginnings, default=None)
