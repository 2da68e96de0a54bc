"""How often a newcomer that begins at night is a burst in the morning, and how soon a crisis in it is heard.

    python -m bench.newcomers [--monitors 100]

Generated monitors: what the old sources say, and a newcomer that says as much or ten times as much; both by
the rhythm of a day, or in office hours (a fiftieth at night). With the rhythm of the day that the old ones
have, and as if every hour were the same.
"""

from __future__ import annotations

import argparse
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np

from alerts.detection.formulae import Floats
from alerts.detection.newcomers import bursts, hours_of, rhythm_of
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
UTC = ZoneInfo("UTC")
BEGINS = (0, 2, 4, 15, 18, 21)
SIZES = ((0.05, 1), (0.05, 10), (0.3, 1), (0.3, 10), (5.0, 10))
"""Mentions a minute of the old ones, and times that of the newcomer."""


def found(
    old: Floats, new: Floats, begins: int, seed: int, crisis: int | None = None, share: float = 0.25
) -> list[int | None]:
    """Minutes to the first burst since the crisis, or its first.

    As if hours were alike, by their rhythm, and by that and the clock, as it is done.
    """
    rng, first = np.random.default_rng(seed), WEEK + 60 * begins
    said, heard = rng.poisson(new), rng.poisson(old[:first])
    angry = rng.binomial(said, 0.25)
    at = 0
    if crisis is not None:
        hour = slice(WEEK + 60 * crisis, WEEK + 60 * crisis + 60)
        more = rng.poisson(12 * new[hour])
        said[hour] += more
        angry[hour] += rng.binomial(more, share)
        at = hour.start - first
    day = slice(first, first + DAY)
    counts = np.stack([said[day], angry[day], said[day]]).astype(float)
    total = np.pad(np.cumsum(counts, axis=1), ((0, 0), (1, 0)))
    week = np.arange(first - WEEK, first)
    hours = hours_of(rhythm_of(np.bincount(week // 60 % 24, heard[week], 24).astype(float)), first, UTC)
    by_rhythm = hours._replace(morning=np.zeros_like(hours.morning))
    minutes = np.arange(at, DAY)
    each = [np.flatnonzero(bursts(total, minutes, hours=one)) for one in (None, by_rhythm, hours)]
    return [int(one[0]) if len(one) else None for one in each]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--monitors", type=int, default=100)
    many = parser.parse_args().monitors
    row(
        "begins at",
        "mentions a minute, times",
        "rhythms",
        "bursts in %: hours alike",
        "by their rhythm",
        "and the clock",
    )
    for begins, (name, (old, new)), (rate, times) in product(BEGINS, RHYTHMS.items(), SIZES):
        got = [found(rate * old, rate * times * new, begins, seed) for seed in range(many)]
        rates = (100 * np.mean([one[k] is not None for one in got]) for k in range(3))
        row(begins, f"{rate:g} x {times}", name, *(f"{rate:.0f}" for rate in rates))
    row(
        "crisis at, negative in %",
        "mentions a minute, times",
        "rhythms",
        "heard in %, median minutes",
        "by their rhythm",
        "and the clock",
    )
    given = product((5, 9, 14), (0.25, 0.7), RHYTHMS.items(), SIZES[1:4])
    for crisis, share, (name, (old, new)), (rate, times) in given:
        got = [found(rate * old, rate * times * new, 2, seed, crisis, share) for seed in range(many)]
        heard = [[at for one in got if (at := one[k]) is not None] for k in range(3)]
        told = (f"{100 * len(one) / many:.0f}, {np.median(one) if one else np.nan:.0f}" for one in heard)
        row(f"{crisis}, {100 * share:.0f}", f"{rate:g} x {times}", name, *told)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
