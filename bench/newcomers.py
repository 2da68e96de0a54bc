"""How often a newcomer that begins at night is a burst in the morning, and how soon a crisis in it is heard.

    python -m bench.newcomers [--monitors 100]

Generated monitors: what the old sources say, and a newcomer that says as much or ten times as much; both by
the rhythm of a day, or in office hours (a fiftieth at night). With the rhythm of the day that the old ones
have, and as if every hour were the same.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np

from alerts.detection.formulae import Floats
from alerts.detection.newcomers import bursts, ordinary, rhythm_of
from bench.corrections import row
from tests.alerts.calm import HOURS

DAY, WEEK = 1440, 7 * 1440
MINUTE = np.arange(WEEK + 2 * DAY) % DAY
DAILY = np.interp(MINUTE / 60, np.arange(25) + 0.5, np.append(HOURS, HOURS[0]), period=24) / HOURS.mean()
OFFICE = np.where((MINUTE >= 8 * 60) & (MINUTE < 20 * 60), 1.96, 0.04)
RHYTHMS = {
    "by day and night": (DAILY, DAILY),
    "newcomer in office hours": (DAILY, OFFICE),
    "both": (OFFICE, OFFICE),
}
SIZES = ((0.05, 1), (0.05, 10), (0.3, 1), (0.3, 10), (5.0, 10))
"""Mentions a minute of the old ones, and times that of the newcomer."""


def found(
    old: Floats, new: Floats, begins: int, seed: int, crisis: int | None
) -> tuple[int | None, int | None]:
    """Minutes to the first burst since the crisis, or its first: as if hours were alike, by their rhythm."""
    rng, first = np.random.default_rng(seed), WEEK + 60 * begins
    said, heard = rng.poisson(new), rng.poisson(old[:first])
    at = 0
    if crisis is not None:
        hour = slice(WEEK + 60 * crisis, WEEK + 60 * crisis + 60)
        said[hour] += rng.poisson(12 * new[hour])
        at = hour.start - first
    day = said[first : first + DAY]
    counts = np.stack([day, rng.binomial(day, 0.25)]).astype(float)
    total = np.pad(np.cumsum(counts, axis=1), ((0, 0), (1, 0)))
    week = np.arange(first - WEEK, first)
    passed = ordinary(rhythm_of(np.bincount(week // 60 % 24, heard[week], 24)), first)
    minutes = np.arange(at, DAY)
    plain, known = (np.flatnonzero(bursts(total, minutes, passed=one)) for one in (None, passed))
    return (int(plain[0]) if len(plain) else None), (int(known[0]) if len(known) else None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--monitors", type=int, default=100)
    many = parser.parse_args().monitors
    row("begins at", "mentions a minute, times", "rhythms", "bursts in %: hours alike", "by their rhythm")
    for begins, (name, (old, new)), (rate, times) in product((0, 2, 4), RHYTHMS.items(), SIZES):
        got = [found(rate * old, rate * times * new, begins, seed, None) for seed in range(many)]
        rates = (100 * np.mean([one[k] is not None for one in got]) for k in (0, 1))
        row(begins, f"{rate:g} x {times}", name, *(f"{rate:.0f}" for rate in rates))
    row("crisis at", "mentions a minute, times", "rhythms", "heard in %, median minutes", "by their rhythm")
    for crisis, (name, (old, new)), (rate, times) in product((5, 9, 14), RHYTHMS.items(), SIZES[1:4]):
        got = [found(rate * old, rate * times * new, 2, seed, crisis) for seed in range(many)]
        heard = [[one[k] for one in got if one[k] is not None] for k in (0, 1)]
        told = (f"{100 * len(one) / many:.0f}, {np.median(one) if one else np.nan:.0f}" for one in heard)
        row(crisis, f"{rate:g} x {times}", name, *told)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
