"""The accurate tier's classifier over multilingual sentence embeddings.

    python -m mentions.sentiment.training.teach DATA FOLDER

Writes tables/accurate.json. It learns from English posts, their translations and MultiBooked. A sentence
embedding of one language lies apart from another's, so each language's mean is taken off before the
classifier sees it; that, with the classes' shares evened out, is what carries it across languages. Needs the
`train` extra; 20,000 texts, half an hour on one core. What is embedded is kept in FOLDER/embedded.npz:
stopped and started again, it goes on where it was.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.model import LABELS
from mentions.sentiment.plugged.accurate import FILE
from mentions.sentiment.training.corpus import read_labelled
from mentions.sentiment.training.embed import Embedder

Floats = NDArray[np.float64]
Labelled = list[tuple[str, str]]

ENGLISH_EACH, TRANSLATED_EACH = 3000, 1000
"""Posts a class that the classifier learns from: English, and of each translation."""
TRANSLATED_WEIGHT = 0.3
PENALTY = 0.01
SHARPNESS = 1.5
OFFSETS = {"en": (-0.5, -0.5), "es": (-0.8, -1.0), "fr": (0.1, 0.3), "ca": (-0.3, -0.6)}
"""Added to the accurate tier's logits of negative and positive, as `calibrate.offsets` chose them."""


class Classifier:
    """Its weights, and each language's centre."""

    def __init__(self, data: Path, embedder: Embedder) -> None:
        """Learn from the files in `data`."""
        from sklearn.linear_model import LogisticRegression

        self.centres: dict[str, Floats] = {}
        groups = _groups(data)
        rows, labels, weights = [], [], []
        for name, weight, samples in groups:
            found = embedder.rows([text for _, text in samples])
            self.centres.setdefault(name, found.mean(0))
            rows.append(found - found.mean(0))
            labels += [LABELS.index(label) for label, _ in samples]
            weights += [weight] * len(samples)
        features, truth = np.concatenate(rows), np.array(labels)
        spread = features.std(0)
        share = np.bincount(truth, weights)[truth]
        model: Any = LogisticRegression(C=PENALTY, max_iter=500)
        model.fit(features / spread, truth, sample_weight=len(truth) * np.array(weights) / share / 3)
        self.weights: Floats = SHARPNESS * (model.coef_ / spread).T

    def save(self, path: Path) -> None:
        """Write the accurate tier's file."""
        rounded = {lang: [round(x, 5) for x in centre.tolist()] for lang, centre in self.centres.items()}
        weights = [[round(x, 4) for x in row] for row in self.weights.tolist()]
        told = {"centres": rounded, "weights": weights, "offsets": OFFSETS}
        path.write_text(json.dumps(told) + "\n", encoding="utf-8")


def _groups(data: Path) -> list[tuple[str, float, Labelled]]:
    """Return (language, weight, samples) of each kind of text; each kind has a centre of its own."""
    dice = random.Random(0)  # noqa: S311 (repeatable, not secret)
    groups = [("en", 1.0, _some(data / "train_en.tsv", "semeval_en", ENGLISH_EACH, dice))]
    dice = random.Random(1)  # noqa: S311
    for lang in ("es", "ca", "fr"):
        chosen = _some(data / f"aug_{lang}.tsv", "semeval_en", TRANSLATED_EACH, dice)
        groups.append((lang, TRANSLATED_WEIGHT, chosen))
    groups.append(("ca", 1.0, _some(data / "train_ca.tsv", "multibooked_ca", ENGLISH_EACH, dice)))
    return groups


def _some(path: Path, source: str, each: int, dice: random.Random) -> Labelled:
    by_label: dict[str, Labelled] = {}
    for label, origin, text in read_labelled(path):
        if origin.startswith(source):
            by_label.setdefault(label, []).append((label, text))
    chosen = []
    for lines in by_label.values():
        dice.shuffle(lines)
        chosen += lines[:each]
    return chosen


def main() -> None:
    """Learn and write."""
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    Classifier(data, Embedder(folder)).save(FILE)


if __name__ == "__main__":
    main()
