"""A setting that would have done better by what people said: found by back-test, set by a person. Pure part.

    cost = MISSED x missed crises + refused alarms + UNJUDGED x alarms of which nobody said anything

A candidate is proposed when it costs at least one less than what is set, and misses no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from alerts.backtest.run import Trial
from alerts.backtest.trial import Choice
from alerts.backtest.verdict import Record
from alerts.detection.settings import PRESETS, Settings
from alerts.tuning.chosen import DetectorSetting, followed
from alerts.tuning.numbers import LEAST_ALARMS, MOST_ALARMS, NUMBERS
from alerts.tuning.service import Wish

MISSED = 5.0
UNJUDGED = 0.2

FACTORS = {"surer": 1.5, "sooner": 1 / 1.5}
"""By what the scores are multiplied in the candidates beside the presets, or alarms a week divided."""


def candidates(row: DetectorSetting) -> list[tuple[Choice, Wish]]:
    """What is set now, first; then the other presets, and what is set with other scores.

    Where alarms a week are asked for, the scores follow from them: then it is others a week.
    """
    now, set_now = followed(row), Wish(row.preset, row.edited, row.persist_minutes, row.alarms_a_week)
    if row.alarms_a_week is None:
        wishes = {name: Wish(name) for name in PRESETS if name != row.preset}
        for name, factor in FACTORS.items():
            wishes[name] = Wish(row.preset, {**_numbers(now), **_scores(now, factor)}, row.persist_minutes)
    else:
        asked = {name: round(row.alarms_a_week / factor, 2) for name, factor in FACTORS.items()}
        wishes = {
            name: replace(set_now, alarms_a_week=min(max(alarms, LEAST_ALARMS), MOST_ALARMS))
            for name, alarms in asked.items()
        }
    return [(Choice("current", now), set_now)] + [
        (Choice(name, wish.settings()), wish) for name, wish in wishes.items()
    ]


def _numbers(settings: Settings) -> dict[str, float]:
    return {name: float(settings.at(0)[name]) for name in NUMBERS}


def _scores(settings: Settings, factor: float) -> dict[str, float]:
    """Both scores, kept within what may be set."""
    return {
        name: min(
            max(round(float(settings.at(0)[name]) * factor, 1), NUMBERS[name].least), NUMBERS[name].most
        )
        for name in ("score", "harm_score")
    }


def cost(record: Record) -> float:
    """What a record costs people; the less the better."""
    return MISSED * record.missed + record.refused + UNJUDGED * record.unjudged


def better(trials: Sequence[Trial]) -> Trial | None:
    """The cheapest of the candidates behind the first one, if it is worth a person's look."""
    now, *others = trials
    able = [one for one in others if one.record.missed <= now.record.missed]
    best = min(able, key=lambda one: cost(one.record), default=None)
    if best is None or cost(best.record) > cost(now.record) - 1:
        return None
    return best


def told(record: Record) -> dict[str, Any]:
    """Ready for JSON."""
    names = (
        "confirmed",
        "refused",
        "unjudged",
        "crises",
        "missed",
        "precision",
        "recall",
        "delay",
        "per_week",
    )
    return {"alarms": len(record.alarms), **{name: getattr(record, name) for name in names}}


def stored(wish: Wish) -> dict[str, Any]:
    """A wish ready for JSON; `Wish(**stored(wish))` is the same."""
    return asdict(wish)
