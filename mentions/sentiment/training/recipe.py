"""What goes into each language's tables, and how much it counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mentions.sentiment.training.corpus import Sample, open_samples, read_lexicon, read_words, soft_samples

PENALTY = 1e-5
LEAST = 3
"""Times a word must stand in the training texts to be kept by name."""

LABELLED = {
    "en": {"train_en.tsv": 1.0},
    "es": {"aug_es.tsv": 1.0},
    "fr": {"aug_fr.tsv": 1.0},
    "ca": {"aug_ca.tsv": 1.0, "train_ca.tsv": 1.0},
}
SHARES = {"labelled": 1.0, "words": 0.5, "soft": 1.0}
"""Weight of each kind of sample as a whole, however many there are of it."""


def gather(lang: str, data: Path, derived: Path) -> list[Sample]:
    """Return the samples of `lang`, weighted so that kinds and, among the labelled, classes are in balance."""
    labelled = [
        sample for name, weight in LABELLED[lang].items() for sample in open_samples(data / name, weight)
    ]
    found = _share(_balance(labelled), SHARES["labelled"])
    for kind in ("words", "soft"):
        path = derived / f"{kind}_{lang}.tsv"
        if path.exists():
            found += _share(soft_samples(path, 1.0), SHARES[kind])
    return found


def valences(lang: str, data: Path, derived: Path) -> dict[str, float]:
    """Return the lexicon of `lang`: the published one, and a teacher's judgement on words where there is one.

    A word that only the teacher knows keeps its judgement if that is clear; where the two disagree in sign the
    mean is taken, shrunk.
    """
    lexicon = read_lexicon(data / f"lexicon_{lang}.tsv")
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
