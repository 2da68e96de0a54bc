"""From what the detector says of each series to what there is to say of each monitor. Pure.

Several signals of one family (`alerts.families`) are one finding; the first of them that fires leads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alerts.detection.live import Evidence, explain
from alerts.detection.severity import Inputs, weigh
from alerts.families import FAMILIES, family_of
from alerts.judging.roster import EACH, SIGNALS, Judgement
from alerts.levels import rank
from mentions.counting.counts import Sums
from mentions.monitor import Monitor

Key = tuple[int, str]
"""A monitor's id and a family."""


@dataclass(frozen=True)
class Finding:
    """A family of signals that is out of its range now."""

    monitor: Monitor
    signal: str
    """The one that leads."""
    fresh: bool
    """It opened in the minutes that this tick looked at, or it still burns."""
    evidence: dict[str, Any]
    inputs: Inputs
    """What is known so far of how grave it is."""
    level: str = "amber"
    told: str = ""
    """Why it only informs, where that is so (`alerts.detection.severity`)."""

    @property
    def family(self) -> str:
        return family_of(self.signal)

    @property
    def key(self) -> Key:
        return self.monitor.id, self.family

    @property
    def pages(self) -> bool:
        """Whether it wakes people: what is green never does."""
        return self.monitor.pages and not self.told

    def weighed(self, counted: Sums | None) -> Finding:
        """With its level, and in its evidence all that led to it.

        `counted`: since its onset; None for what arrives, which counts those who bring it alone.
        """
        severity = weigh(self.inputs if counted is None else self._with(counted))
        evidence = {**self.evidence, "level": severity.level, "severity": severity.explained()}
        return replace(self, level=severity.level, told=severity.told, evidence=evidence)

    def _with(self, counted: Sums) -> Inputs:
        return replace(
            self.inputs,
            mentions=counted.volume,
            copies=counted.copies,
            accounts=counted.voices,
            independent=counted.independent,
            negative=counted.independent_negative,
            positive=counted.independent_positive,
            notable=counted.notable,
        )


def findings(monitors: Sequence[Monitor], judgement: Judgement) -> list[Finding]:
    """What is out of its range; `monitors` in the order of the series."""
    return [finding for place in _places(judgement.evidence) for finding in _of(monitors, place, judgement)]


def quieted(found: Sequence[Finding], known: Iterable[Key]) -> list[Finding]:
    """Without the new alerts that would only repeat another one of their monitor."""
    told = {finding.key for finding in found} | set(known)
    return [
        finding
        for finding in found
        if finding.key in known or (finding.monitor.id, _told_by(finding)) not in told
    ]


def arriving_first(found: Sequence[Finding], known: Mapping[Key, str]) -> list[Finding]:
    """Without what arrives where the monitor has another alert as grave, whose drivers tell it; `known`: the
    levels of the open alerts."""
    levels = dict(known) | {finding.key: finding.level for finding in found}

    def overshadowed(finding: Finding) -> bool:
        return any(
            monitor_id == finding.monitor.id and family != "arrival" and rank(level) >= rank(finding.level)
            for (monitor_id, family), level in levels.items()
        )

    return [one for one in found if one.family != "arrival" or one.key in known or not overshadowed(one)]


def _told_by(finding: Finding) -> str:
    """The family that says the same better: praise is an opportunity, a few audiences are their voices."""
    if finding.family == "volume" and finding.told == "praise":
        return "opportunity"
    return "notable" if finding.signal == "reach" else ""


def _places(evidence: Evidence) -> list[int]:
    """The places of the monitors of which something fires."""
    return [int(place) for place in np.unique(np.flatnonzero(evidence.firing) // EACH)]


def _of(monitors: Sequence[Monitor], place: int, judgement: Judgement) -> Iterator[Finding]:
    at = {signal: EACH * place + offset for offset, signal in enumerate(SIGNALS)}
    evidence = judgement.evidence
    for signals in FAMILIES.values():
        fires = [at[signal] for signal in signals if signal in at and evidence.firing[at[signal]]]
        if not fires:
            continue
        lead = fires[0]
        signal = SIGNALS[lead - EACH * place]
        if signal == "positive" and evidence.cold[lead]:
            continue  # what is usual praise is not known yet
        explained = explain(evidence, lead, signal)
        yield Finding(
            monitor=monitors[place],
            signal=signal,
            fresh=any(bool(judgement.opened[i] or judgement.burning[i]) for i in fires),
            evidence={**explained, "insufficient_history": explained["cold"]},
            inputs=_inputs(signal, explained, evidence, at),
        )


def _inputs(signal: str, explained: Mapping[str, Any], evidence: Evidence, at: Mapping[str, int]) -> Inputs:
    """What the claim, and those of the monitor's other signals, say of how grave it is."""
    thresholds: Mapping[str, float] = explained["thresholds"]
    fires = {name: bool(evidence.firing[i]) for name, i in at.items()}
    return Inputs(
        signal=signal,
        observed=explained["observed"],
        expected=explained["expected"],
        ratio=explained["ratio"],
        dispersion=explained["dispersion"],
        score=thresholds["score"],
        lower=thresholds["lower"],
        floor=thresholds["floor"],
        red_floor=thresholds["red_floor"],
        red_ratio=thresholds["red_ratio"],
        usual_negative=float(evidence.usual_share[at["negative"]]),
        crowd=fires["independent"],
        hurt=fires["negative"],
        harm=fires["harm"],
        harmed=int(evidence.observed[at["harm"]]),
        reach=fires["reach"],
        audience=float(evidence.observed[at["reach"]]),
        audience_ratio=float(evidence.ratio[at["reach"]]),
    )
