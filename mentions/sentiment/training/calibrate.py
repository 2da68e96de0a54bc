"""Class offsets chosen on the development files: two numbers a language, so little can be overfitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.artefact import Tables
from mentions.sentiment.model import LABELS

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]
STEPS = np.arange(-1.2, 1.21, 0.1)
CARE = 0.1
"""What a point of the negatives' recall is worth in points of macro-F1: a missed complaint costs most."""
BLUR = 2
"""Neighbouring steps that are averaged, so that a lucky spike on few texts is not taken for a hill."""


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

    Each group is (logits: texts x 2, truth: class numbers); groups count alike, whatever their size.
    """
    surface = np.zeros((len(STEPS), len(STEPS)))
    for (row, up), (column, down) in product(enumerate(STEPS), enumerate(STEPS)):
        for logits, truth in groups:
            guess = guesses(logits + np.array([up, down]))
            surface[row, column] += macro_f1(truth, guess) + CARE * recall(truth, guess)
    smooth = _blur(surface)
    best_row, best_column = divmod(int(smooth.argmax()), len(STEPS))
    return float(STEPS[best_row]), float(STEPS[best_column])


def guesses(logits: Floats) -> Classes:
    """Return the likeliest class of each row of logits of negative and positive."""
    full = np.stack([logits[:, 0], np.zeros(len(logits)), logits[:, 1]], axis=1)
    return np.asarray(full.argmax(1), np.int64)


def shifted(tables: Tables, add: tuple[float, float]) -> Tables:
    """Return `tables` with `add` on the biases."""
    negative, positive = tables.header.bias
    return replace(tables, header=replace(tables.header, bias=(negative + add[0], positive + add[1])))


def _blur(surface: Floats) -> Floats:
    padded = np.pad(surface, BLUR, mode="edge")
    reach = range(2 * BLUR + 1)
    rows, columns = surface.shape
    return np.asarray(sum(padded[r : r + rows, c : c + columns] for r, c in product(reach, reach)))
