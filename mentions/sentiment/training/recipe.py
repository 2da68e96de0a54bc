"""What goes into each language's tables, and how much it counts."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from mentions.sentiment.training.corpus import (
    Sample,
    corrected_samples,
    one_hot,
    open_samples,
    read_lexicon,
    read_words,
    soft_samples,
)
from mentions.sentiment.training.own_text import sentences

PENALTY = 1.2e-5
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
SHARES = {"labelled": 0.35, "own": 1.2, "words": 0.5, "judged": 0.8, "people": 0.5, "emoji": 0.02}
"""Weight of each kind of sample as a whole, however many there are of it."""


def gather(lang: str, data: Path, derived: Path, corrections: Path | None = None) -> list[Sample]:
    """Return the samples of `lang`, weighted so that kinds, and classes of labelled ones, balance."""
    labelled = [
        sample for name, weight in LABELLED[lang].items() for sample in open_samples(data / name, weight)
    ]
    found = _share(_balance(labelled), SHARES["labelled"])
    found += _share(_emoji_samples(), SHARES["emoji"])
    if lang in OWN:
        made = sentences(lang, OWN_COUNT, random.Random(OWN_SEED))  # noqa: S311 (repeatable, not secret)
        found += _share([Sample(text, one_hot(label)) for label, text in made], SHARES["own"])
    for kind in ("words", "judged"):
        path = derived / f"{kind}_{lang}.tsv"
        if path.exists():
            found += _share(soft_samples(path, 1.0), SHARES[kind])
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


def valences(lang: str, data: Path, derived: Path) -> dict[str, float]:
    """Return the lexicon of `lang`: the published one, and a teacher's judgement on words where there is one.

    A word that only the teacher knows keeps its judgement if that is clear; where the two disagree in sign
    the mean is taken, shrunk.
    """
    lexicon = read_lexicon(data / f"lexicon_{lang}.tsv") | emoji()
    path = derived / f"words_{lang}.tsv"
    taught = read_words(path) if path.exists() else {}
    for word, judged in taught.items():
        said = lexicon.get(word)
        if said is not None:
            lexicon[word] = (said + judged) * (0.5 if said * judged > 0 else 0.4)
        elif abs(judged) > 0.8:
            lexicon[word] = judged
    return lexicon


def _balance(samples: list[Sample]) -> list[Sample]:
    totals = np.sum([np.array(sample.target) * sample.weight for sample in samples], axis=0)
    return [
        sample._replace(weight=sample.weight / float(totals @ np.array(sample.target))) for sample in samples
    ]


def _share(samples: list[Sample], share: float) -> list[Sample]:
    total = sum(sample.weight for sample in samples)
    return [sample._replace(weight=sample.weight * share / total) for sample in samples]
