"""The detector's numbers that people may edit, each with what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

from alerts.detection.settings import PRESETS, Settings
from kit.errors import Invalid

LONGEST_PERSISTENCE = 1440  # minutes
MOST_ALARMS = 10.0  # a week; as far as bench.knob has measured
LEAST_ALARMS = 0.25


@dataclass(frozen=True)
class Number:
    """A field of `Settings` that can be edited: its bounds, and whether it is counted in whole ones."""

    least: float
    most: float
    whole: bool = False


NUMBERS: Mapping[str, Number] = {
    "score": Number(3, 100),
    "ratio": Number(1.1, 100),
    "floor": Number(1, 1_000_000, whole=True),
    "red_ratio": Number(1.1, 1000),
    "red_floor": Number(1, 10_000_000, whole=True),
    "harm_score": Number(3, 100),
    "harm_floor": Number(1, 100_000, whole=True),
    "lower": Number(0.1, 0.9),
    "calm_minutes": Number(5, 10_080, whole=True),
    "rest_minutes": Number(0, 43_200, whole=True),
    "rest_factor": Number(1, 20),
    "cold_factor": Number(1, 10),
    "cold_ratio": Number(1, 10),
}
"""In the order in which they are shown. Narrower than what the arithmetic bears: a score of 0.1 would open an
alert on every mention, one of 1,000 on none."""


def checked_preset(preset: str) -> str:
    """The name of a preset; Invalid for any other."""
    if preset not in PRESETS:
        raise Invalid("Choose one of {}.", ", ".join(PRESETS), field="preset")
    return preset


def checked_numbers(preset: str, given: Mapping[str, float]) -> dict[str, float]:
    """What differs from the preset; Invalid names the first number that makes no sense."""
    edited = {}
    for name, value in given.items():
        bounds = NUMBERS.get(name)
        if bounds is None:
            raise Invalid("{!r} is no number of the detector.", name[:40], field=name)
        if not isfinite(value) or not bounds.least <= value <= bounds.most:
            raise Invalid("This must lie between {:g} and {:g}.", bounds.least, bounds.most, field=name)
        if bounds.whole and value != int(value):
            raise Invalid("This is counted in whole ones.", field=name)
        if value != getattr(PRESETS[preset], name):
            edited[name] = float(value)
    _fit_together(settings_of(preset, edited))
    return edited


def checked_persistence(minutes: int) -> int:
    """How long what an alert needs must last, minutes; Invalid when it is out of bounds."""
    if not 0 <= minutes <= LONGEST_PERSISTENCE:
        raise Invalid("Between 0 and {} minutes.", LONGEST_PERSISTENCE, field="persistMinutes")
    return minutes


def checked_alarms(a_week: float | None) -> float | None:
    """How many alarms a week are asked for; None: the numbers stand as they are."""
    if a_week is None:
        return None
    if not isfinite(a_week) or not LEAST_ALARMS <= a_week <= MOST_ALARMS:
        raise Invalid("Between {:g} and {:g} a week.", LEAST_ALARMS, MOST_ALARMS, field="alarmsAWeek")
    return float(a_week)


def settings_of(
    preset: str, edited: Mapping[str, float], persist_minutes: int = 0, alarms_a_week: float | None = None
) -> Settings:
    """The detector's settings that follow."""
    known = {name: value for name, value in edited.items() if name in NUMBERS}
    return replace(
        PRESETS[preset], **known, persist_minutes=persist_minutes, alarms_a_week=alarms_a_week or 0.0
    )


def _fit_together(settings: Settings) -> None:
    """Red is worse than amber."""
    if settings.red_ratio < settings.ratio:
        raise Invalid("Red needs at least the ratio of amber.", field="red_ratio")
    if settings.red_floor < settings.floor:
        raise Invalid("Red needs at least the mentions of amber.", field="red_floor")
