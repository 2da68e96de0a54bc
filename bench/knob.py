"""Alarms a week as asked for, over generated calm: monitors from 0.05 to 50 mentions a minute.

    python -m bench.knob [--weeks 16] [--monitors 6] [--still|--presets] [--talk]

Calm is Poisson with the rhythm of a day and of a week, days that are busier than others (a standard deviation
of 22 %), a quarter of the mentions negative, 15 % positive, one in a thousand about harm. A fortnight is
learned from first, as by a new monitor; then alarms are counted: minutes in which an alert opens. `--still`
instead tells how many come at a fixed score, from which the first score for a wish (knob.begun) was taken.
`--presets`: how many at each preset. `--talk`: mentions come as conversations instead, of very different
sizes (Pareto 1.5: most are of one mention, one in a thousand of a hundred and more, up to 1,000), each within
about forty minutes, and each with a mood of its own: its share of negative ones is drawn from Beta(0.5, 1.5).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alerts.detection import compiled
from alerts.detection.knob import begun, turned
from alerts.detection.settings import BALANCED, PRESETS, Settings, stacked
from alerts.judging.roster import ALARMING, EACH, SIGNALS, empty

MONDAY = 29_000_160  # a Monday, midnight UTC, in unix minutes
DAY, WEEK = 1440, 10_080
LEARNED = 2 * WEEK
RATES = (0.05, 0.3, 1.0, 5.0, 50.0)
ASKED = (0.25, 1.0, 3.0, 7.0, 10.0)
SCORES = (3.0, 4.0, 6.0, 8.0, 10.0, 14.0)
DAYS = np.array([1.1, 1.1, 1.1, 1.1, 1.0, 0.8, 0.8])
HOURS = np.array(
    [2, 1.2, 0.8, 0.6, 0.6, 1, 2, 4, 6, 7, 7.5, 8, 8, 8.5, 8, 7.5, 8, 8.5, 9, 9.5, 10, 9.5, 7, 4]
)
Counts = NDArray[np.float64]
Tally = NDArray[np.int64]
Said = Callable[[np.random.Generator, Counts], tuple[Tally, Tally]]


def usual(rng: np.random.Generator, rates: Counts, first: int, minutes: int) -> Counts:
    """[monitor, minute]: the rate in each minute; whole days."""
    clock = np.arange(first, first + minutes)
    rhythm = (HOURS / HOURS.mean())[clock // 60 % 24] * DAYS[(clock - MONDAY) // DAY % 7]
    busy = rng.gamma(20, 1 / 20, (len(rates), minutes // DAY)).repeat(DAY, axis=1)
    rate: Counts = rates[:, None] * rhythm * busy
    return rate


def apart(rng: np.random.Generator, rate: Counts) -> tuple[Tally, Tally]:
    """[monitor, minute]: mentions and negative ones, each by itself."""
    volume = rng.poisson(rate)
    return volume, rng.binomial(volume, 0.25)


def conversations(
    rng: np.random.Generator, rate: Counts, shape: float = 1.5, most: int = 1000
) -> tuple[Tally, Tally]:
    """The same as mentions come in conversations; what goes on after the last minute is left out."""
    sizes = np.minimum((1 - rng.random(100_000)) ** (-1 / shape), most).astype(np.int64)
    volume, negative = np.zeros(rate.shape, np.int64), np.zeros(rate.shape, np.int64)
    for place, own in enumerate(rate):
        begun = np.repeat(np.arange(len(own)), rng.poisson(own / sizes.mean()))
        size = rng.choice(sizes, len(begun))
        cross = rng.random(size.sum()) < np.repeat(rng.beta(0.5, 1.5, len(begun)), size)
        later = rng.exponential(40, size.sum()) * (np.repeat(size, size) > 1)
        minute = np.repeat(begun, size) + later.astype(np.int64)
        inside = minute < len(own)
        volume[place] = np.bincount(minute[inside], minlength=len(own))
        negative[place] = np.bincount(minute[inside & cross], minlength=len(own))
    return volume, negative


def calm(rng: np.random.Generator, rates: Counts, first: int, minutes: int, said: Said) -> Counts:
    """[series, minute]: the signals of one monitor for each of `rates`; whole days."""
    volume, negative = said(rng, usual(rng, rates, first, minutes))
    signals = {
        "volume": volume,
        "independent": volume,
        "negative": negative,
        "positive": rng.binomial(volume, 0.15),
        "reach": rng.poisson(0.3 * volume),
        "harm": rng.binomial(volume, 0.001),
    }
    rows = [signals[name] for name in SIGNALS]
    return np.stack(rows, axis=1).reshape(EACH * len(rates), minutes).astype(float)


def alarms(rates: Counts, settings: Settings, weeks: int, seed: int, said: Said) -> Counts:
    """[monitor]: alarms a week in the `weeks` after the first two."""
    rng, state, found = np.random.default_rng(seed), empty(len(rates)), np.zeros(len(rates))
    for first in range(MONDAY, MONDAY + LEARNED + weeks * WEEK, WEEK):
        counts = calm(rng, rates, first, WEEK, said)
        course = compiled.run(state, counts, first, each=EACH, alarming=ALARMING, settings=settings)
        state = course.state
        if first >= MONDAY + LEARNED:
            opened = course.opened.reshape(len(rates), EACH, WEEK)[:, ALARMING]
            found += opened.any(axis=1).sum(axis=1)
    return found / weeks


def grid(wishes: list[Settings], monitors: int) -> tuple[Counts, Settings]:
    """So many monitors for each rate and wish: their rates, and the settings of their series."""
    rates = np.array([rate for rate in RATES for _ in wishes for _ in range(monitors)])
    return rates, stacked([wish for _ in RATES for wish in wishes for _ in range(monitors)], EACH)


def show(title: str, heads: list[str], found: Counts) -> None:
    """found [rate, wish, monitor]."""
    print(title)
    print("mentions a minute | " + " | ".join(heads))
    for rate, row in zip(RATES, found, strict=True):
        cells = [f"{one.mean():.2f} ({one.min():.2f}-{one.max():.2f})" for one in row]
        print(f"{rate:g} | " + " | ".join(cells), flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--weeks", type=int, default=16)
    arguments.add_argument("--monitors", type=int, default=6)
    arguments.add_argument("--still", action="store_true")
    arguments.add_argument("--presets", action="store_true")
    arguments.add_argument("--talk", action="store_true")
    chosen = arguments.parse_args()
    if chosen.still:
        asked = replace(BALANCED, alarms_a_week=1.0)
        knobs = [np.array([score]) / begun(np.array([1.0])) for score in SCORES]
        wishes = [Settings(**turned(asked, knob).at(0) | {"alarms_a_week": 0.0}) for knob in knobs]
        heads = [f"score {s:g}" for s in SCORES]
    elif chosen.presets:
        heads, wishes = list(PRESETS), list(PRESETS.values())
    else:
        wishes = [replace(BALANCED, alarms_a_week=one) for one in ASKED]
        heads = [f"{one:g} asked" for one in ASKED]
    began = time.process_time()
    rates, settings = grid(wishes, chosen.monitors)
    said = conversations if chosen.talk else apart
    found = alarms(rates, settings, chosen.weeks, 1, said).reshape(len(RATES), len(wishes), -1)
    show(f"alarms a week over {chosen.weeks} weeks: mean (lowest to highest monitor)", heads, found)
    print(f"{time.process_time() - began:.0f} s of one core")


if __name__ == "__main__":
    main()
