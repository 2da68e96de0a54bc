"""Counts and the expected band, coarse enough to draw. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats

MOST_POINTS = 480
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440)
"""Minutes a point may stand for."""

WIDTH = 2.0
"""Standard deviations of the band on each side."""


@dataclass(frozen=True)
class Point:
    """`step` minutes of a signal: mentions, and the band in which they usually are; None: not known."""

    minute: int
    observed: float
    expected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """A signal over some minutes."""

    signal: str
    step: int
    points: tuple[Point, ...]


def curve_of(signal: str, first: int, counts: Floats, usual: Floats, dispersion: Floats) -> Curve:
    """The curve of one series [minute]; the last point may stand for fewer minutes than the others.

    The band of a point is its expected count, WIDTH standard deviations to each side, sqrt(dispersion x
    expected) being one. usual is NaN where nothing was expected: such a point has no band.
    """
    step = next((step for step in STEPS if len(counts) <= step * MOST_POINTS), STEPS[-1])
    begins = np.arange(0, len(counts), step)
    if not len(begins):
        return Curve(signal, step, ())
    observed = np.add.reduceat(np.nan_to_num(counts), begins)
    expected = np.add.reduceat(usual, begins)
    spread = np.sqrt(np.maximum(np.add.reduceat(dispersion * usual, begins), 0.0))
    return Curve(signal, step, tuple(_points(first + begins, observed, expected, WIDTH * spread)))


def _points(minutes: NDArray[np.int64], observed: Floats, expected: Floats, reach: Floats) -> list[Point]:
    return [
        Point(minute, seen, None, None, None)
        if np.isnan(usual)
        else Point(minute, seen, usual, max(0.0, usual - half), usual + half)
        for minute, seen, usual, half in zip(
            minutes.tolist(), observed.tolist(), expected.tolist(), reach.tolist(), strict=True
        )
    ]
