"""What the live detector claims about each series, and the same in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats, count_evidence, share_evidence
from alerts.detection.rounded import figure, usual
from alerts.detection.settings import Settings
from alerts.levels import LEVELS
from kit.lengths import short_duration

FORMULA = "live-11"
SHARED = ("negative", "positive")
"""Kinds that are judged by their share, too."""
WORDS = {
    "volume": "mentions",
    "independent": "accounts in words of their own",
    "negative": "negative mentions by different accounts",
    "positive": "positive mentions by different accounts",
    "harm": "mentions of harm to people",
    "reach": "points of reach",
}
"""What there is too much of."""
MOST_TIMES = 1000
"""Of the usual that are named."""

SHARE_WORTH = 2.0
"""Evidence on the share counts double: it is there to exclude that only the volume rose."""


@dataclass(frozen=True)
class Evidence:
    """The claim at one minute. Arrays have the shape [S]; a new `formula` marks any change of arithmetic.

    observed, expected: mentions since the onset; spread: standard deviation of that count, in mentions.
    ratio: observed over expected. score: nats of evidence, 0 or more (see `score_of`).
    since: the onset, unix minutes (the next minute where there is none); window: minutes since then.
    history: minutes of data the series had before. cold: there was under a day of it.
    dispersion: variance over mean. whole: mentions of any sentiment since the onset; usual_share: the
    usual share of negative ones (both 0 for other series). negative, harm: which series are.
    lift: how many times the usual was expected of that minute, for campaigns and holidays; 1: the usual.
    firing: an alert is open; level: 0 green, 1 amber, 2 red; opened, ended: in this very minute.
    """

    minute: int
    settings: Settings
    observed: Floats
    expected: Floats
    spread: Floats
    ratio: Floats
    score: Floats
    since: NDArray[np.int32]
    window: NDArray[np.int32]
    history: NDArray[np.int32]
    cold: NDArray[np.bool_]
    dispersion: Floats
    whole: Floats
    usual_share: Floats
    negative: NDArray[np.bool_]
    harm: NDArray[np.bool_]
    lift: Floats
    firing: NDArray[np.bool_]
    level: NDArray[np.int8]
    opened: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    formula: str = FORMULA


def score_of(
    observed: Floats,
    expected: Floats,
    dispersion: Floats,
    whole: Floats,
    usual_share: Floats,
    negative: NDArray[np.bool_],
) -> Floats:
    """Nats of evidence from stored inputs: the one formula behind every live alert, for recomputing it.

    A volume series: count_evidence. A negative series: the smaller of that and twice share_evidence, so
    that neither a campaign (more of everything) nor a lull (a larger share of little) is a crisis.
    """
    count = count_evidence(observed, expected, dispersion)
    n = negative & (count > 0)  # the smaller of the two is 0 elsewhere
    if not n.any():
        return count
    count[n] = np.minimum(count[n], SHARE_WORTH * share_evidence(observed[n], whole[n], usual_share[n]))
    return count


def explain(evidence: Evidence, i: int, kind: str = "") -> dict[str, Any]:
    """Everything about series `i` that a person, or a recomputation, needs; ready for JSON.

    kind: a key of WORDS where there is more to say of the series than whether it is negative or of harm.
    """
    kind = kind or _kind(evidence, i)
    numbers = {
        name: float(getattr(evidence, name)[i])
        for name in (
            "observed", "expected", "spread", "ratio", "score", "dispersion", "whole", "usual_share", "lift",
        )
    }  # fmt: skip
    return {
        "formula": evidence.formula,
        "kind": kind,
        "minute": evidence.minute,
        "since": int(evidence.since[i]),
        "window_minutes": int(evidence.window[i]),
        "history_minutes": int(evidence.history[i]),
        "cold": bool(evidence.cold[i]),
        "state": "insufficient history" if evidence.cold[i] else "enough history",
        "firing": bool(evidence.firing[i]),
        "level": LEVELS[evidence.level[i]],
        "thresholds": evidence.settings.at(i),
        "reason": _reason(evidence, i, kind),
        **numbers,
    }


def _kind(evidence: Evidence, i: int) -> str:
    if evidence.harm[i]:
        return "harm"
    return "negative" if evidence.negative[i] else "volume"


def recompute(explained: dict[str, Any]) -> float:
    """The score from what `explain` stored, to the same digits; ValueError for another formula."""
    if explained["formula"] != FORMULA:
        raise ValueError(f"formula {explained['formula']}, this code computes {FORMULA}")

    def stored(name: str) -> Floats:
        return np.array([float(explained[name])])

    score = score_of(
        stored("observed"),
        stored("expected"),
        stored("dispersion"),
        stored("whole"),
        stored("usual_share"),
        np.array([explained["kind"] in SHARED]),
    )
    return float(score[0])


def _reason(evidence: Evidence, i: int, kind: str) -> str:
    """One or two plain sentences for the person who is woken."""
    what = WORDS[kind]
    observed, expected = float(evidence.observed[i]), float(evidence.expected[i])
    if observed <= 0:
        said = f"No more {what} than usual."
    else:
        said = (
            f"{observed:.0f} {what} in {int(evidence.window[i])} min where {usual(expected)} are usual"
            f" ({_times(float(evidence.ratio[i]))} times)"
        )
        if evidence.negative[i] and evidence.whole[i] > 0:
            share = 100 * observed / float(evidence.whole[i])
            said += f"; {share:.0f} % of all where {100 * float(evidence.usual_share[i]):.0f} % is usual"
        said += "."
    if evidence.cold[i]:
        minutes = int(evidence.history[i])
        said += (
            f" Insufficient history: only {short_duration(minutes)} of data to compare with."
            if minutes
            else (" Insufficient history: nothing to compare with.")
        )
    return said


def _times(ratio: float) -> str:
    """`7.3`; where hardly anything is usual, the number itself tells nothing."""
    return figure(ratio) if ratio < MOST_TIMES else f"more than {MOST_TIMES:,}"
