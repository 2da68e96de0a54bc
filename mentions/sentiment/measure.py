"""How well the tables in the package judge: macro-F1 and the negatives, on texts held back from each choice.

    python -m mentions.sentiment.measure DATA

Writes `tables/accuracy.json`, which the product shows. The development texts trained nothing, but the two
class offsets of a language are chosen on them. So they are cut into FOLDS parts, and each part is judged with
offsets chosen on the other parts. Needs the `train` extra.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment import artefact
from mentions.sentiment.model import LABELS
from mentions.sentiment.scorer import LANGS, Language
from mentions.sentiment.tokens import split
from mentions.sentiment.training.calibrate import guesses, macro_f1, offsets, recall
from mentions.sentiment.training.corpus import read_labelled

FOLDS = 5
FILE = Path(__file__).parent / "tables" / "accuracy.json"

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]


def measure(lang: str, path: Path) -> list[dict[str, Any]]:
    """Return the figures of `lang` for each source of its development file, in per cent."""
    lines = list(read_labelled(path))
    language = Language(lang, artefact.load(lang), frozenset())
    chances = np.log(language.probabilities([split(text, lang) for *_, text in lines]).clip(1e-12))
    logits = np.stack([chances[:, 0] - chances[:, 1], chances[:, 2] - chances[:, 1]], axis=1)
    truth = np.array([LABELS.index(label) for label, *_ in lines])
    sources = np.array([source for _, source, _ in lines])
    guess = held_back(logits, truth, sources)
    return [
        figures(source, truth[sources == source], guess[sources == source])
        for source in dict.fromkeys(sources)
    ]


def held_back(logits: Floats, truth: Classes, sources: NDArray[np.str_]) -> Classes:
    """Return each text's class under offsets that were chosen without its fold."""
    fold = np.random.default_rng(0).permutation(len(truth)) % FOLDS
    found = np.zeros(len(truth), np.int64)
    for each in range(FOLDS):
        groups = [(sources == source) & (fold != each) for source in dict.fromkeys(sources)]
        chosen = offsets([(logits[rows], truth[rows]) for rows in groups])
        found[fold == each] = guesses(logits[fold == each] + np.array(chosen))
    return found


def figures(source: str, truth: Classes, guess: Classes) -> dict[str, Any]:
    """Return macro-F1, and recall and precision of the negatives, in per cent with one decimal."""
    hits = int(((truth == 0) & (guess == 0)).sum())
    return {
        "source": str(source),
        "texts": len(truth),
        "macro_f1": round(100 * macro_f1(truth, guess), 1),
        "negative_recall": round(100 * recall(truth, guess), 1),
        "negative_precision": round(100 * hits / max(1, int((guess == 0).sum())), 1),
    }


def main(data: Path) -> None:
    """Measure all languages and write the file."""
    found = {lang: measure(lang, data / f"dev_{lang}.tsv") for lang in LANGS}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for lang, sources in found.items():
        for one in sources:
            print(lang, *one.values())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
