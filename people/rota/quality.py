"""How good a schedule's coming weeks are: 100 less what each weakness costs, each with its figure.

The weights are ours. They follow one order: nobody there is worst, then one person who carries all, then
who is tired, then who is treated worse than the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from people.rota.final import Shift, Stretch, gaps
from people.rota.load import Load

SOON = timedelta(hours=48)
LONG = timedelta(days=7, hours=2)
"""Longer than a week's turn, in which the clocks may have gone back."""
UNFAIR = 1.5
"""Times the fair share, and two more than it at least."""


@dataclass(frozen=True)
class Deduction:
    """One weakness. `amount` is hours, days or a number, as the code says; `member_id`: whom it hits."""

    code: str
    """gap, gap_soon, away, alone, long, nights or weekends."""
    points: int
    amount: float
    member_id: int | None = None


@dataclass(frozen=True)
class Quality:
    score: int
    """0 to 100."""
    deductions: tuple[Deduction, ...]


def quality(
    stretches: Sequence[Stretch], shifts: Sequence[Shift], loads: Sequence[Load], now: datetime
) -> Quality:
    """The quality of what these stretches say, with the shifts and loads that come from them."""
    found = (*_coverage(stretches, now), *_tiredness(shifts), *_fairness(loads))
    return Quality(max(0, 100 - sum(one.points for one in found)), found)


def _coverage(stretches: Sequence[Stretch], now: datetime) -> Iterator[Deduction]:
    open_ = gaps(stretches)
    hours = _hours(open_)
    if hours:
        yield Deduction("gap", min(40, 5 + round(hours)), hours)
    soon = _hours([gap for gap in open_ if gap.starts_at < now + SOON])
    if soon:
        yield Deduction("gap_soon", 15, soon)
    stood_in = _hours([one for one in stretches if one.away and one.on_call])
    if stood_in:
        yield Deduction("away", min(10, 2 + round(stood_in / 12)), stood_in)
    people = {member for one in stretches for member in one.on_call}
    if len(people) == 1:
        yield Deduction("alone", 20, 1.0, next(iter(people)))


def _tiredness(shifts: Sequence[Shift]) -> Iterator[Deduction]:
    longest = max(shifts, key=lambda one: one.ends_at - one.starts_at, default=None)
    if longest is not None and longest.ends_at - longest.starts_at > LONG:
        days = (longest.ends_at - longest.starts_at) / timedelta(days=1)
        yield Deduction("long", 10, days, longest.member_id)


def _fairness(loads: Sequence[Load]) -> Iterator[Deduction]:
    """Only among those who share the work: who stands in now and then has no share to be compared with."""
    most = max((load.hours for load in loads), default=0.0)
    sharing = [load for load in loads if load.hours and load.hours >= most / 4]
    for code, counts in (
        ("nights", {load.member_id: load.nights for load in sharing}),
        ("weekends", {load.member_id: load.weekend_days for load in sharing}),
    ):
        if len(counts) < 2:
            continue
        fair = sum(counts.values()) / len(counts)
        member_id = max(counts, key=lambda member: counts[member])
        if counts[member_id] > max(UNFAIR * fair, fair + 2):
            yield Deduction(code, 10, float(counts[member_id]), member_id)


def _hours(stretches: Sequence[Stretch]) -> float:
    return sum((one.length for one in stretches), timedelta()).total_seconds() / 3600
