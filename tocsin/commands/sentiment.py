"""`tocsin sentiment`: JSON lines `{"text", "lang"?}` in, JSON lines `{"lang", "label", "score"}` out.

Where "lang" is absent the language is identified. Works on what is ready to read, so that memory stays flat
however long the input is, and a slow pipe gets its answers line by line.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator
from io import BufferedReader
from typing import IO, NamedTuple, cast

from mentions.language import identify
from mentions.sentiment.scorer import Scorer

READ = 1 << 18
"""Bytes asked for at a time; what a pipe has ready is answered at once, however little it is."""
LONGEST_LANG = 35
"""Characters in the longest language tag that BCP 47 asks systems to accept (RFC 5646, section 4.4.1)."""


class Line(NamedTuple):
    """One line of input."""

    text: str
    lang: str | None


class BadLine(Exception):
    """A line that is not what the command reads. The message says what is wrong, `number` where (from 1)."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.description = "Score the sentiment of texts: JSON lines from stdin to JSON lines on stdout."
    parser.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="NAME",
        help="a brand, product or person whose name must not count as praise or blame; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """Score stdin to stdout. Returns 0, or 2 after one line on stderr that names the broken line."""
    gc.disable()  # what is kept are words and their weights, which hold no cycles: a tenth less time
    scorer = Scorer.load(mask=args.mask)
    try:
        _pump(cast(BufferedReader, sys.stdin.buffer), sys.stdout.buffer, scorer)
    except BadLine as error:
        print(f"tocsin sentiment: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _hush()
    return 0


def _pump(source: BufferedReader, sink: IO[bytes], scorer: Scorer) -> None:
    number = 0
    for lines in _ready(source):
        batch, broken = _parse_all(lines, number)
        number += len(lines)
        if batch:
            sink.write(_answers(batch, scorer))
            sink.flush()
        if broken is not None:
            raise broken


def _ready(source: BufferedReader) -> Iterator[list[bytes]]:
    """Yield the whole lines of each read; a line longer than a read is kept in pieces until it ends."""
    pieces: list[bytes] = []
    while chunk := source.read1(READ):
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join([*pieces, whole]).split(b"\n")
            pieces = []
        pieces.append(rest)
    if last := b"".join(pieces):
        yield [last]


def _parse_all(lines: list[bytes], before: int) -> tuple[list[Line], BadLine | None]:
    """Return the lines parsed, and the first broken one, so that those before it are still answered."""
    batch: list[Line] = []
    for number, raw in enumerate(lines, before + 1):
        if not raw.strip():
            continue
        try:
            batch.append(_parse(number, raw))
        except BadLine as error:
            return batch, error
    return batch, None


def _answers(batch: list[Line], scorer: Scorer) -> bytes:
    langs = [line.lang for line in batch]
    asked = [at for at, lang in enumerate(langs) if lang is None]
    for at, found in zip(asked, identify([batch[at].text for at in asked]), strict=True):
        langs[at] = found.code
    judged = scorer.score([line.text for line in batch], langs)
    return "".join(
        f'{{"lang": "{lang}", "label": "{one.label}", "score": {one.score:.4f}}}\n'
        for lang, one in zip(langs, judged, strict=True)
    ).encode("ascii")


def _parse(number: int, raw: bytes) -> Line:
    try:
        found = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(number, f"not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise BadLine(number, f"not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise BadLine(number, "not JSON that can be read: nested too deeply or a number too long") from error
    if not isinstance(found, dict):
        raise BadLine(number, 'expected an object such as {"text": "..."}')
    return Line(_text(number, found), _lang(number, found))


def _text(number: int, found: dict[str, object]) -> str:
    if "text" not in found:
        raise BadLine(number, '"text" is missing')
    text = found["text"]
    if not isinstance(text, str):
        raise BadLine(number, '"text" is not a string')
    if not text.isascii() and not _is_encodable(text):
        raise BadLine(number, '"text" holds half of a surrogate pair')
    return text


def _lang(number: int, found: dict[str, object]) -> str | None:
    """Return the language without its region ("es-MX" is "es"), None where it is absent, empty or null."""
    lang = found.get("lang")
    if lang is None or lang == "":
        return None
    if not isinstance(lang, str):
        raise BadLine(number, '"lang" is not a string')
    bare = lang.replace("_", "-").partition("-")[0].lower()
    if len(lang) > LONGEST_LANG or not (bare.isascii() and bare.isalpha()):
        raise BadLine(number, '"lang" is not a language code such as "es"')
    return None if bare == "und" else bare


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _hush() -> None:
    """The reader went away. Point stdout at nothing, so that closing it at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
