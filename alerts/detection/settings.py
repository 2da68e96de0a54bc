"""What has to hold before an alert opens, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Threshold: TypeAlias = float | NDArray[np.float64]
"""One number for all series, or an array [S] with one for each."""


@dataclass(frozen=True)
class Settings:
    """Thresholds of the live detector: an alert opens on score AND ratio AND floor together.

    Each is one number for all series or an array [S].

    score: nats of evidence (see formulae.py). +2.3 makes a chance alert ten times rarer.
    ratio: observed over expected, both since the onset; a ratio of 2.5 is 150 % more than usual.
    floor: mentions observed since the onset; below it nothing opens, however unlikely.
    persist_minutes: how long score, ratio and floor must have held without a break before an alert opens;
        0: it opens at once.
    lower: share of `score` under which the evidence counts as gone; above 1 only by the knob.
    calm_minutes: how long the evidence must have been gone before an alert ends.
    rest_minutes: after the end of an alert, how long a new one needs `rest_factor` times the score.
    rest_factor: see rest_minutes; dimensionless, 1 switches it off.
    harm_score, harm_floor: the same for a series that counts mentions of harm to people: hardly ever said,
        and too late to act on when there are many.
    red_ratio, red_floor: how many times the usual, and how many accounts, give a point towards red
        (`alerts.detection.severity`).
    cold_factor: with under a day of history, the score must be this many times as large (not that of harm).
    cold_ratio: the same for the ratio, as the rhythm of a day is not known yet (a negative series, which
        then goes by its share alone, needs `cold_factor` times the usual share instead).
    alarms_a_week: how many are asked for of all signals of a monitor together; the score then moves, and
        ratio and floor with it (knob.py). 0: they stand as they are.
    """

    score: Threshold = 14.0
    ratio: Threshold = 2.5
    floor: Threshold = 6.0
    persist_minutes: Threshold = 0
    lower: Threshold = 0.5
    calm_minutes: Threshold = 240
    rest_minutes: Threshold = 10_080
    rest_factor: Threshold = 4.0
    harm_score: Threshold = 12.0
    harm_floor: Threshold = 2.0
    red_ratio: Threshold = 6.0
    red_floor: Threshold = 30.0
    cold_factor: Threshold = 1.5
    cold_ratio: Threshold = 2.4
    alarms_a_week: Threshold = 0.0

    def __post_init__(self) -> None:
        """Refuses settings that could never open or never end; ValueError names the field."""
        for name in ("score", "floor", "lower", "harm_score", "harm_floor", "red_floor"):
            if not np.all(np.greater(getattr(self, name), 0)):
                raise ValueError(f"{name} must be above 0")
        for name in ("ratio", "rest_factor", "red_ratio", "cold_factor", "cold_ratio"):
            if not np.all(np.greater_equal(getattr(self, name), 1)):
                raise ValueError(f"{name} must be at least 1")
        if not np.all(np.greater_equal(self.calm_minutes, 1)):
            raise ValueError("calm_minutes must be at least 1")
        for name in ("rest_minutes", "persist_minutes", "alarms_a_week"):
            if not np.all(np.greater_equal(getattr(self, name), 0)):
                raise ValueError(f"{name} must be at least 0")

    def part(self, series: slice) -> Settings:
        """Those of some of the series."""
        return self._each(lambda value: value[series])

    def at(self, i: int) -> dict[str, float]:
        """The numbers of series `i`, ready for JSON."""
        own = self._each(lambda value: float(value[i]))
        return {field.name: float(getattr(own, field.name)) for field in fields(self)}

    def _each(self, taken: Callable[[NDArray[np.float64]], Threshold]) -> Settings:
        """A copy in which every array became what `taken` makes of it; numbers stay as they are."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if np.ndim(getattr(self, f.name))}
        if not arrays:
            return self
        own = copy(self)  # not checked again: parts of what was checked
        for name, value in arrays.items():
            object.__setattr__(own, name, taken(value))
        return own


def stacked(settings: Sequence[Settings], each: int) -> Settings:
    """One Settings for the series of several monitors, `each` neighbouring series a monitor.

    What is the same for all of them stays one number: the usual case costs nothing.
    """
    values: dict[str, Any] = {}
    for field in fields(Settings):
        own = [getattr(one, field.name) for one in settings]
        if own:
            same = all(value == own[0] for value in own)
            values[field.name] = own[0] if same else np.repeat(np.array(own, dtype=np.float64), each)
    return Settings(**values)


FEWER = Settings(score=22.0, ratio=3.5, floor=10.0, harm_floor=3.0)
BALANCED = Settings()
MORE = Settings(score=10.0, ratio=2.0, floor=4.0)
PRESETS = {"fewer": FEWER, "balanced": BALANCED, "more": MORE}
CURRENT = "current"
"""Beside the presets: the setting that a monitor has."""
