"""What `tocsin detect` scores on series that nobody tuned it on: made anew from the five, or from nothing.

    python -m bench.series_blind [--draws 24] [--first 200] [--thresholds 17.5,18.5,19.5]

Each draw is five series with labelled windows, by kinds:

- moved: the days of a series in other order, in blocks that cut no window, begun at another time of the day;
- planted: days without a window, drawn with replacement (working days for working days), and what the
  windows of all five series have on top of their usual, beside others than their own: at other places, on
  another level, 0.5 to 2 times as high;
- made: negative-binomial counts with rhythm, drift and conversations, and on them jumps, plateaus, spikes
  and shifts of the level; 0.5 to 50 mentions a step;
- gaps: the series themselves, of which one point in twenty and some stretches of hours are unknown;
- planted, thinned to means of 3, 1 and 0.3.

What a kind scores by itself says little: some windows hold nothing that stands out of other days. Two
detectors, or two sets of constants, can be compared by it. Draws from 0 and from 100 on were looked at when
the present ones were chosen.

Needs ../shared; says so where it is not there.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.series import ALERT_EVIDENCE
from bench.detection import SECONDS, SHARED, labelled_series, tool
from bench.series_threshold import evidence, graded

DAY = 288
PROBATION = 750
"""Points at a series' begin that the scorer leaves out."""

Floats = NDArray[np.float64]
Random = np.random.Generator


@dataclass(frozen=True)
class Labelled:
    """Counts at their times, NaN where unknown, and windows as (first, last)."""

    counts: Floats
    times: Floats
    windows: list[tuple[int, int]]

    def in_windows(self) -> NDArray[np.bool_]:
        inside = np.zeros(len(self.counts), bool)
        for first, last in self.windows:
            inside[first : last + 1] = True
        return inside


Make = Callable[[list[Labelled], Random], list[Labelled]]


def moved(real: list[Labelled], rng: Random) -> list[Labelled]:
    """Days in other order, in blocks that cut no window; first one without any."""
    return [_moved(one, rng) for one in real]


