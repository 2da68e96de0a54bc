"""The alerts that settings would have raised over some past: the live detector, run over it. Pure.

The same loop, the same families, the same severity as live. An alert's level is looked at when one of its
monitor's signals opens, gets worse or ends, not in each minute in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from alerts.backtest.past import Past
from alerts.detection import compiled
from alerts.detection.clock import clocks_moved
from alerts.detection.compiled import Claim, Course
from alerts.detection.settings import Settings, stacked
from alerts.families import family_of
from alerts.findings import Finding, findings, quieted
from alerts.levels import rank
from alerts.roster import ALARMING, EACH, Judgement, empty
from mentions.counts import Sums
from mentions.monitor import Monitor

Counted = Callable[[int, int], Sums]
"""What was counted between two minutes, both in."""


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
    inside = {minute for minute in past.turns if past.first < minute < past.until}
    for begin, end in pairwise(sorted({past.first, past.until} | inside)):
        if begin in inside:  # the clocks of the audience change
            state = clocks_moved(state, past.turns[begin])
        part = (slice(None), slice(begin - past.first, end - past.first))
        courses.append(
            compiled.run(
                state,
                past.counts[part],
                begin,
                each=EACH,
                alarming=ALARMING,
                settings=settings,
                deaf=past.deaf[part],
                lift=past.lift[part],
            )
        )
        state = courses[-1].state
    return compiled.strung(courses)


def raised(course: Course, monitor: Monitor, counted: Counted) -> list[Raised]:
    """The alerts of the course, in order."""
    done: list[Raised] = []
    open_: dict[str, Raised] = {}
    for claim in course.claims:
        found = _found(claim, monitor, counted, set(open_))
        over = [family for family in open_ if family not in found]
        done += [replace(open_.pop(family), ended=claim.minute) for family in over]
        for family, finding in found.items():
            was = open_.get(family)
            open_[family] = _opened(finding, claim.minute) if was is None else _worse(was, finding)
    return sorted([*done, *open_.values()], key=lambda one: (one.opened, one.family))


def _found(claim: Claim, monitor: Monitor, counted: Counted, known: set[str]) -> dict[str, Finding]:
    """What the tick would have found in that minute, by family."""
    evidence = claim.evidence
    found = [
        one.weighed(counted(one.evidence["since"], claim.minute))
        for one in findings([monitor], Judgement(evidence, evidence.opened, evidence.firing))
    ]
    return {one.family: one for one in quieted(found, [(monitor.id, family) for family in known])}


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
