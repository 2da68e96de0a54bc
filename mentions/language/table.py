"""Weights of character pieces by language, and their sums with few operations.

A row of the table is one byte a language (weight + 128), spread in memory to fields of 16 bits: read as one
large integer, a row is one addition. The sum of a word then becomes an integer of 32 bit fields, so that a
whole text is one addition a word. File: magic, header length (uint32), header (JSON), rows.
"""

from __future__ import annotations

import json
import struct
from importlib.resources import files
from math import sqrt

from mentions.language.words import BITS, bucket, spelled

MAGIC = b"TOCLANG1"
FIELDS = 16
WIDTH = 2 * FIELDS
_ZERO = 128
REMEMBERED = 100_000


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
        rows = raw[at + length :]
        if len(rows) != FIELDS << BITS:
            raise ValueError("a language table is cut short or too long")
        self._rows = _spread(rows)
        self._known: dict[str, tuple[int, int]] = {}
        self._pieces: dict[str, int] = {}
        self._fields = struct.Struct(f"<{FIELDS}I")

    @classmethod
    def load(cls) -> Table:
        """Return the table in the package."""
        return cls((files("mentions.language") / "languages.bin").read_bytes())

    def logits(self, words: list[str]) -> list[float]:
        """Return one logit per language (in the order of `langs`) for a text's words; all 0 for none."""
        total = count = 0
        get = self._known.get
        for word in words:
            value, pieces = get(word) or self._learn(word)
            total += value
            count += pieces
        base = _ZERO * count
        factor = self.scale / sqrt(count or 1)
        fields = self._fields.unpack(total.to_bytes(4 * FIELDS, "little"))
        return [(field - base) * factor for field in fields[: len(self.langs)]]

    def _learn(self, word: str) -> tuple[int, int]:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
            self._pieces.clear()
        parts = spelled(word)
        get, row = self._pieces.get, self._row
        total = sum([get(part) or row(part) for part in parts])
        wide = _spread_shorts(total.to_bytes(WIDTH, "little"))
        entry = self._known[word] = (int.from_bytes(wide, "little"), len(parts))
        return entry

    def _row(self, piece: str) -> int:
        """Return the row of a piece and remember it.

        A word has under 100 pieces, so that the 16 bits of a field hold the sum of its rows.
        """
        at = bucket(piece) * WIDTH
        value = int.from_bytes(self._rows[at : at + WIDTH], "little")
        self._pieces[piece] = value
        return value


def _spread(raw: bytes) -> bytes:
    """Return `raw` with a zero byte after each byte."""
    wide = bytearray(2 * len(raw))
    wide[::2] = raw
    return bytes(wide)


def _spread_shorts(raw: bytes) -> bytes:
    """Return `raw` with two zero bytes after each two bytes."""
    wide = bytearray(2 * len(raw))
    wide[::4] = raw[::2]
    wide[1::4] = raw[1::2]
    return bytes(wide)
