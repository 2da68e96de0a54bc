"""Build `languages.bin`: a linear classifier over hashed character pieces.

    python -m mentions.language.train TEXTS OUT

TEXTS is a folder with one file per language, `en.txt`, `fr.txt` … (one text a line), and, where there are
any, `en.fragments.txt` … (pieces of words without their edges, one line of pieces a sample):
`mentions.language.gather` makes it. The posts and words of our own that sentiment learns from are added.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.language.table import MAGIC
from mentions.language.words import LONGEST as LONGEST_WORD
from mentions.language.words import SIZES, word_hash, words
from mentions.sentiment.scorer import LANGS
from mentions.sentiment.training import own_text, own_words
from mentions.texts.pieces import hashed

PIECES, WORDS = 1 << 17, 1 << 16
"""Buckets of pieces and of whole words: one byte a language each."""
MOST = 30_000
"""Texts a language and kind."""
SHORTEST, LONGEST = 1, 14
"""Words in a sample: mostly fewer than in a post, so that short ones are told too."""
OWN_TIMES, OWN_WORDS = 4, 4_000
"""How often an own post is cut to a window, and how many samples of a few own words are drawn."""
FIRST = ("en", "es", "ca", "fr")
"""The product's own languages: needed, listed first and weighted, as most of what it meets is in them."""
PREFERENCE = 4.0
OFFSETS = {"en": -0.5, "es": 1.0, "fr": 1.0, "ca": 1.0}
"""Added to a language's logits, chosen on the development posts: the texts learnt from are more formal."""


def windows(texts: Iterable[str], dice: random.Random) -> Iterator[list[str]]:
    """Yield the words of one random window of each text."""
    for text in texts:
        found = words(text)
        size = dice.randint(SHORTEST, LONGEST)
        at = dice.randint(0, max(0, len(found) - size))
        if found:
            yield found[at : at + size]


def samples(folder: Path, lang: str, dice: random.Random) -> tuple[list[list[str]], list[list[str]]]:
    """Return one language's samples: lists of whole words, and lists of pieces of words (without edges)."""
    texts = _lines(folder / f"{lang}.txt")
    dice.shuffle(texts)
    fragments = _lines(folder / f"{lang}.fragments.txt")
    whole = [*texts[:MOST], *(own(lang, dice) if lang in LANGS else ())]
    return list(windows(whole, dice)), [line.split() for line in fragments[:MOST]]


def own(lang: str, dice: random.Random) -> list[str]:
    """Return our posts in `lang`, and its words by two to five: a short text is hardly more than that."""
    posts = [text for _, text in own_text.posts(lang)] * OWN_TIMES
    forms = list(own_words.valences(lang))
    return posts + [" ".join(dice.sample(forms, dice.randint(2, 5))) for _ in range(OWN_WORDS)]


def matrix(texts: Sequence[Sequence[str]], *, whole: bool) -> Any:
    """Return the CSR matrix of bucket counts, each row divided by the root of its sum.

    `whole`: the texts hold words, whose edges count and which have a bucket of their own.
    """
    from scipy import sparse

    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    flat = [word for text in texts for word in text]
    spelled = [f"<{word[:LONGEST_WORD]}>" for word in flat] if whole else flat
    rows, columns = [], []
    for hashes, owners in hashed(spelled, SIZES):
        rows.append(owner[owners])
        columns.append((hashes & np.uint32(PIECES - 1)).astype(np.int64))
    if whole:
        rows.append(owner)
        columns.append(np.array([PIECES + (word_hash(word) & (WORDS - 1)) for word in flat]))
    row, column = np.concatenate(rows), np.concatenate(columns)
    share = 1 / np.sqrt(np.bincount(row, minlength=len(texts)))
    shape = (len(texts), PIECES + WORDS)
    return sparse.csr_matrix((share[row].astype(np.float32), (row, column)), shape=shape)


def pack(langs: list[str], weights: NDArray[np.float64]) -> bytes:
    """Return the file for `weights` (languages x buckets)."""
    centred = weights - weights.mean(0)
    scale = float(np.quantile(np.abs(centred[centred != 0]), 0.9995)) / 127
    rows = np.clip(np.rint(centred.T / scale), -127, 127).astype(np.int8)
    header = json.dumps(
        {"langs": langs, "scale": scale, "offsets": OFFSETS, "pieces": PIECES, "words": WORDS}
    ).encode()
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, rows.tobytes()])


def main(folder: Path, out: Path) -> None:
    """Train on `folder` and write `out`."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    dice = random.Random(0)  # noqa: S311 (a fixed shuffle, not a secret)
    langs = sorted(path.stem for path in folder.glob("??.txt"))
    langs.sort(key=lambda lang: FIRST.index(lang) if lang in FIRST else len(FIRST))
    blocks, labels = [], []
    for at, lang in enumerate(langs):
        for texts, whole in zip(samples(folder, lang, dice), (True, False), strict=True):
            if texts:
                blocks.append(matrix(texts, whole=whole))
                labels += [at] * len(texts)
    target = np.array(labels)
    share = np.bincount(target)[target] / np.where(target < len(FIRST), PREFERENCE, 1.0)
    model = LogisticRegression(C=5.0, fit_intercept=False, max_iter=60, tol=1e-3)
    model.fit(sparse.vstack(blocks).tocsr(), target, sample_weight=share.mean() / share)
    out.write_bytes(pack(langs, model.coef_))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _arguments() -> argparse.Namespace:
    """Ends the process with 2 and what is lacking."""
    parser = argparse.ArgumentParser(
        prog="python -m mentions.language.train", description="Build the table of languages."
    )
    parser.add_argument("texts", metavar="TEXTS", type=Path, help="en.txt, es.txt, ca.txt, fr.txt, …")
    parser.add_argument("out", metavar="OUT", type=Path, help="the file to write")
    found = parser.parse_args()
    if missing := [name for lang in FIRST if not (found.texts / (name := f"{lang}.txt")).is_file()]:
        parser.error(f"{found.texts} lacks {', '.join(missing)}; docs/sentiment.md says what it holds")
    if find_spec("sklearn") is None or find_spec("scipy") is None:
        parser.error("this needs the extra `train`: pip install -e '.[train]'")
    return found


if __name__ == "__main__":
    arguments = _arguments()
    main(arguments.texts, arguments.out)
