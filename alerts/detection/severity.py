"""How grave an alert is, in points that anybody can add up again. Pure; what was stored can be weighed anew.

An alert that opens is amber; with RED_POINTS it is red. It is green, and only informs, where what it rests on
is not a crowd that is cross: a flood by few accounts, praise, large audiences alone, new words or a story
that few are cross about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from alerts.detection.formulae import count_evidence

FORMULA = "severity-2"
RED_POINTS = 3
FEW = 10
"""Accounts below which "many times as many" is noise, and a share says nothing."""

NEGATIVE_SHARE, ABOVE_USUAL = 0.5, 1.25
"""The share of negative mentions that counts, and how many times the usual share it must be."""

PRAISE_SHARE, FEWEST_PRAISING = 0.6, 6
MANY_HARMED, MANY_NOTABLE = 10, 3

ARRIVING = ("terms", "story")
"""What arrives (`alerts.arrivals`): its counts are of those who use the words, or copy the story, alone."""

COUNTED = ("mentions", "copies", "accounts", "independent", "negative", "positive", "notable")
"""Of the inputs those that are counted since the onset; the others are what the detector says."""


@dataclass(frozen=True)
class Inputs:
    """What is known when an alert is weighed; counts are since its onset.

    signal: what opened it. observed, expected, ratio, dispersion: its claim. score, lower, floor, red_floor,
    red_ratio: its thresholds. mentions, copies, accounts, independent, negative, positive: as in
    `mentions.monitor.MinuteCount` (the last two of `independent`). usual_negative: the share that is usual.
    crowd, harm, hurt, reach: whether the series of independent accounts, of harm, of negative mentions, of
    audiences fires, too. harmed: accounts that speak of harm; audience: weight of the audiences, and
    audience_ratio that over the usual. notable: negative mentions by authors who weigh.
    """

    signal: str
    observed: float
    expected: float
    ratio: float
    dispersion: float
    score: float
    lower: float
    floor: float
    red_floor: float
    red_ratio: float
    mentions: int = 0
    copies: int = 0
    accounts: int = 0
    independent: int = 0
    negative: int = 0
    positive: int = 0
    usual_negative: float = 0.35
    crowd: bool = False
    harm: bool = False
    hurt: bool = False
    reach: bool = False
    harmed: int = 0
    audience: float = 0.0
    audience_ratio: float = 0.0
    notable: int = 0


@dataclass(frozen=True)
class Point:
    """What one thing contributes: its value, the bar that it reached or missed, and its points."""

    name: str
    value: float
    bar: float
    points: int


@dataclass(frozen=True)
class Severity:
    """The level with all that led to it. `told`: few_accounts, praise, audiences; empty where none is so."""

    level: str
    points: int
    told: str
    contributions: tuple[Point, ...]
    inputs: Inputs

    def explained(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "formula": FORMULA}


def weigh(given: Inputs) -> Severity:
    """The level of an alert and why."""
    contributions = (
        _size(given),
        _speed(given),
        _negative(given),
        Point("reach", given.audience, given.floor, _reach(given)),
        Point("tier_1", given.notable, 1, (given.notable >= 1) + (given.notable >= MANY_NOTABLE)),
        Point("harm", given.harmed, MANY_HARMED, given.harm * (1 + (given.harmed >= MANY_HARMED))),
    )
    points, told = sum(one.points for one in contributions), _told(given)
    level = "green" if told else "red" if points >= RED_POINTS else "amber"
    return Severity(level, points, told, contributions, given)


def reweigh(stored: Mapping[str, Any], detected: Inputs | None = None) -> Severity:
    """The severity again from what `explained` gave; ValueError for another formula.

    With `detected` only what was COUNTED is taken from there: the rest is what a detector says anew.
    """
    if stored["formula"] != FORMULA:
        raise ValueError(f"formula {stored['formula']}, this code computes {FORMULA}")
    inputs = stored["inputs"]
    if detected is None:
        return weigh(Inputs(**inputs))
    return weigh(replace(detected, **{name: inputs[name] for name in COUNTED}))


def few_accounts(given: Inputs) -> bool:
    """Whether a flood of mentions would not be one had each account spoken once an hour.

    Their number against all the mentions that are usual, by the formula of the claim itself: accounts are at
    most as many as mentions, so that what passes would pass against the accounts that are usual, too.
    """
    if given.signal != "volume" or given.crowd:
        return False
    evidence = count_evidence(
        np.array([float(given.accounts)]), np.array([given.expected]), np.array([given.dispersion])
    )
    return given.accounts < given.floor or float(evidence[0]) < given.lower * given.score


def _size(given: Inputs) -> Point:
    """Accounts: 1 from as many as red needs, 2 from ten times as many."""
    size, bar = _crowd(given), given.red_floor
    return Point("size", size, bar, (size >= bar) + (size >= 10 * bar))


def _speed(given: Inputs) -> Point:
    """Times the usual: 1 from as much as red needs, 2 from three times that; of few accounts none."""
    ratio = given.accounts / max(given.expected, 1e-9) if given.signal == "volume" else given.ratio
    enough, bar = _crowd(given) >= FEW, given.red_ratio
    return Point("speed", ratio, bar, enough * ((ratio >= bar) + (ratio >= 3 * bar)))


def _crowd(given: Inputs) -> float:
    """How many accounts it rests on: a series of negative mentions or of harm counts accounts itself, and
    voices that weigh are what they are, however many others speak of something else meanwhile."""
    own = given.signal in ("negative", "harm", "positive", "notable", *ARRIVING)
    return given.observed if own else given.accounts


def _negative(given: Inputs) -> Point:
    share, bar = _negative_share(given)
    return Point("negative_share", share, bar, int(given.independent >= FEW and share >= bar))


def _negative_share(given: Inputs) -> tuple[float, float]:
    """The share of negative mentions, and from which on it counts."""
    share = given.negative / given.independent if given.independent else 0.0
    return share, max(NEGATIVE_SHARE, ABOVE_USUAL * given.usual_negative)


def _reach(given: Inputs) -> int:
    """Audiences count when they are unusual themselves."""
    return given.reach * (1 + (given.audience >= 5 * given.floor and given.audience_ratio >= given.red_ratio))


def _told(given: Inputs) -> str:
    """Why it only informs; empty: it pages."""
    if given.signal == "positive":
        return "praise"
    if given.signal in ARRIVING:
        share, bar = _negative_share(given)
        return "" if given.harm or share >= bar else "not_cross"
    if given.notable or given.harm or given.signal in ("negative", "harm", "notable"):
        return ""
    if not given.hurt and _praise(given):
        return "praise"
    if few_accounts(given):
        return "few_accounts"
    share = given.negative / given.independent if given.independent else 0.0
    return "audiences" if given.signal == "reach" and share < NEGATIVE_SHARE else ""


def _praise(given: Inputs) -> bool:
    """Mostly positive, and not more negative than ever."""
    if given.independent < FEWEST_PRAISING:
        return False
    praising = given.positive >= PRAISE_SHARE * given.independent
    return praising and given.negative <= given.usual_negative * given.independent
