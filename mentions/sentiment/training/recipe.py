"""What goes into each language's tables, and how much it counts."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from mentions.sentiment.training import own_words
from mentions.sentiment.training.corpus import (
    Sample,
    corrected_samples,
    one_hot,
    open_samples,
    read_lexicon,
)
from mentions.sentiment.training.own_text import posts, sentences

PENALTY = {"en": 1.2e-5, "es": 1.2e-5, "fr": 6e-5, "ca": 1.2e-5}
"""How much large weights cost; French patterns weigh single words too much without more of it."""
LEAST = 3
"""Times a word must stand in the training texts to be kept by name."""

OWN = ("es", "fr", "ca")
"""Languages with sentences of our own; English has 49,000 real ones."""
OWN_COUNT, OWN_SEED = 6000, 1

LABELLED = {
    "en": {"train_en.tsv": 1.0},
    "es": {"aug_es.tsv": 1.0},
    "fr": {"aug_fr.tsv": 1.0},
    "ca": {"aug_ca.tsv": 1.0, "train_ca.tsv": 4.0},
}
SHARES = {"labelled": 0.35, "own": 1.2, "people": 0.5, "emoji": 0.02}
"""Weight of each kind of sample as a whole, however many there are of it."""
POSTS = {"en": 0.1, "es": 0.4, "fr": 0.4, "ca": 0.4}
"""The same for own posts; English has real ones enough."""


def gather(lang: str, data: Path, corrections: Path | None = None) -> list[Sample]:
    """Return the samples of `lang`, weighted so that kinds, and classes of labelled ones, balance."""
    labelled = [
        sample for name, weight in LABELLED[lang].items() for sample in open_samples(data / name, weight)
    ]
    found = _share(_balance(labelled), SHARES["labelled"])
    found += _share(_emoji_samples(), SHARES["emoji"])
    if lang in OWN:
        made = sentences(lang, OWN_COUNT, random.Random(OWN_SEED))  # noqa: S311 (repeatable, not secret)
        found += _share([Sample(text, one_hot(label)) for label, text in made], SHARES["own"])
    found += _share(_balance([Sample(text, one_hot(label)) for label, text in posts(lang)]), POSTS[lang])
    if corrections is not None and (said := corrected_samples(corrections, lang)):
        found += _share(said, SHARES["people"])
    return found


def emoji() -> dict[str, float]:
    """Return the valence of the common emoji."""
    return read_lexicon(Path(__file__).parent / "own" / "emoji.tsv")


def _emoji_samples() -> list[Sample]:
    """One emoji as a whole text: the labelled texts are older than most of them."""
    return [Sample(sign, _target(valence)) for sign, valence in emoji().items()]


def _target(valence: float) -> tuple[float, float, float]:
    feeling = abs(valence) / 5
    return (feeling, 1 - feeling, 0.0) if valence < 0 else (0.0, 1 - feeling, feeling)


def valences(lang: str, data: Path) -> dict[str, float]:
    """Return the lexicon of `lang`: the published one, with our own words before it."""
    return read_lexicon(data / f"lexicon_{lang}.tsv") | emoji() | own_words.valences(lang)


def _balance(samples: list[Sample]) -> list[Sample]:
    totals = np.sum([np.array(sample.target) * sample.weight for sample in samples], axis=0)
    return [
        sample._replace(weight=sample.weight / float(totals @ np.array(sample.target))) for sample in samples
    ]


def _share(samples: list[Sample], share: float) -> list[Sample]:
    total = sum(sample.weight for sample in samples)
    return [sample._replace(weight=sample.weight * share / total) for sample in samples]