def _moved(one: Labelled, rng: Random) -> Labelled:
    inside = one.in_windows()
    days = len(one.counts) // DAY
    cuts = [
        day for day in range(days + 1) if day * DAY == 0 or not inside[day * DAY - 1 : day * DAY + 1].all()
    ]
    blocks = [(a * DAY, b * DAY) for a, b in pairwise(cuts)]
    calm = [block for block in blocks if not inside[slice(*block)].any()]
    begin = [calm[i] for i in rng.permutation(len(calm))[: 1 + PROBATION // DAY]]
    rest = [block for block in blocks if block not in begin]
    order = begin + [rest[i] for i in rng.permutation(len(rest))]
    rows = np.concatenate([np.arange(a, b) for a, b in order])
    place = np.full(len(one.counts), -1)
    place[rows] = np.arange(len(rows))
    windows = [(int(place[a]), int(place[b])) for a, b in one.windows if place[a] >= 0 and place[b] >= 0]
    times = one.times[: len(rows)] + SECONDS * rng.integers(DAY)
    return Labelled(one.counts[rows], times, sorted(windows))


def on_top(one: Labelled) -> list[Floats]:
    """What each window has over the median of its time of day, in parts of the mean of the calm."""
    inside = one.in_windows()
    times_of_day = np.arange(len(one.counts)) % DAY // 6
    calm = one.counts[~inside]
    usual = np.array([np.median(one.counts[~inside & (times_of_day == i)]) for i in range(DAY // 6)])
    above = np.maximum(0.0, one.counts - usual[times_of_day]) / calm.mean()
    return [above[a : b + 1] for a, b in one.windows]


def planted(real: list[Labelled], rng: Random) -> list[Labelled]:
    """Calm days of each series, drawn with replacement, with the windows of the others."""
    shapes = [on_top(one) for one in real]
    return [
        _planted(one, [shape for j, own in enumerate(shapes) if j != i for shape in own], rng)
        for i, one in enumerate(real)
    ]


def _planted(one: Labelled, shapes: list[Floats], rng: Random) -> Labelled:
    inside = one.in_windows()
    days = len(one.counts) // DAY
    kind = (one.times[: days * DAY : DAY] // 86_400 + 3) % 7 >= 5
    calm = np.array([not inside[day * DAY : (day + 1) * DAY].any() for day in range(days)])
    drawn = np.array([rng.choice(np.flatnonzero(calm & (kind == kind[day]))) for day in range(days)])
    counts = one.counts[: days * DAY].reshape(days, DAY)[drawn].ravel()
    windows = _places(
        [shapes[i] for i in rng.permutation(len(shapes))[: rng.integers(2, 5)]], len(counts), rng
    )
    level = one.counts[~inside].mean()
    for (first, last), shape in windows:
        factor = level * np.exp(rng.uniform(-np.log(2), np.log(2)))
        counts[first : last + 1] += rng.poisson(factor * shape)
    times = one.times[: len(counts)] + SECONDS * rng.integers(DAY)
    return Labelled(counts, times, sorted(window for window, _ in windows))


def _places(shapes: list[Floats], points: int, rng: Random) -> list[tuple[tuple[int, int], Floats]]:
    """A place for each shape: after the probation, a day from the others."""
    taken = np.zeros(points, bool)
    taken[: PROBATION + DAY] = True
    found = []
    for shape in shapes:
        while True:
            first = int(rng.integers(points - len(shape)))
            if not taken[max(0, first - DAY) : first + len(shape) + DAY].any():
                break
        taken[first : first + len(shape)] = True
        found.append(((first, first + len(shape) - 1), shape))
    return found


def made(_real: list[Labelled], rng: Random) -> list[Labelled]:
    """Five series from nothing."""
    return [_made(mean, rng) for mean in np.exp(rng.uniform(np.log(0.5), np.log(50), 5))]


def _made(mean: float, rng: Random, days: int = 55) -> Labelled:
    points = days * DAY
    times = 1.7e9 + SECONDS * (rng.integers(7 * DAY) + np.arange(points))
    rate = np.exp(rng.uniform(0.2, 1.0) * np.cos(2 * np.pi * (times / 86_400 - 17 / 24)))
    rate *= np.where((times // 86_400 + 3) % 7 >= 5, rng.uniform(0.5, 1.0), 1.0)
    steps = np.cumsum(rng.normal(0, 0.06, days + 1))
    rate *= np.exp(np.interp(np.arange(points), DAY * np.arange(days + 1), steps))
    rate *= mean / rate.mean()
    spread = rng.uniform(3, 20)
    for _ in range(rng.poisson(6 * days / 7)):
        size = mean * min(30.0, 2 * (rng.pareto(1.5) + 1))
        rate += _fading(points, int(rng.integers(points)), size, rng.uniform(3, 12))
    shapes = [_shape(rng) for _ in range(rng.integers(2, 5))]
    windows = _places([np.zeros(396)] * len(shapes), points, rng)
    for ((first, _), _), (shape, lasting) in zip(windows, shapes, strict=True):
        at = first + 198 - int(rng.integers(12))
        size = mean * np.exp(rng.normal(0, 0.3))
        rate[at : at + len(shape)] += size * shape[: points - at]
        if lasting:
            rate[at + len(shape) :] *= 1 + lasting
    counts = rng.poisson(rate * rng.gamma(spread, 1 / spread, points)).astype(float)
    return Labelled(counts, times.astype(float), sorted(window for window, _ in windows))


def _fading(points: int, at: int, size: float, half: float) -> Floats:
    after = np.arange(points) - at
    return np.where(after >= 0, size / half * 0.7 * 0.5 ** (np.maximum(0, after) / half), 0.0)


def _shape(rng: Random) -> tuple[Floats, float]:
    """What is on top, in parts of the mean, and by what part the level is higher afterwards."""
    kind = rng.integers(4)
    if kind == 0:
        return rng.uniform(8, 40) * 0.5 ** (np.arange(144) / rng.uniform(4, 24)), 0.0
    if kind == 1:
        return np.full(rng.integers(36, 144), rng.uniform(1.5, 4)), 0.0
    if kind == 2:
        return np.full(rng.integers(1, 7), rng.uniform(8, 40)), 0.0
    return np.full(144, rng.uniform(1.0, 3.0)), rng.uniform(0.5, 1.5)


def gaps(real: list[Labelled], rng: Random) -> list[Labelled]:
    """One point in twenty is unknown, and seven stretches of one to twelve hours."""
    found = []
    for one in real:
        counts = np.where(rng.random(len(one.counts)) < 0.05, np.nan, one.counts)
        for _ in range(7):
            first = int(rng.integers(len(counts)))
            counts[first : first + int(rng.integers(12, 144))] = np.nan
        counts[0] = one.counts[0]
        found.append(Labelled(counts, one.times, one.windows))
    return found


def thin(mean: float) -> Make:
    """Planted, each mention kept by chance."""

    def make(real: list[Labelled], rng: Random) -> list[Labelled]:
        return [
            Labelled(
                rng.binomial(x.counts.astype(int), min(1.0, mean / x.counts.mean())).astype(float),
                x.times,
                x.windows,
            )
            for x in planted(real, rng)
        ]

    return make


KINDS: dict[str, Make] = {
    "moved": moved,
    "planted": planted,
    "made": made,
    "gaps": gaps,
    "planted, mean of 3": thin(3),
    "planted, mean of 1": thin(1),
    "planted, mean of 0.3": thin(0.3),
}


def real_series(nab: ModuleType) -> list[Labelled]:
    series, counts = labelled_series(nab)
    return [Labelled(np.array(c), np.array(s.times), s.windows) for s, c in zip(series, counts, strict=True)]


def scorers(nab: ModuleType, copies: list[Labelled]) -> list[Any]:
    """The scorer's own objects."""
    return [
        nab.Series("", one.times.tolist(), [(_stamp(one, a), _stamp(one, b)) for a, b in one.windows])
        for one in copies
    ]


def _stamp(one: Labelled, place: int) -> str:
    return str(np.datetime64(int(one.times[place]), "s"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--first", type=int, default=200)
    parser.add_argument("--thresholds", default=str(ALERT_EVIDENCE))
    args = parser.parse_args()
    if not SHARED.exists():
        print("(../shared is not here)")
        return 0
    nab = tool("nab_score")
    real = real_series(nab)
    thresholds = [float(text) for text in args.thresholds.split(",")]
    means = []
    print(f"{'':22s}  nats  std / low FP / low FN    fa/wk  lowest std")
    for number, (name, make) in enumerate(KINDS.items()):
        results = []
        for draw in range(args.first, args.first + args.draws):
            copies = make(real, np.random.default_rng([draw, number]))
            series = scorers(nab, copies)
            found = evidence(series, [array("d", one.counts) for one in copies])
            results.append([graded(nab, series, found, threshold) for threshold in thresholds])
        by_threshold = np.array(results).swapaxes(0, 1)
        means.append(by_threshold.mean(axis=1))
        for threshold, own in zip(thresholds, by_threshold, strict=True):
            figures = " / ".join(f"{x:.1f}" for x in own.mean(axis=0)[:3])
            print(f"{name:22s} {threshold:5g}  {figures:22s} {own[:, 3].mean():6.2f} {own[:, 0].min():11.1f}")
    for threshold, (standard, *_, false) in zip(thresholds, np.mean(means, axis=0), strict=True):
        print(f"{'mean of all kinds':22s} {threshold:5g}  {standard:<22.1f} {false:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
