"""Fitted weights to the integer tables that ship."""

from __future__ import annotations

from array import array
from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.artefact import Tables
from mentions.sentiment.features import gram_buckets
from mentions.sentiment.training.encode import GRAMS, PAIRS

Floats = NDArray[np.float64]


def pack(tables: Tables, weights: Floats, built: str) -> Tables:
    """Return `tables` with `weights` (see encode for the order of features) rounded to integers.

    A word's own weight and those of its character grams are summed here, once, instead of at each use.
    """
    count = len(tables.words)
    words, grams, pairs = np.split(weights[: count + GRAMS + PAIRS], [count, count + GRAMS])
    dense, bias = weights[count + GRAMS + PAIRS : -1], weights[-1]
    whole = words + np.array([_spelled(word, grams) for word in tables.words])
    word_scale, word_ints = _round(whole, 32_000)
    gram_scale, gram_ints = _round(grams, 127)
    pair_scale, pair_ints = _round(pairs, 127)
    header = replace(
        tables.header,
        word_scale=word_scale,
        gram_scale=gram_scale,
        pair_scale=pair_scale,
        bias=(float(bias[0]), float(bias[1])),
        dense=[(float(to_negative), float(to_positive)) for to_negative, to_positive in dense],
        built=built,
    )
    return Tables(
        header,
        tables.words,
        array("h", word_ints[:, 0].tolist()),
        array("h", word_ints[:, 1].tolist()),
        tables.valence,
        array("b", gram_ints[:, 0].tolist()),
        array("b", gram_ints[:, 1].tolist()),
        array("b", pair_ints[:, 0].tolist()),
        array("b", pair_ints[:, 1].tolist()),
    )


def _spelled(word: str, grams: Floats) -> Floats:
    buckets = gram_buckets(word)
    return np.asarray(grams[buckets].sum(0) / sqrt(len(buckets) or 1))


def _round(weights: Floats, most: int) -> tuple[float, NDArray[np.int64]]:
    """Return the scale and the integers; the largest thousandth of all weights is clipped."""
    size = np.abs(weights)
    top = float(np.quantile(size[size > 0], 0.999)) if (size > 0).any() else 1.0
    scale = (top if most < 1000 else float(size.max())) / most or 1.0
    return scale, np.clip(np.rint(weights / scale), -most, most).astype(np.int64)
