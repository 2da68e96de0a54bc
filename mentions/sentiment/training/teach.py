"""A teacher's judgement where no labels are: a classifier over multilingual sentence embeddings.

    python -m mentions.sentiment.training.teach DATA DERIVED

Writes, for es, fr and ca, DERIVED/words_XX.tsv (words of the translations and the lexicons) and
judged_XX.tsv (sentences of our own): three probabilities and the text; and the classifier itself to
tables/accurate.json, half of the accurate tier. It learns from English posts, their translations and
MultiBooked. A sentence embedding of one language lies apart from another's, so each language's mean is taken
off before the classifier sees it; that, with the classes' shares evened out, is what carries it across
languages. Needs the `train` extra; 50,000 words and 30,000 texts, an hour or less on one core. What is
embedded is kept in DERIVED/embedded.npz: stopped and started again, it goes on where it was.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.model import LABELS
from mentions.sentiment.plugged.accurate import FILE
from mentions.sentiment.tokens import normalised, split
from mentions.sentiment.training.corpus import read_labelled, read_lexicon
from mentions.sentiment.training.embed import Embedder
from mentions.sentiment.training.own_text import sentences
from mentions.sentiment.training.recipe import OWN

Floats = NDArray[np.float64]
Labelled = list[tuple[str, str]]

ENGLISH_EACH, TRANSLATED_EACH = 3000, 1000
"""Posts a class that the classifier learns from: English, and of each translation."""
TRANSLATED_WEIGHT = 0.3
PENALTY = 0.01
SHARPNESS = 1.5
OWN_COUNT, OWN_TRUST = 3600, 0.5
"""Own sentences a language, and how much their own label counts beside the judgement."""
OFFSETS = {"en": (-0.5, -0.4), "es": (-1.0, -1.0), "fr": (0.6, 0.6), "ca": (-0.3, -0.3)}
"""Added to the accurate tier's logits of negative and positive, chosen on the development posts."""
OFTEN = 4
"""Times that a word must stand in the translations to be judged."""


class Teacher:
    """The classifier, and each language's centre."""

    def __init__(self, data: Path, embedder: Embedder) -> None:
        """Learn from the files in `data`."""
        from sklearn.linear_model import LogisticRegression

        self._embedder = embedder
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
        self._spread = features.std(0)
        share = np.bincount(truth, weights)[truth]
        model: Any = LogisticRegression(C=PENALTY, max_iter=500)
        model.fit(features / self._spread, truth, sample_weight=len(truth) * np.array(weights) / share / 3)
        self.weights: Floats = SHARPNESS * (model.coef_ / self._spread).T

    def logits(self, texts: list[str]) -> Floats:
        """Return three centred logits a text, texts being all of one language and kind."""
        rows = self._embedder.rows(texts)
        found = (rows - rows.mean(0)) @ self.weights
        return np.asarray(found - found.mean(0))

    def save(self, path: Path) -> None:
        """Write the accurate tier's file."""
        rounded = {lang: [round(x, 5) for x in centre.tolist()] for lang, centre in self.centres.items()}
        weights = [[round(x, 4) for x in row] for row in self.weights.tolist()]
        told = {"centres": rounded, "weights": weights, "offsets": OFFSETS}
        path.write_text(json.dumps(told) + "\n", encoding="utf-8")


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of each row."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def words(data: Path, lang: str) -> list[str]:
    """Return the words of `lang` worth judging: those of the lexicon and the frequent ones."""
    counts: Counter[str] = Counter()
    for _, _, text in read_labelled(data / f"aug_{lang}.tsv"):
        counts.update(name.lstrip("#") for name in normalised(split(text, lang)))
    often = [word for word, count in counts.items() if count >= OFTEN]
    known = dict.fromkeys([*often, *read_lexicon(data / f"lexicon_{lang}.tsv")])
    return [word for word in known if word.isalpha() and len(word) > 2]


def judge_words(teacher: Teacher, data: Path, folder: Path, lang: str) -> None:
    """Write words_XX.tsv. Logits are scaled to unit variance: one word says less than it seems to."""
    found = words(data, lang)
    logits = teacher.logits(found)
    _write(folder / f"words_{lang}.tsv", found, softmax(logits / logits.std() + np.array([0, 0.3, 0])))


def judge_own(teacher: Teacher, folder: Path, lang: str) -> None:
    """Write judged_XX.tsv."""
    made = sentences(lang, OWN_COUNT, random.Random(0))  # noqa: S311 (repeatable, not secret)
    texts = [text for _, text in made]
    found = _mixed(softmax(teacher.logits(texts)), [label for label, _ in made], OWN_TRUST)
    _write(folder / f"judged_{lang}.tsv", texts, found)


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


def _mixed(judged: Floats, labels: list[str], trust: float) -> Floats:
    own = np.eye(len(LABELS))[[LABELS.index(label) for label in labels]]
    return np.asarray(trust * own + (1 - trust) * judged)


def _write(path: Path, texts: list[str], probabilities: Floats) -> None:
    rows = zip(texts, probabilities.clip(1e-4, 1), strict=True)
    path.write_text(
        "".join("\t".join([*(f"{p:.4f}" for p in row), text]) + "\n" for text, row in rows), "utf-8"
    )


def main() -> None:
    """Learn, judge, and write everything."""
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    teacher = Teacher(data, Embedder(folder))
    teacher.save(FILE)
    for lang in OWN:
        judge_words(teacher, data, folder, lang)
        judge_own(teacher, folder, lang)


if __name__ == "__main__":
    main()
