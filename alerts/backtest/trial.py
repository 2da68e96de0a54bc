"""The alerts that settings would have raised over some past: the live detector, run over it. Pure.

The same loop, the same families, the same severity as live. An alert's level is looked at when one of its
monitor's signals opens, gets worse or ends, when somebody who weighs speaks and when something arrives, not
in each minute in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from alerts.arrivals.claims import Arrival
from alerts.arrivals.found import finding_of
from alerts.backtest.past import Past
from alerts.backtest.voices import Voices
from alerts.detection import compiled
from alerts.detection.clock import clocks_moved
from alerts.detection.compiled import Claim, Course
from alerts.detection.newcomers import joined_by
from alerts.detection.settings import Settings, stacked
from alerts.detection.severity import ARRIVING
from alerts.families import family_of
from alerts.judging.findings import Finding, arriving_first, findings, quieted
from alerts.judging.roster import ALARMING, EACH, Judgement, empty
from alerts.levels import rank
from mentions.monitor import Monitor


@dataclass(frozen=True)
class Choice:
    """Settings with the name under which they stand beside others."""

    name: str
    settings: Settings


@dataclass(frozen=True)
class Raised:
    """One alert that would have been: minutes since 1970, `ended` None where it still went on at the end."""

    family: str
    signal: str
    level: str
    """The worst that it came to."""
    since: int
    opened: int
    ended: int | None
    pages: bool
    evidence: dict[str, Any]
    """As it would have been stored when it opened."""


def tried(past: Past, choice: Choice) -> Course:
    """These settings over the past."""
    settings = stacked([choice.settings], EACH)
    state, courses = empty(1), []
    newcomers, turns = past.around.newcomers, past.around.turns
    joining = newcomers.joining if newcomers else {}
    inside = {minute for minute in (*turns, *joining) if past.first < minute < past.until}
    for begin, end in pairwise(sorted({past.first, past.until} | inside)):
        if begin in turns and begin > past.first:  # the clocks of the audience change
            state = clocks_moved(state, turns[begin])
        state = joined_by(state, begin, joining)
        part = slice(begin - past.first, end - past.first)
        courses.append(
            compiled.run(
                state,
                past.counts[:, part],
                begin,
                each=EACH,
                alarming=ALARMING,
                settings=settings,
                **past.around.beside(part),
            )
        )
        state = courses[-1].state
    return compiled.strung(courses)


def raised(
    course: Course, monitor: Monitor, past: Past, settings: Settings, arrivals: Sequence[Arrival] = ()
) -> list[Raised]:
    """The alerts of the course, of the voices that weigh and of what arrived, in order.

    settings: those of the course, by which the voices are weighed.
    """
    voices, claims = Voices(past, settings), {claim.minute: claim for claim in course.claims}
    arriving = {one.minute: one for one in arrivals}
    over = {minute + int(one.evidence["thresholds"]["calm_minutes"]) for minute, one in arriving.items()}
    done: list[Raised] = []
    open_: dict[str, Raised] = {}
    series: list[Finding] = []
    newest: Arrival | None = None
    for minute in sorted({*claims, *voices.moments, *arriving, *(at for at in over if at < past.until)}):
        newest = arriving.get(minute, newest)
        series = _of_series(monitor, claims[minute]) if minute in claims else [_stale(one) for one in series]
        arrived = None if newest is None else finding_of(monitor, newest, minute)
        beside = [one for one in (voices.finding(monitor, minute), arrived) if one is not None]
        found = _found(past, minute, [*series, *beside], open_)
        ended = [family for family in open_ if family not in found]
        done += [replace(open_.pop(family), ended=minute) for family in ended]
        for family, finding in found.items():
            if family in open_:
                open_[family] = _worse(open_[family], finding)
            elif finding.fresh:
                open_[family] = _opened(finding, minute)
    return sorted([*done, *open_.values()], key=lambda one: (one.opened, one.family))


def _of_series(monitor: Monitor, claim: Claim) -> list[Finding]:
    evidence = claim.evidence
    return findings([monitor], Judgement(evidence, evidence.opened, evidence.firing))


def _stale(finding: Finding) -> Finding:
    """As it was last looked at: it opens nothing by itself any more."""
    return replace(finding, fresh=False)


def _found(
    past: Past, minute: int, found: Sequence[Finding], open_: Mapping[str, Raised]
) -> dict[str, Finding]:
    """What the tick would have found in that minute, by family."""
    weighed = [
        one.weighed(None if one.signal in ARRIVING else past.counted(one.evidence["since"], minute))
        for one in found
    ]
    levels = {(one.monitor.id, family): alert.level for one in found for family, alert in open_.items()}
    return {one.family: one for one in arriving_first(quieted(weighed, levels), levels)}


def _opened(finding: Finding, minute: int) -> Raised:
    return Raised(
        family=family_of(finding.signal),
        signal=finding.signal,
        level=finding.level,
        since=finding.evidence["since"],
        opened=minute,
        ended=None,
        pages=finding.pages,
        evidence=finding.evidence,
    )


def _worse(was: Raised, finding: Finding) -> Raised:
    """What people know never becomes less while it is open."""
    worst = max(was.level, finding.level, key=rank)
    return replace(was, level=worst, pages=was.pages or finding.pages)
