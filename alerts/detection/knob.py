"""The knob "alarms a week": a score that falls slowly and jumps at each alarm. Pure, on arrays.

    needed = needed - GAIN x asked / week    each minute that is known
    needed = needed + GAIN                   at each alarm of the monitor

(Robbins and Monro 1951, with a constant step; Lorden 1971 for why a score is the logarithm of a time between
alarms.) Summed up, alarms = asked x weeks + (needed now - needed then) / GAIN, whatever the mentions are
like: as `needed` stays within some nats, so do the alarms within what was asked for. Ratio and floor move
with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats
from alerts.detection.logarithm import log
from alerts.detection.settings import Settings

WEEK = 10_080
GAIN = 2.0
"""Nats by which an alarm raises the score needed."""

RANGE = (2.0, 60.0)
"""Nats between which the score needed moves."""


def begun(asked: Floats) -> Floats:
    """The score from which a monitor starts, by the alarms asked for a week; nats."""
    return np.clip(8.0 - 2.0 * log(asked), *RANGE)


def turned(settings: Settings, knob: Floats) -> Settings:
    """The settings with the score that the knob has come to, and ratio and floor in step; `knob` [S].

    At the settings' own score they are what they are; nearer to 0, ratio and floor fall along a line to 1
    and 0. What rests after an alert is left out: the jump does that. Unchanged where nothing is asked for.
    """
    asked = np.greater(settings.alarms_a_week, 0)
    if not asked.any():
        return settings
    start = begun(np.where(asked, settings.alarms_a_week, 1.0))
    score = np.where(asked, np.where(np.isnan(knob), start, knob), settings.score)
    part = score / settings.score
    return replace(
        settings,
        score=score,
        ratio=1.0 + (settings.ratio - 1.0) * part,
        floor=settings.floor * part,
        harm_score=settings.harm_score * part,
        harm_floor=settings.harm_floor * part,
        rest_factor=np.where(asked, 1.0, settings.rest_factor),
    )


def moved(knob: Floats, settings: Settings, alarms: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
    """The knob after a minute: [S], NaN where nothing is asked for.

    alarms [S]: the series of monitors that raised an alarm in it; known [S]: those of monitors heard.
    """
    asked = np.broadcast_to(np.greater(settings.alarms_a_week, 0), knob.shape)
    weekly = np.where(asked, settings.alarms_a_week, 1.0)
    before = np.where(np.isnan(knob), begun(weekly), knob)
    after = before - np.where(known, GAIN * weekly / WEEK, 0.0) + np.where(alarms, GAIN, 0.0)
    return np.where(asked, np.clip(after, *RANGE), np.nan)
