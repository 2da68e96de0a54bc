"""A signal as a line without axes: the points of an SVG polyline. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 240, 48


@dataclass(frozen=True)
class Sparkline:
    """Two lines on one scale, in a box of WIDTH x HEIGHT, and what they say in numbers."""

    volume: str
    negative: str
    area: str
    """The volume's line, closed along the bottom."""
    total: int
    total_negative: int
    peak: int
    """Largest volume of one minute."""
    last: tuple[float, float]
    """Where the volume's line ends."""


def sparkline(signal: Sequence[dict[str, Any]]) -> Sparkline:
    """Draw the API's signal points; an empty or silent signal is a line along the bottom."""
    volume = [point["volume"] for point in signal] or [0, 0]
    negative = [point["negative"] for point in signal] or [0, 0]
    peak = max(volume)
    scale = max(peak, 4)  # one mention an hour must not look like a storm
    line = _points(volume, scale)
    return Sparkline(
        volume=_joined(line),
        negative=_joined(_points(negative, scale)),
        area=f"0,{HEIGHT} {_joined(line)} {WIDTH},{HEIGHT}",
        total=sum(volume),
        total_negative=sum(negative),
        peak=peak,
        last=line[-1],
    )


def _points(values: Sequence[int], scale: int) -> list[tuple[float, float]]:
    step = WIDTH / max(len(values) - 1, 1)
    return [
        (round(index * step, 1), round(HEIGHT - 2 - (HEIGHT - 6) * value / scale, 1))
        for index, value in enumerate(values)
    ]


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
