"""Counts per day as small stacked bars: the rectangles of an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STEP, BAR, HEIGHT = 20, 16, 60
LEAST = 4  # the scale's end on quiet days: two mentions must not look like a storm


@dataclass(frozen=True)
class Rect:
    """One part of one day's bar; `side` is kept, added or dropped."""

    side: str
    x: int
    y: float
    height: float


def bars(days: Sequence[dict[str, Any]]) -> list[Rect]:
    """The API's preview days from left to right: kept at the bottom, then added, then dropped."""
    scale = HEIGHT / max([LEAST, *(day["caught"] + day["dropped"] for day in days)])
    return [rect for at, day in enumerate(days) for rect in _bar(STEP * at + (STEP - BAR) // 2, day, scale)]


def counts_bars(counts: Sequence[int]) -> list[Rect]:
    """The same for plain counts per day."""
    return bars([{"caught": count, "added": 0, "dropped": 0} for count in counts])


def _bar(x: int, day: dict[str, Any], scale: float) -> list[Rect]:
    rects, top = [], float(HEIGHT)
    parts = {"kept": day["caught"] - day["added"], "added": day["added"], "dropped": day["dropped"]}
    for side, count in parts.items():
        if count:
            height = round(max(count * scale, 1.0), 1)
            top = round(max(top - height, 0.0), 1)
            rects.append(Rect(side, x, top, height))
    return rects
