"""Build `languages.bin`: a linear classifier over hashed character pieces.

    python -m mentions.language.train TEXTS OUT

TEXTS is a folder with one file per language, `en.txt`, `fr.txt` … (one text a line), and, where there are
any, `en.fragments.txt` … (pieces of words without their edges, one line of pieces a sample). The sources of
the table in the package are in `docs/sentiment.md`. Needs the `train` extra.
"""

from __future__ import annotations

import json
import random
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from mentions.language.table import FIELDS, MAGIC
from mentions.language.words import BITS, bucket, pieces, spelled, words

MOST = 16_000
"""Samples a language and kind."""
SHORTEST, LONGEST = 2, 14
"""Words in a sample: mostly fewer than in a post, so that short ones are told too."""
FIRST = ("en", "es", "ca", "fr")
"""The product's own languages: listed first, and weighted, as most of what it meets is in them."""
PREFERENCE = 4.0


def windows(texts: Iterable[str], dice: random.Random) -> Iterator[list[int]]:
    """Yield the buckets of one random window of words of each text."""
    for text in texts:
        found = words(text)
        size = dice.randint(SHORTEST, LONGEST)
        at = dice.randint(0, max(0, len(found) - size))
        sample = [bucket(piece) for word in found[at : at + size] for piece in spelled(word)]
        if sample:
            yield sample


def fragments(lines: Iterable[str]) -> Iterator[list[int]]:
    """Yield the buckets of each line of word pieces."""
    for line in lines:
        yield [bucket(piece) for part in line.split() for piece in pieces(part)]


def samples(folder: Path, lang: str, dice: random.Random) -> list[list[int]]:
    """Return the bucket lists of one language's texts and fragments."""
    texts = _lines(folder / f"{lang}.txt")
    dice.shuffle(texts)
    pieces_of = _lines(folder / f"{lang}.fragments.txt")
    return [*windows(texts[:MOST], dice), *fragments(pieces_of[:MOST])]


def matrix(rows: list[list[int]]) -> Any:
    """Return the CSR matrix of bucket counts, each row divided by the root of its sum."""
    columns, values, ends = array("i"), array("f"), [0]
    for row in rows:
        columns.extend(row)
        values.extend([1 / len(row) ** 0.5] * len(row))
        ends.append(len(columns))
    data = np.frombuffer(values, np.float32), np.frombuffer(columns, np.int32), np.array(ends)
    built = sparse.csr_matrix(data, shape=(len(rows), 1 << BITS))
    built.sum_duplicates()
    return built


def pack(langs: list[str], weights: NDArray[np.float64]) -> bytes:
    """Return the file for `weights` (languages x buckets)."""
    centred = weights - weights.mean(0)
    scale = float(np.quantile(np.abs(centred[centred != 0]), 0.9995)) / 127
    rows = np.full((1 << BITS, FIELDS), 128, np.uint8)
    rows[:, : len(langs)] = np.clip(np.rint(centred.T / scale), -127, 127) + 128
    header = json.dumps({"langs": langs, "scale": scale}).encode()
    return MAGIC + struct.pack("<I", len(header)) + header + rows.tobytes()


def main(folder: Path, out: Path) -> None:
    """Train on `folder` and write `out`."""
    dice = random.Random(0)  # noqa: S311 (a fixed shuffle, not a secret)
    langs = sorted(path.stem for path in folder.glob("??.txt"))
    langs.sort(key=lambda lang: FIRST.index(lang) if lang in FIRST else len(FIRST))
    rows: list[list[int]] = []
    labels: list[int] = []
    for at, lang in enumerate(langs):
        found = samples(folder, lang, dice)
        rows += found
        labels += [at] * len(found)
    target = np.array(labels)
    share = np.bincount(target)[target] / np.where(target < len(FIRST), PREFERENCE, 1.0)
    model = LogisticRegression(C=5.0, fit_intercept=False, max_iter=60, tol=1e-3)
    model.fit(matrix(rows), target, sample_weight=share.mean() / share)
    out.write_bytes(pack(langs, model.coef_))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
