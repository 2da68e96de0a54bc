"""Class offsets chosen on the development files: two numbers a language, so little can be overfitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from mentions.sentiment.artefact import Tables
from mentions.sentiment.model import LABELS

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]
STEPS = np.arange(-2.0, 2.01, 0.1)
CARE = 0.15
"""What a point of the negatives' recall is worth in points of macro-F1: a missed complaint costs most."""


def macro_f1(truth: Classes, guess: Classes) -> float:
    """Return the unweighted mean of the three classes' F1, 0 … 1."""
    scores = []
    for label in range(len(LABELS)):
        hits = int(((truth == label) & (guess == label)).sum())
        scores.append(2 * hits / max(1, int((truth == label).sum() + (guess == label).sum())))
    return sum(scores) / len(scores)


def recall(truth: Classes, guess: Classes) -> float:
    """Return the share of the negatives that are found, 0 … 1."""
    return float(((truth == 0) & (guess == 0)).sum() / max(1, int((truth == 0).sum())))


def offsets(groups: Sequence[tuple[Floats, Classes]]) -> tuple[float, float]:
    """Return what to add to the logits of negative and positive that serves the groups best.

    Each group is (logits: texts x 2, truth: class numbers); groups count alike, whatever their size. What is
    made the most of is the macro-F1 to be expected if each text's class were drawn from its probabilities:
    on few texts it jumps far less than counted hits do.
    """
    shift = _fitted(groups)
    felt = [(logits, _chances(logits, shift)) for logits, _ in groups]
    worth = {
        (up, down): sum(_worth(guesses(logits + np.array([up, down])), chances) for logits, chances in felt)
        for up, down in product(STEPS.tolist(), STEPS.tolist())
    }
    return max(worth, key=worth.__getitem__)


def guesses(logits: Floats) -> Classes:
    """Return the likeliest class of each row of logits of negative and positive."""
    full = np.stack([logits[:, 0], np.zeros(len(logits)), logits[:, 1]], axis=1)
    return np.asarray(full.argmax(1), np.int64)


def shifted(tables: Tables, add: tuple[float, float]) -> Tables:
    """Return `tables` with `add` on the biases."""
    negative, positive = tables.header.bias
    return replace(tables, header=replace(tables.header, bias=(negative + add[0], positive + add[1])))


def _fitted(groups: Sequence[tuple[Floats, Classes]]) -> Floats:
    """Return the offsets of negative and positive, and the factor before them, of least log-loss."""

    def loss(shift: Floats) -> float:
        found = ((_chances(logits, shift), truth) for logits, truth in groups)
        return -sum(float(np.log(chances[np.arange(len(truth)), truth]).mean()) for chances, truth in found)

    return np.asarray(minimize(loss, [0.0, 0.0, 1.0], method="Nelder-Mead").x)


def _chances(logits: Floats, shift: Floats) -> Floats:
    """Return the probabilities, texts x 3, of logits times the factor plus the offsets in `shift`."""
    moved = logits * shift[2] + shift[:2]
    full = np.stack([moved[:, 0], np.zeros(len(moved)), moved[:, 1]], axis=1)
    powers = np.exp(full - full.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def _worth(guess: Classes, chances: Floats) -> float:
    """Return the expected macro-F1, and recall of the negatives at what it is worth."""
    chosen = np.eye(len(LABELS))[guess]
    hits, there, said = (chosen * chances).sum(0), chances.sum(0), chosen.sum(0)
    return float((2 * hits / (there + said)).mean() + CARE * hits[0] / there[0])
