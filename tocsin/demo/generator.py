"""What an invented public says about two invented brands: calm days, and four kinds of crisis.

Everything comes from the given `random.Random`, so one seed gives one history.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from math import exp
from zoneinfo import ZoneInfo

from mentions.drafts.draft import MentionDraft
from tocsin.demo import public, voice
from tocsin.demo.voice import pick

LANGUAGES = {"es": 0.40, "ca": 0.22, "fr": 0.20, "en": 0.18}
"""Share of each language: the brands are at home in Barcelona, Palma and Sète."""
TONES = {
    "news": 0.49, "complaint": 0.18, "praise": 0.20, "question": 0.11,
    "lead": 0.014, "media": 0.003, "threat": 0.003,
}  # fmt: skip
"""Share of each tone on calm days; `news` is what people do and what companies announce."""
VOICES = {"kind": 0.86, "ask": 0.08, "support": 0.03, "press": 0.02, "threat": 0.01}
"""Who speaks in a crisis: most are of its own kind."""
KINDS = ("service_outage", "accident", "product_defect", "complaint_wave")
"""The crises; the texts of a product defect are about Brisa, the others about Almadía Ferries."""
PAPER_SHARE = 0.03  # of calm news come from papers
CALM_ECHO = {"own": 0.93, "repost": 0.025, "quote": 0.005, "reply": 0.04}
CRISIS_ECHO = {"own": 0.72, "repost": 0.13, "quote": 0.04, "reply": 0.11}
"""What people do with what others said."""
ECHOES = {"repost": public.repost, "quote": public.quote, "reply": public.reply}

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
    said: list[MentionDraft] = []
    for moment in times:
        said.append(_echoed(rng, _calm_voice(rng, moment, brand), said, CALM_ECHO))
    return said


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
    said: list[MentionDraft] = []
    for moment in times:
        said.append(_echoed(rng, _crisis_voice(rng, moment, brand, kind), said, CRISIS_ECHO))
    return said


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


def _calm_voice(rng: random.Random, moment: datetime, brand: str) -> MentionDraft:
    lang, tone = pick(rng, LANGUAGES), pick(rng, TONES)
    if tone == "news" and rng.random() < PAPER_SHARE:
        return public.article(rng, lang, voice.report(rng, lang, brand, brand, tone), moment)
    return public.post(rng, lang, voice.say(rng, lang, brand, brand, tone), moment)


def _crisis_voice(rng: random.Random, moment: datetime, brand: str, kind: str) -> MentionDraft:
    lang, who = pick(rng, LANGUAGES), pick(rng, VOICES)
    if who == "press":
        return public.article(rng, lang, voice.report(rng, lang, brand, "crisis", kind), moment)
    text = voice.say(rng, lang, brand, "crisis", kind, asks="" if who == "kind" else who)
    return public.post(rng, lang, text, moment)


def _echoed(
    rng: random.Random, said: MentionDraft, earlier: list[MentionDraft], weights: Mapping[str, float]
) -> MentionDraft:
    """What was said by itself, or as an echo of what was said before. Papers echo nobody."""
    how = pick(rng, weights)
    echo = ECHOES.get(how)
    return echo(rng, said, earlier) if echo and earlier and said.kind != "article" else said
