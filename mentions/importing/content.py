"""The content of a file that was sent: unpacked, in pieces, within limits. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator
from typing import IO

from kit.errors import Invalid
from kit.languages import Sentence
from mentions.importing.encodings import SAMPLE

MAX_FILE = 100_000_000  # bytes, as sent and unpacked
MAX_LINE = 2_000_000  # bytes
MAX_MEMBERS = 1_000  # of one gzip
PIECE = 1 << 20  # bytes

_LINE_END = re.compile(rb"[\r\n]")
_CONTROLS = bytes(sign for sign in range(32) if sign not in b"\t\n\v\f\r\x1b")
_OTHERS = {
    b"PK\x03\x04": Sentence("This is a zip or an Excel file. Save it as CSV, and send that."),
    b"\xd0\xcf\x11\xe0": Sentence("This is an old Excel file. Save it as CSV, and send that."),
    b"%PDF": Sentence("This is a PDF. Send CSV or JSON lines."),
}


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces of PIECE bytes, a gzip unpacked.

    Invalid: empty, too large, no text, with a line that no mention needs, or a gzip that is broken.
    """
    size = line = 0
    for piece in _unpacked(file):
        if not size:
            _check_start(piece)
        size += len(piece)
        if size > MAX_FILE:
            raise Invalid("The file has more than {:,} bytes, unpacked. Send it in parts.", MAX_FILE)
        *ends, rest = _LINE_END.split(piece)
        longest = max((line + len(ends[0]), *map(len, ends[1:]))) if ends else 0
        line = len(rest) if ends else line + len(rest)
        if max(longest, line) > MAX_LINE:
            raise Invalid("A line of the file has more than {:,} bytes: this holds no mentions.", MAX_LINE)
        yield piece
    if not size:
        raise Invalid("The file is empty.", field="file")


def _check_start(piece: bytes) -> None:
    for start, words in _OTHERS.items():
        if piece.startswith(start):
            raise Invalid(words, field="file")
    start = piece[:SAMPLE]
    even, odd = start[::2].count(0), start[1::2].count(0)
    utf16 = (
        max(even, odd) > len(start) // 8 and min(even, odd) == 0
    )  # one half of the bytes has all the zeros
    if not utf16 and len(start) - len(start.translate(None, _CONTROLS)) > len(start) // 50:
        raise Invalid("This is no text. Send CSV or JSON lines.", field="file")


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    first = file.read(PIECE)
    if first.startswith(b"\x1f\x8b"):
        yield from _gunzipped(file, first)
        return
    while first:
        yield first
        first = file.read(PIECE)


def _gunzipped(file: IO[bytes], packed: bytes) -> Iterator[bytes]:
    """Never more than a piece at a time, however small it was packed."""
    members = 0
    try:
        while packed:
            members += 1
            if members > MAX_MEMBERS:
                raise zlib.error("too many members")
            packed = yield from _member(file, packed)
    except zlib.error as error:
        raise Invalid("The gzip is broken, or cut off.", field="file") from error


def _member(file: IO[bytes], packed: bytes) -> Generator[bytes, None, bytes]:
    """One archive of those that may stand one behind the other; returns what follows it."""
    unpacker = zlib.decompressobj(wbits=31)
    while packed:
        if piece := unpacker.decompress(packed, PIECE):
            yield piece
        if unpacker.eof:
            return unpacker.unused_data or file.read(PIECE)
        packed = unpacker.unconsumed_tail or file.read(PIECE)
    raise zlib.error("cut off")
