"""The knob "alarms a week": a score that falls slowly and jumps at each alarm. Pure, on arrays.

    needed = needed x (1 - step x asked / week)    each minute that is heard
    needed = needed x e^step                       at each alarm of the monitor
    step = STEP, where fewer than one a week are asked for up to SELDOM times as large

(Robbins and Monro 1951, on the logarithm and with a constant step; Lorden 1971 for why a score goes with the
time between alarms.) Summed up, alarms = asked x weeks + ln(needed now / needed then) / step, whatever the
mentions are like: as `needed` stays within a factor, so do the alarms within what was asked for. Who asks
for few has few alarms to learn from, so each says more. Ratio and floor move with it, up to FURTHEST. It does
not fall while an alert has been open for more than five days: a long crisis makes nothing easier. What is
kept is needed / begun(asked): whoever asks for more or fewer from now on begins where that many would have
begun, times what these mentions have taught.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats
from alerts.detection.logarithm import log
from alerts.detection.settings import Settings

WEEK = 10_080
STEP = 0.25
"""Part by which an alarm raises the score needed where one a week or more is asked for ..."""

SELDOM = 4.0
"""... and how many times that at most where fewer are."""

CALM_PART = 1 / 8
"""Part of the time between two alarms asked for that an alert takes to end, at most."""

LONG = 7200
"""Minutes after which an alert that is still open stops the fall."""

RANGE = (0.02, 240.0)
"""Nats between which the score needed moves."""

FURTHEST = 60.0
"""Nats up to which ratio, floor and the numbers of harm move with it, so that harm stays heard."""


def begun(asked: Floats) -> Floats:
    """The score from which a monitor starts, by the alarms asked for a week; nats."""
    return np.clip(10.0 - 5.5 * log(asked), 1.0, 20.0)


def needed(weekly: Floats, knob: Floats) -> Floats:
    """The score that so many alarms a week need, by what the knob has come to; nats."""
    return np.clip(begun(weekly) * np.where(np.isnan(knob), 1.0, knob), *RANGE)


def turned(settings: Settings, knob: Floats) -> Settings:
    """The settings with the score that the knob has come to (`needed`), and ratio and floor in step.

    At the settings' own score they are what they are; nearer to 0, ratio and floor fall along a line to 1
    and 0, and from FURTHEST on they rise no more. What rests after an alert is left out: the jump does that.
    Unchanged where nothing is asked for.
    """
    asked = np.greater(settings.alarms_a_week, 0)
    if not asked.any():
        return settings
    weekly = np.where(asked, settings.alarms_a_week, 1.0)
    score = np.where(asked, needed(weekly, knob), settings.score)
    part = np.minimum(score, FURTHEST) / settings.score
    return replace(
        settings,
        score=score,
        ratio=1.0 + (settings.ratio - 1.0) * part,
        floor=settings.floor * part,
        harm_score=settings.harm_score * part,
        harm_floor=settings.harm_floor * part,
        rest_factor=np.where(asked, 1.0, settings.rest_factor),
        # the same evidence as without the knob keeps an alert open, and what is learned held back: of a low
        # score chance alone brings half every few hours, and alerts would hardly ever end
        lower=settings.lower * np.maximum(settings.score / score, 1.0),
        calm_minutes=np.where(
            asked, np.minimum(settings.calm_minutes, CALM_PART * WEEK / weekly), settings.calm_minutes
        ),
    )


def _raised(step: Floats) -> Floats:
    """e^step for 0..1, to five digits (Padé, of a quarter): the last digit of exp differs by library."""
    part = step / 4.0
    root = (1.0 + part / 2.0 + part * part / 12.0) / (1.0 - part / 2.0 + part * part / 12.0)
    return (root * root) * (root * root)


def lasting(firing: NDArray[np.bool_], since: NDArray[np.int32], minute: int) -> NDArray[np.bool_]:
    """[S]: whether an alert has been open for so long that nothing falls any more."""
    return firing & (minute - since >= LONG)


def moved(knob: Floats, settings: Settings, alarms: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
    """The knob after a minute: [S], the score needed over that begun with; NaN where nothing is asked for.

    alarms [S]: the series of monitors of which an alert opened in it; known [S]: those of monitors that were
    heard and have no lasting alert.
    """
    asked = np.broadcast_to(np.greater(settings.alarms_a_week, 0), knob.shape)
    weekly = np.where(asked, settings.alarms_a_week, 1.0)
    step = STEP * np.clip(1.0 / weekly, 1.0, SELDOM)
    fallen = np.where(known, 1.0 - step * weekly / WEEK, 1.0)
    after = needed(weekly, knob) * fallen * np.where(alarms, _raised(step), 1.0)
    return np.where(asked, np.clip(after, *RANGE) / begun(weekly), np.nan)
