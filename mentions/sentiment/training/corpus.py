"""Labelled texts and lexicons, as read from the data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mentions.sentiment.model import LABELS

OPEN_SOURCES = ("semeval_en", "multibooked_ca")
"""Sources whose terms are clear; translations of them ("semeval_en_mt_fr") count as the source."""


class Sample(NamedTuple):
    """A text, the probabilities it should get (negative, neutral, positive), and how much it counts."""

    text: str
    target: tuple[float, float, float]
    weight: float = 1.0


def read_labelled(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (label, source, text) of each line of a TSV file with one header line."""
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            label, source, text = line.rstrip("\n").split("\t")
            yield label, source, text


def open_samples(path: Path, weight: float) -> list[Sample]:
    """Return the samples of `path` whose source is open, each with a certain label."""
    return [
        Sample(text, one_hot(label), weight)
        for label, source, text in read_labelled(path)
        if source.startswith(OPEN_SOURCES)
    ]


def corrected_samples(path: Path, lang: str) -> list[Sample]:
    """Return what people said of texts in `lang`: JSON lines as `tocsin corrections` writes them."""
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Sample(one["text"], one_hot(one["label"])) for one in told if one["lang"] == lang]


def one_hot(label: str) -> tuple[float, float, float]:
    """Return the certain target for `label`."""
    negative, neutral, positive = (float(label == each) for each in LABELS)
    return negative, neutral, positive


def read_lexicon(path: Path) -> dict[str, float]:
    """Return the valence (about -4 … 4) of each single-word term of a lexicon, in lower case."""
    with path.open(encoding="utf-8") as lines:
        next(lines)
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return {term.lower(): float(valence) for term, valence in rows if " " not in term}
