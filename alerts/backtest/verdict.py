"""How good alerts were, or would have been, by what people said was a crisis and what was none. Pure.

Alerts of one monitor that overlap are one alarm: people are woken once for them. An alarm is confirmed when
it overlaps a crisis, refused when it overlaps what somebody called no crisis, and unjudged otherwise: silence
is not a verdict. What somebody said weighs more than what follows from an incident that was taken on. Only
alarms that page are counted.

    precision = confirmed / (confirmed + refused)
    recall = crises with an alarm / crises
    delay = first alarm in a crisis - its onset, minutes; the median over those that were found
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

WEEK = 10_080
EARLY = 60
"""Minutes that an alarm may come before the onset that people know: the detector may have been first."""

LATE = 1440
"""Minutes after its onset in which a crisis that was pointed out afterwards is still worth an alarm."""


@dataclass(frozen=True)
class Stretch:
    """Minutes since 1970 from `begin` until before `end`, and what they were in words."""

    begin: int
    end: int
    words: str = ""
    inferred: bool = False
    """Of a crisis: nobody said that it was one, its incident was taken on."""

    def meets(self, other: Stretch) -> bool:
        """Whether they have a minute in common."""
        return self.begin < other.end and other.begin < self.end


@dataclass(frozen=True)
class Known:
    """What people said of a monitor's past: crises by their onset and end, and what was no crisis."""

    crises: Sequence[Stretch] = ()
    refused: Sequence[Stretch] = ()
    """From the onset of what was no crisis until an hour after: other settings ring a little apart."""
    rang: Sequence[Stretch] = ()
    """The alerts themselves that were called no crisis."""

    def since(self, minute: int) -> Known:
        """Those that began then or later: of what was before anything was heard, no alert can tell."""
        found = (self.crises, self.refused, self.rang)
        kept = (tuple(one for one in some if one.begin >= minute) for some in found)
        return Known(*kept)


@dataclass(frozen=True)
class Alarm:
    """Alerts that overlap: the first minute and the one after the last."""

    begin: int
    end: int
    verdict: str = "unjudged"
    """confirmed, refused or unjudged."""


@dataclass(frozen=True)
class Record:
    """The sum of it. precision, recall, delay: None where there is nothing to tell it from."""

    alarms: tuple[Alarm, ...]
    crises: int
    found: int
    weeks: float
    delay: float | None

    def _with(self, verdict: str) -> int:
        return sum(alarm.verdict == verdict for alarm in self.alarms)

    @property
    def confirmed(self) -> int:
        return self._with("confirmed")

    @property
    def refused(self) -> int:
        return self._with("refused")

    @property
    def unjudged(self) -> int:
        return self._with("unjudged")

    @property
    def missed(self) -> int:
        return self.crises - self.found

    @property
    def precision(self) -> float | None:
        judged = self.confirmed + self.refused
        return self.confirmed / judged if judged else None

    @property
    def recall(self) -> float | None:
        return self.found / self.crises if self.crises else None

    @property
    def per_week(self) -> float | None:
        """None for less than a week: one alarm on the first day is not seven a week."""
        return len(self.alarms) / self.weeks if self.weeks >= 1 else None


def alarms_of(alerts: Iterable[Stretch]) -> list[Alarm]:
    """Alerts that overlap or touch, as one each, in order."""
    found: list[Alarm] = []
    for alert in sorted(alerts, key=lambda one: one.begin):
        if found and alert.begin <= found[-1].end:
            found[-1] = Alarm(found[-1].begin, max(found[-1].end, alert.end))
        else:
            found.append(Alarm(alert.begin, alert.end))
    return found


def judged(alerts: Iterable[Stretch], known: Known, minutes: int) -> Record:
    """The record of these alerts over so many minutes."""
    alarms = tuple(
        Alarm(one.begin, one.end, _verdict(Stretch(one.begin, one.end), known)) for one in alarms_of(alerts)
    )
    delays = [delay for crisis in known.crises if (delay := _delay(alarms, crisis)) is not None]
    return Record(alarms, len(known.crises), len(delays), minutes / WEEK, median(delays) if delays else None)


def _verdict(alarm: Stretch, known: Known) -> str:
    """What somebody said of the alarm itself, then what follows from an incident, then what was said near it.

    That there was a crisis weighs more than that there was none: what was called none may have become one.
    """
    crises = [crisis for crisis in known.crises if alarm.meets(_awaited(crisis))]
    if all(crisis.inferred for crisis in crises) and any(alarm.meets(one) for one in known.rang):
        return "refused"
    if crises:
        return "confirmed"
    return "refused" if any(alarm.meets(one) for one in known.refused) else "unjudged"


def _delay(alarms: Iterable[Alarm], crisis: Stretch) -> float | None:
    """Minutes from the onset to the first alarm in it, 0 where it was there before; None without one."""
    awaited = _awaited(crisis)
    begins = [alarm.begin for alarm in alarms if awaited.meets(Stretch(alarm.begin, alarm.end))]
    return float(max(0, min(begins) - crisis.begin)) if begins else None


def _awaited(crisis: Stretch) -> Stretch:
    return Stretch(crisis.begin - EARLY, crisis.end)
