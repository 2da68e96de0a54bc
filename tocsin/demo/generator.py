"""What an invented public says about two invented brands: calm days, and four kinds of crisis.

Everything comes from the given `random.Random`, so one seed gives one history.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from math import exp
from zoneinfo import ZoneInfo

from mentions.draft import MentionDraft
from tocsin.demo import voice
from tocsin.demo.voice import pick

LANGUAGES = {"es": 0.40, "ca": 0.22, "fr": 0.20, "en": 0.18}
"""Share of each language: the brands are at home in Barcelona, Palma and Sète."""
TONES = {"praise": 0.27, "question": 0.24, "news": 0.23, "complaint": 0.26}
"""Share of each tone on calm days."""
KINDS = ("service_outage", "accident", "product_defect", "complaint_wave")
"""The crises; the texts of a product defect are about Brisa, the others about Almadía Ferries."""
PAPER_SHARE = 0.5  # of calm news come from papers, which have many followers

PEAK_PER_MINUTE = 45.0
RISE_MINUTES = 5.0  # after which word of mouth has grown to two thirds of the peak
HOLD_MINUTES = 20.0  # until people begin to turn to something else
FADE_MINUTES = 90.0  # time constant of that

HOME = ZoneInfo("Europe/Madrid")
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 11, 11, 11, 12, 13, 12, 11, 11, 12, 13, 14, 15, 14, 10, 5)
"""Relative activity by the hour in HOME."""
WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.15, 1.05, 0.9)
"""Relative activity from Monday to Sunday."""


def calm(
    rng: random.Random, start: datetime, minutes: float, rate_per_minute: float, brand: str
) -> list[MentionDraft]:
    """Ordinary talk about the brand (`almadia` or `brisa`), in order of time.

    `rate_per_minute` is the mean over a week; nights are quiet, evenings and Fridays busy.
    """
    most = max(HOURS) * max(WEEKDAYS) / _mean_activity()

    def share(moment: datetime) -> float:
        local = moment.astimezone(HOME)
        return HOURS[local.hour] * WEEKDAYS[local.weekday()] / _mean_activity() / most

    times = _arrivals(rng, start, minutes, rate_per_minute * most, share)
    return [_mention(rng, moment, brand, brand, pick(rng, TONES)) for moment in times]


def crisis(
    rng: random.Random,
    start: datetime,
    minutes: float,
    kind: str,
    brand: str,
    *,
    peak_per_minute: float = PEAK_PER_MINUTE,
) -> list[MentionDraft]:
    """Talk about a crisis of one of KINDS, in order of time: first voices, a steep rise, a slow fading."""

    def share(moment: datetime) -> float:
        since = (moment - start) / timedelta(minutes=1)
        return (1 - exp(-((since / RISE_MINUTES) ** 1.5))) * exp(
            -max(0.0, since - HOLD_MINUTES) / FADE_MINUTES
        )

    times = _arrivals(rng, start, minutes, peak_per_minute, share)
    return [_mention(rng, moment, brand, "crisis", kind) for moment in times]


def _arrivals(
    rng: random.Random, start: datetime, minutes: float, rate: float, share: Callable[[datetime], float]
) -> Iterator[datetime]:
    """Moments of a Poisson process of `rate` per minute, thinned to the `share` (0 … 1) of each moment."""
    at = rng.expovariate(rate)
    while at < minutes:
        moment = start + timedelta(minutes=at)
        if rng.random() < share(moment):
            yield moment
        at += rng.expovariate(rate)


@cache
def _mean_activity() -> float:
    return sum(HOURS) / len(HOURS) * sum(WEEKDAYS) / len(WEEKDAYS)


def _mention(rng: random.Random, moment: datetime, brand: str, section: str, tone: str) -> MentionDraft:
    lang = pick(rng, LANGUAGES)
    native_id = f"{rng.getrandbits(64):016x}"
    paper = tone == "news" and rng.random() < PAPER_SHARE
    author = voice.paper(rng) if paper else voice.person(rng)
    return MentionDraft(
        native_id=native_id,
        text=voice.say(rng, lang, brand, section, tone),
        published_at=moment,
        author=author,
        followers=int(rng.lognormvariate(10.0 if paper else 5.5, 1.2)),
        url=f"https://social.example/{author}/{native_id}",
        lang=lang,
    )
