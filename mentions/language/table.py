"""Weights of character pieces and whole words by language, and their sums over many texts at once.

File: magic, header length (uint32), header (JSON: langs, scale, offsets, pieces, words), then one byte a
language for each bucket of pieces and each bucket of whole words. A weight times the scale is a logit; the
offsets are added to a text's.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mentions.language.words import LONGEST, SIZES, word_hash
from mentions.texts.pieces import summed, with_nothing
from mentions.texts.spellings import Columns, Spellings

MAGIC = b"TOCLANG2"
Floats = NDArray[np.float64]


class Table:
    """The weights, and a memory of the words met."""

    def __init__(self, raw: bytes) -> None:
        """Read the file's bytes. Raises ValueError when they are something else."""
        if not raw.startswith(MAGIC):
            raise ValueError(
                "a language table starts with other bytes: build it with mentions.language.train"
            )
        (length,) = struct.unpack_from("<I", raw, len(MAGIC))
        at = len(MAGIC) + 4
        header = json.loads(raw[at : at + length])
        self.langs: list[str] = header["langs"]
        self.scale: float = header["scale"]
        self._offsets = np.array([header["offsets"].get(lang, 0.0) for lang in self.langs])
        rows, width = header["pieces"] + header["words"], len(self.langs)
        if len(raw) != at + length + rows * width:
            raise ValueError("a language table is cut short or too long")
        weights = np.frombuffer(raw, np.int8, offset=at + length).reshape(rows, width)
        self._pieces, self._words = with_nothing(weights[: header["pieces"]]), weights[header["pieces"] :]
        self._spellings = Spellings(self._learnt)

    @classmethod
    def load(cls) -> Table:
        """Return the table in the package."""
        return cls((Path(__file__).parent / "languages.bin").read_bytes())

    def logits(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Return one row a text: a logit for each language, in the order of `langs`.

        Each text is its words; the sum of their weights is divided by the root of how many there are, so that
        a longer text is surer, but not in proportion. A text without words gets zeros.
        """
        sums, counts = self._spellings.of(texts)
        sizes = np.fromiter(map(len, texts), np.intp, len(texts))
        found = np.zeros((len(texts), len(self.langs)))
        full = np.flatnonzero(sizes)
        if len(full):
            starts = np.cumsum(sizes[full]) - sizes[full]
            counts = np.add.reduceat(counts, starts)
            sums = np.add.reduceat(sums, starts)
            found[full] = sums * (self.scale / np.sqrt(counts))[:, None] + self._offsets
        return found

    def _learnt(self, words: Sequence[str]) -> Columns:
        """Return the sum of each word's weights by language, and how many weights that are."""
        total, count = summed(self._pieces, [f"<{word[:LONGEST]}>" for word in words], SIZES)
        mask = len(self._words) - 1
        total += self._words[np.fromiter((word_hash(word) & mask for word in words), np.intp, len(words))]
        return total, count + 1
