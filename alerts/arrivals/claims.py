"""How sure and how grave what arrives is, by the numbers that the monitor's detector is set to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np

from alerts.arrivals.said import Past, Said, Spread
from alerts.arrivals.words import RARE, Cluster, clusters
from alerts.detection.formulae import count_evidence
from alerts.detection.logarithm import log
from alerts.detection.settings import Settings
from alerts.detection.severity import PRAISE_SHARE, Inputs, weigh
from alerts.levels import rank

FORMULA = "arrival-2"
WINDOW_MINUTES = 60
STORY_MINUTES = 10
FEWEST_TEXTS = 200
"""Of the past, below which every other word would be new."""
FEWEST_DAYS, STORY_DAYS = 1.0, 3
"""Of the past that must be known for words, and for stories (whole ones)."""
MOST_TIMES = 4
"""Times the median day that a day's fastest story counts for at most."""
MOST_DAYS = 14
SHARE = 0.05
"""Of all accounts in the window that must use the word: what a few of thousands say is no event."""
HARM_SHARE = 0.25
"""Of the accounts that must speak of harm for it to count."""


@dataclass(frozen=True)
class Arrival:
    """What was found in one look: enough to open an alert of it."""

    signal: str
    minute: int
    evidence: dict[str, Any]
    inputs: Inputs

    @property
    def weight(self) -> tuple[int, float]:
        """The graver, then the surer."""
        return rank(weigh(self.inputs).level), float(self.evidence["score"])


@dataclass(frozen=True)
class Looked:
    """A window, and all that it is judged by."""

    minute: int
    """In which it ended."""
    said: Sequence[Said]
    """Each wording once."""
    stories: Sequence[Spread]
    past: Past
    settings: Settings
    campaign: bool
    """Something is announced for these minutes: then only what is negative or harmful is told."""


def gravest(looked: Looked) -> Arrival | None:
    """The gravest of what arrived, the surest of equals; None where nothing did."""
    found = [
        *(_of_words(looked, cluster) for cluster in clusters(looked.said, looked.past.known)),
        *(_of_story(looked, story) for story in looked.stories),
    ]
    told = [one for one in found if one is not None and not _passed_over(looked, one.inputs)]
    return max(told, key=lambda one: one.weight, default=None)


def enough(said: Sequence[Said], stories: Sequence[Spread], settings: Settings) -> bool:
    """Whether so many accounts use one word, or copy one story, that it may be told."""
    users = Counter(word for words in _words_of_accounts(said).values() for word in words)
    most = max([*users.values(), *(story.accounts for story in stories)], default=0)
    return most >= float(settings.floor)


