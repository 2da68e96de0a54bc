"""When each of a person's contacts is tried: a pure function of their rules, the level, the time, their zone.

Quiet hours hold: what falls into them is due when they end, and what is red does not fall into them.
Wall-clock times, so that 22:00 to 07:00 is that on every night, also when the clocks change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_QUIET = timedelta(hours=16)
RED = "red"


@dataclass(frozen=True)
class Step:
    """Try this contact so long after the beginning."""

    contact: int
    after: timedelta


@dataclass(frozen=True)
class Quiet:
    """From `starts` until just before `ends`, by the wall clock; over midnight when `ends` is earlier."""

    starts: time
    ends: time

    def covers(self, wall: time) -> bool:
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends

    @property
    def length(self) -> timedelta:
        """By the wall clock of an ordinary day."""
        day = datetime(2000, 1, 1)  # noqa: DTZ001 - wall-clock arithmetic
        return (datetime.combine(day, self.ends) - datetime.combine(day, self.starts)) % timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """What a person has chosen."""

    amber: Sequence[Step] = ()
    red: Sequence[Step] = ()
    quiet: Quiet | None = None
    otherwise: int | None = None
    """The contact to try at once when no step is left for a level: nobody without rules is lost."""

    def steps(self, level: str) -> Sequence[Step]:
        """In the order of time; the one for everybody where there is none."""
        chosen = sorted(self.red if level == RED else self.amber, key=lambda step: (step.after, step.contact))
        if not chosen and self.otherwise is not None:
            return (Step(self.otherwise, timedelta()),)
        return chosen


@dataclass(frozen=True)
class Planned:
    """A contact and when it is tried."""

    contact: int
    due: datetime
    held: bool
    """Because of quiet hours, which end then."""


def plan(rules: Rules, level: str, now: datetime, zone: ZoneInfo) -> list[Planned]:
    """Each contact of this level with its time, the earliest first."""
    planned = []
    for step in rules.steps(level):
        wanted = now + step.after
        due = wanted if level == RED or rules.quiet is None else released(rules.quiet, wanted, zone)
        planned.append(Planned(step.contact, due, held=due != wanted))
    return planned


def released(quiet: Quiet, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into. In UTC.

    An end that the clock shows twice is the first one that lies ahead; one that it leaves out is the same
    time after the change.
    """
    local = moment.astimezone(zone)
    if not quiet.covers(local.time()):
        return moment.astimezone(UTC)
    day = local.date() + timedelta(days=1 if local.time() >= quiet.ends else 0)
    ends = datetime.combine(day, quiet.ends, tzinfo=zone)
    both = (ends.astimezone(UTC), ends.replace(fold=1).astimezone(UTC))
    return next((end for end in sorted(both) if end > moment), max(both) + timedelta(days=1))
