"""The file format of one language's tables: a JSON header, the words, then arrays of small integers.

    magic | header length (uint32) | header (JSON) | words (UTF-8, one a line)
    negative, positive (int16 a word) | valence (int8 a word)
    grams (2 x int8 a bucket) | pairs (2 x int8 a bucket)

All little-endian. Integers times the header's scale are logits against neutral; valences are thirty-seconds.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path

MAGIC = b"TOCSENT1"
VALENCE_SCALE = 1 / 32


class BrokenArtefact(Exception):
    """The file is no sentiment table of this version; build it again with `mentions.sentiment.train`."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the arrays. `dense` has one (negative, positive) pair per dense feature."""

    words: int
    word_bytes: int
    grams: int
    pairs: int
    word_scale: float
    gram_scale: float
    pair_scale: float
    bias: tuple[float, float]
    dense: list[tuple[float, float]]
    built: str
    """Name of the build and the sources of its training data."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The weights of one language, as read from its file."""

    header: Header
    words: list[str]
    negative: array[int]
    positive: array[int]
    valence: array[int]
    gram_negative: array[int]
    gram_positive: array[int]
    pair_negative: array[int]
    pair_positive: array[int]


def write(tables: Tables) -> bytes:
    """Return the file's bytes."""
    header = json.dumps(asdict(tables.header)).encode()
    head = MAGIC + struct.pack("<I", len(header)) + header + "\n".join(tables.words).encode()
    return head + b"".join(_little(part).tobytes() for part in _arrays(tables))


def read(raw: bytes) -> Tables:
    """Return the tables in `raw`. Raises BrokenArtefact."""
    header, at = _header(raw)
    words = raw[at : at + header.word_bytes].decode().split("\n")
    at += header.word_bytes
    sizes = [("h", header.words)] * 2 + [("b", header.words)]
    sizes += [("b", header.grams)] * 2 + [("b", header.pairs)] * 2
    parts: list[array[int]] = []
    for code, count in sizes:
        part = array(code)
        end = at + count * part.itemsize
        part.frombytes(raw[at:end])
        parts.append(_little(part))
        at = end
    if at != len(raw) or len(words) != header.words:
        raise BrokenArtefact("a sentiment table is cut short or too long")
    return Tables(header, words, *parts)


def _header(raw: bytes) -> tuple[Header, int]:
    """Return the header, and where the words begin."""
    if not raw.startswith(MAGIC):
        raise BrokenArtefact("a sentiment table starts with other bytes")
    try:
        (length,) = struct.unpack_from("<I", raw, len(MAGIC))
        at = len(MAGIC) + 4 + length
        fields = json.loads(raw[at - length : at])
    except (struct.error, ValueError) as error:
        raise BrokenArtefact("a sentiment table's header cannot be read") from error
    fields["bias"] = tuple(fields["bias"])
    fields["dense"] = [tuple(pair) for pair in fields["dense"]]
    return Header(**fields), at


def load(lang: str) -> Tables:
    """Return the tables of `lang` (en, es, fr or ca) that ship with the package."""
    return read((Path(__file__).parent / "tables" / f"{lang}.bin").read_bytes())


def _arrays(tables: Tables) -> list[array[int]]:
    return [
        tables.negative,
        tables.positive,
        tables.valence,
        tables.gram_negative,
        tables.gram_positive,
        tables.pair_negative,
        tables.pair_positive,
    ]


def _little(part: array[int]) -> array[int]:
    if sys.byteorder == "big":
        part = array(part.typecode, part)
        part.byteswap()
    return part