def _words_of_accounts(said: Iterable[Said]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in said:
        found.setdefault(one.account, set()).update(one.words)
    return found


def _passed_over(looked: Looked, given: Inputs) -> bool:
    """Praise is told as an opportunity; what a campaign brings was announced."""
    praise = given.positive >= PRAISE_SHARE * given.independent
    return bool(weigh(given).told) and (praise or looked.campaign)


def _of_words(looked: Looked, cluster: Cluster) -> Arrival | None:
    past, settings = looked.past, looked.settings
    if past.texts < FEWEST_TEXTS or past.days < FEWEST_DAYS:
        return None
    whole = len({one.account for one in looked.said})
    share, observed = _new_share(past.texts), float(cluster.accounts)
    expected = whole * share
    looked_at = len({word for one in looked.said for word in one.words})
    score = _score_of_words(observed, expected, looked_at)
    if score < settings.score or observed < max(float(settings.floor), SHARE * whole):
        return None
    numbers = _numbers(looked, observed, expected, 1.0, score, WINDOW_MINUTES)
    words = ", ".join(word for word, _ in cluster.terms)
    arrived = {
        "terms": [{"term": word, "count": count} for word, count in cluster.terms],
        "mentions": [one.id for one in cluster.said],
        "words": looked_at,
    }
    evidence = {
        **numbers,
        "kind": "terms",
        "since": cluster.said[0].minute,
        "whole": float(whole),
        "usual_share": share,
        "arrived": arrived,
        "reason": f"{cluster.accounts} accounts in {WINDOW_MINUTES} min use words that at most {RARE} of"
        f" {past.texts} earlier texts have: {words}.",
    }
    return Arrival("terms", looked.minute, evidence, _inputs_of_words(looked, cluster, numbers))


def _inputs_of_words(looked: Looked, cluster: Cluster, numbers: Mapping[str, Any]) -> Inputs:
    """There is no usual number of accounts that it could be faster than: its ratio is left out."""
    harmed = sum(one.harm for one in cluster.said)
    return _inputs(
        looked,
        {**numbers, "ratio": 0.0},
        signal="terms",
        mentions=cluster.accounts,
        negative=_count(cluster.said, "negative"),
        positive=_count(cluster.said, "positive"),
        harmed=harmed,
    )


def _of_story(looked: Looked, story: Spread) -> Arrival | None:
    settings = looked.settings
    if len(looked.past.fastest) < STORY_DAYS:
        return None
    expected, dispersion = _usual_of_stories(looked.past.fastest)
    observed = float(story.accounts)
    score = _evidence(observed, expected, dispersion)
    if score < settings.score or observed < max(float(settings.floor), settings.ratio * expected):
        return None
    numbers = _numbers(looked, observed, expected, dispersion, score, STORY_MINUTES)
    evidence = {
        **numbers,
        "kind": "story",
        "since": story.minute,
        "whole": 0.0,
        "usual_share": 0.0,
        "arrived": {
            "story": story.story,
            "velocity": story.accounts / STORY_MINUTES,
            "copies": story.copies,
        },
        "reason": f"{story.accounts} accounts copied one text within {STORY_MINUTES} min, where the fastest"
        f" story of a day has {expected:.1f}.",
    }
    inputs = _inputs(
        looked,
        numbers,
        signal="story",
        mentions=story.copies,
        copies=story.copies,
        negative=story.negative,
        positive=story.positive,
        harmed=story.accounts if story.harm else 0,
    )
    return Arrival("story", looked.minute, evidence, inputs)


def _usual_of_stories(fastest: Sequence[int]) -> tuple[float, float]:
    """Mean and dispersion of the fastest story of a day; one that went round the world is cut."""
    usual = np.array(fastest, dtype=np.float64)
    usual = np.minimum(usual, MOST_TIMES * max(1.0, float(np.median(usual))))
    expected = max(1.0, float(usual.mean()))
    return expected, max(1.0, float(usual.var()) / expected)


def _new_share(texts: int) -> float:
    """Of the accounts that a word may have which stands in RARE of so many texts."""
    return (RARE + 0.5) / (texts + 1)


def _score_of_words(observed: float, expected: float, looked_at: int) -> float:
    return _evidence(observed, expected, 1.0) - float(log(np.array(float(looked_at))))


def from_numbers(claimed: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a claim again from those in its evidence that were counted."""
    observed, past, arrived = claimed["observed"], claimed["past"], claimed["arrived"]
    if claimed["kind"] == "terms":
        share = _new_share(past["texts"])
        expected = claimed["whole"] * share
        score = _score_of_words(observed, expected, arrived["words"])
        return {**_figures(observed, expected, 1.0, score), "usual_share": share}
    expected, dispersion = _usual_of_stories(past["fastest"])
    return _figures(observed, expected, dispersion, _evidence(observed, expected, dispersion))


def _evidence(observed: float, expected: float, dispersion: float) -> float:
    return float(count_evidence(np.array([observed]), np.array([expected]), np.array([dispersion]))[0])


def _numbers(
    looked: Looked, observed: float, expected: float, dispersion: float, score: float, minutes: int
) -> dict[str, Any]:
    """What each claim says in numbers, under the names of `alerts.detection.evidence.explain`."""
    return {
        "formula": FORMULA,
        "minute": looked.minute,
        "window_minutes": minutes,
        "history_minutes": int(looked.past.days * 1440),
        "insufficient_history": False,
        "cold": False,
        "state": "enough history",
        "firing": True,
        **_figures(observed, expected, dispersion, score),
        "thresholds": asdict(looked.settings),
    }


def _figures(observed: float, expected: float, dispersion: float, score: float) -> dict[str, float]:
    return {
        "observed": observed,
        "expected": expected,
        "spread": sqrt(dispersion * expected),
        "ratio": observed / expected,
        "dispersion": dispersion,
        "score": score,
    }


def _inputs(looked: Looked, numbers: Mapping[str, Any], *, harmed: int, **counted: Any) -> Inputs:
    settings, accounts = looked.settings, int(numbers["observed"])
    return Inputs(
        observed=numbers["observed"],
        expected=numbers["expected"],
        ratio=numbers["ratio"],
        dispersion=numbers["dispersion"],
        score=float(settings.score),
        lower=float(settings.lower),
        floor=float(settings.floor),
        red_floor=float(settings.red_floor),
        red_ratio=float(settings.red_ratio),
        usual_negative=looked.past.negative,
        accounts=accounts,
        independent=accounts,
        harm=harmed >= max(float(settings.harm_floor), HARM_SHARE * accounts),
        harmed=harmed,
        **counted,
    )


def _count(said: Iterable[Said], sentiment: str) -> int:
    return sum(one.sentiment == sentiment for one in said)
