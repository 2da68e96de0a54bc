"""Few alarms a week over heavy-tailed calm: the knob beside scores that a fitted tail asks for.

    python -m bench.knob_tail [--learned 10] [--weeks 20] [--monitors 4] [--asked 0.25]

Ten weeks are counted at each of LADDER's scores. To the peaks above the lowest a generalised Pareto
distribution is fitted (Pickands 1975; by likelihood, censored to the steps of the ladder, with a normal prior
of 0.5 on its shape), and an exponential one. The score that each asks for is then tried on series of another
seed, beside the knob, which has had as many weeks. Kinds: conversations as in bench.knob, longer ones, and
hours that are busier than others (log-normal, 1.4).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial

import numpy as np

from alerts.detection import compiled
from alerts.detection.knob import begun, turned
from alerts.detection.settings import BALANCED, Settings, stacked
from alerts.judging.roster import ALARMING, EACH, empty
from bench.knob import MONDAY, WEEK, Counts, Said, Tally, calm, conversations

RATES = (0.3, 1.0)
LADDER = np.array([6.0, 10.0, 16.0, 26.0, 42.0, 68.0, 110.0])
SHAPES = np.linspace(-0.2, 2, 45)
SCALES = np.geomspace(0.5, 200, 80)
PRIOR = 0.5
MOST = 1000.0
"""Nats that are tried at most."""


def busy_hours(rng: np.random.Generator, rate: Counts) -> tuple[Tally, Tally]:
    """[monitor, minute]: mentions and negative ones, each by itself."""
    hours = np.exp(rng.normal(0, 1.4, (rate.shape[0], rate.shape[1] // 60 + 1)))
    often = hours.repeat(60, axis=1)[:, : rate.shape[1]]
    volume = rng.poisson(rate * often / np.exp(1.4**2 / 2))
    return volume, rng.binomial(volume, 0.25)


KINDS: dict[str, Said] = {
    "conversations, Pareto 1.5": conversations,
    "conversations, Pareto 1.2": partial(conversations, shape=1.2, most=3000),
    "busy hours": busy_hours,
}


def alarms(rates: Counts, settings: Settings, said: Said, seed: int, learned: int, weeks: int) -> Counts:
    """[monitor]: alarms in the `weeks` after those learned from."""
    rng, state, found = np.random.default_rng(seed), empty(len(rates)), np.zeros(len(rates))
    for week in range(learned + weeks):
        first = MONDAY + week * WEEK
        counts = calm(rng, rates, first, WEEK, said)
        course = compiled.run(state, counts, first, each=EACH, alarming=ALARMING, settings=settings)
        state = course.state
        if week >= learned:
            opened = course.opened.reshape(len(rates), EACH, WEEK)[:, ALARMING]
            found += opened.any(axis=1).sum(axis=1)
    return found


def fixed(score: float) -> Settings:
    """The settings as the knob turns them at a score, also above its own limit, and not moving."""
    asked = replace(BALANCED, alarms_a_week=1.0)
    inside = min(score, 60.0)
    numbers = turned(asked, np.array([inside]) / begun(np.array([1.0]))).at(0) | {"alarms_a_week": 0.0}
    part = score / inside
    scaled = {name: numbers[name] * part for name in ("score", "floor", "harm_score", "harm_floor")}
    lower = BALANCED.lower * max(float(BALANCED.score) / score, 1.0)
    return Settings(**numbers | scaled | {"ratio": 1 + (numbers["ratio"] - 1) * part, "lower": lower})


def asks(counted: Counts, weeks: int, asked: float, shapes: Counts) -> float:
    """The score that so many alarms a week need, by the tail that fits best; counted [ladder]."""
    left = np.minimum.accumulate(counted)
    steps, above = np.append(left[:-1] - left[1:], left[-1]), LADDER - LADDER[0]
    shape, scale = np.meshgrid(np.where(np.abs(shapes) < 1e-6, 1e-6, shapes), SCALES, indexing="ij")
    tail = np.maximum(1 + shape * above[:, None, None] / scale, 1e-12) ** (-1 / shape)
    chance = np.maximum(np.append(tail[:-1] - tail[1:], tail[-1:], axis=0), 1e-12)
    likely = (steps[:, None, None] * np.log(chance)).sum(axis=0) - 0.5 * (shape / PRIOR) ** 2
    best = np.unravel_index(np.argmax(likely), likely.shape)
    xi, sigma = float(shape[best]), float(scale[best])
    times = max(float(left[0]) / weeks / asked, 1.0)
    return min(float(LADDER[0]) + sigma / xi * float(times**xi - 1), MOST)


def show(name: str, found: Counts, monitors: int) -> None:
    """Mean, lowest and highest of each rate's monitors."""
    cells = [f"{one.mean():.2f} ({one.min():.2f}-{one.max():.2f})" for one in found.reshape(-1, monitors)]
    print(f"  {name}: " + " | ".join(cells), flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--learned", type=int, default=10)
    arguments.add_argument("--weeks", type=int, default=20)
    arguments.add_argument("--monitors", type=int, default=4)
    arguments.add_argument("--asked", type=float, default=0.25)
    given = arguments.parse_args()
    rates = np.array([rate for rate in RATES for _ in range(given.monitors)])
    for kind, said in KINDS.items():
        print(f"{kind}: alarms a week, {given.asked:g} asked, at {RATES} mentions a minute")
        run = partial(alarms, rates, said=said)
        still = [stacked([fixed(one)] * len(rates), EACH) for one in LADDER]
        counted = np.array([run(one, seed=11, learned=2, weeks=given.learned) for one in still])
        before = given.learned + 2
        for name, shapes in (("generalised Pareto", SHAPES), ("exponential", np.zeros(1))):
            wishes = [fixed(asks(one, given.learned, given.asked, shapes)) for one in counted.T]
            found = run(stacked(wishes, EACH), seed=12, learned=before, weeks=given.weeks)
            show(name, found / given.weeks, given.monitors)
        knob = stacked([replace(BALANCED, alarms_a_week=given.asked)] * len(rates), EACH)
        found = run(knob, seed=12, learned=before, weeks=given.weeks)
        show("knob", found / given.weeks, given.monitors)


if __name__ == "__main__":
    main()
