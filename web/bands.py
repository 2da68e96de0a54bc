"""A curve with its expected band, onsets and alerts, as the shapes of an SVG. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

WIDTH, HEIGHT = 960, 220
LEAST = 4.0
"""The scale's end on quiet days: two mentions must not look like a storm."""

Point = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A moment as a line from top to bottom; `kind` is onset, amber, red or green."""

    x: float
    kind: str
    words: str


@dataclass(frozen=True)
class Band:
    """A box of WIDTH x HEIGHT. Lines are the `points` of polylines, areas those of polygons."""

    observed: str
    area: str
    """The curve, closed along the bottom."""
    expected: tuple[str, ...]
    """One line for each stretch in which something is expected,"""
    usual: tuple[str, ...]
    """and the band around it."""
    lines: tuple[Line, ...]
    crises: tuple[tuple[float, float, str], ...]
    """Left edge, width and words of what people called a crisis."""
    most: float
    """The largest count; the band may go higher."""


def band(
    points: Sequence[Point],
    alerts: Sequence[Mapping[str, Any]] = (),
    crises: Sequence[Mapping[str, Any]] = (),
) -> Band:
    """Draw the API's points; alerts have since, openedAt and level, those that rose claims, each with at and
    level, crises begin, end and words.

    Fewer than two points are a line along the bottom.
    """
    if len(points) < 2:
        return Band(
            f"0,{HEIGHT} {WIDTH},{HEIGHT}",
            "",
            (),
            (),
            (),
            (),
            max((one["observed"] for one in points), default=0.0),
        )
    times = [_seconds(point["at"]) for point in points]
    top = max([LEAST, *(max(point["observed"], point["high"] or 0.0) for point in points)]) * 1.05
    place = _Place(times[0], times[-1], top)
    observed = _joined(
        (place.x(at), place.y(point["observed"])) for at, point in zip(times, points, strict=True)
    )
    runs = [
        [pair for _, pair in run]
        for known, run in groupby(
            ((point["low"] is not None, (at, point)) for at, point in zip(times, points, strict=True)),
            key=lambda one: one[0],
        )
        if known
    ]
    return Band(
        observed=observed,
        area=f"0,{HEIGHT} {observed} {WIDTH},{HEIGHT}",
        expected=tuple(_joined((place.x(at), place.y(one["expected"])) for at, one in run) for run in runs),
        usual=tuple(_around(place, run) for run in runs),
        lines=tuple(line for alert in alerts for line in _lines(place, alert)),
        crises=tuple(box for crisis in crises if (box := _box(place, crisis)) is not None),
        most=max(point["observed"] for point in points),
    )


@dataclass(frozen=True)
class _Place:
    """Where a time and a count lie in the box."""

    first: float
    last: float
    top: float

    def x(self, seconds: float) -> float:
        return round(min(WIDTH * (seconds - self.first) / max(self.last - self.first, 1.0), WIDTH), 1)

    def y(self, count: float) -> float:
        return round(HEIGHT * (1.0 - count / self.top), 1)

    def holds(self, seconds: float) -> bool:
        """Also what came just after the last point, which stands for some time itself."""
        return self.first <= seconds <= self.last + 0.01 * (self.last - self.first) + 120


def _around(place: _Place, run: Sequence[tuple[float, Point]]) -> str:
    """The upper edge to the right, the lower edge back."""
    upper = [(place.x(at), place.y(point["high"])) for at, point in run]
    lower = [(place.x(at), place.y(point["low"])) for at, point in run]
    return _joined([*upper, *reversed(lower)])


def _lines(place: _Place, alert: Mapping[str, Any]) -> Iterator[Line]:
    claims = alert.get("claims") or [{"at": alert["openedAt"], "level": alert["level"]}]
    told = [(alert["since"], "onset"), *((claim["at"], claim["level"]) for claim in claims)]
    for value, kind in told:
        at = _seconds(value)
        if place.holds(at):
            yield Line(place.x(at), kind, str(alert.get("title", "")))


def _box(place: _Place, crisis: Mapping[str, Any]) -> tuple[float, float, str] | None:
    begin, end = (min(max(_seconds(crisis[name]), place.first), place.last) for name in ("begin", "end"))
    if end <= begin:
        return None
    return place.x(begin), round(place.x(end) - place.x(begin), 1), str(crisis["words"])


def _seconds(value: str | datetime) -> float:
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).timestamp()


def _joined(points: Any) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
