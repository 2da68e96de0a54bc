"""JSON lines in, JSON lines out: what is ready is answered at once, memory stays flat and no pipe waits."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from typing import IO, Any, TypeVar, cast

READ = 1 << 18
"""Bytes asked for at a time; what a pipe has ready is answered at once, however little it is."""

LONGEST = 10_000_000
"""Bytes of a line: what has no end is refused before the memory is full."""

Line = TypeVar("Line")


class BadLine(Exception):
    """A line that is not what the command reads. The message says what is wrong, `number` where (from 1)."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number


def run(
    name: str,
    parse: Callable[[int, dict[str, object]], Line],
    answer: Callable[[Sequence[Line]], bytes],
) -> int:
    """Answer stdin on stdout. Returns 0, or 2 after one line on stderr that names the broken line.

    `parse` makes what is worked on of a line's number and object, or raises BadLine; `answer` writes the
    lines for a batch. What stands before a broken line is still answered.
    """
    try:
        _pump(cast(BufferedReader, sys.stdin.buffer), sys.stdout.buffer, parse, answer)
    except BadLine as error:
        print(f"tocsin {name}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _hush()
    return 0


def text_of(number: int, found: dict[str, object]) -> str:
    """The line's "text", which can be written as UTF-8; BadLine otherwise."""
    if "text" not in found:
        raise BadLine(number, '"text" is missing')
    text = found["text"]
    if not isinstance(text, str):
        raise BadLine(number, '"text" is not a string')
    if not text.isascii() and not _is_encodable(text):
        raise BadLine(number, '"text" holds half of a surrogate pair')
    return text


def _pump(
    source: BufferedReader,
    sink: IO[bytes],
    parse: Callable[[int, dict[str, object]], Line],
    answer: Callable[[Sequence[Line]], bytes],
) -> None:
    number = 0
    for lines in _ready(source):
        if lines is None:
            raise BadLine(number + 1, f"longer than {LONGEST:,} bytes")
        batch, broken = _parse_all(lines, number, parse)
        number += len(lines)
        if batch:
            sink.write(answer(batch))
            sink.flush()
        if broken is not None:
            raise broken


def _ready(source: BufferedReader) -> Iterator[list[bytes] | None]:
    """Yield the whole lines of each read; a line longer than a read is kept in pieces until it ends.

    None: the next line is longer than LONGEST.
    """
    pieces: list[bytes] = []
    held = 0
    while chunk := source.read1(READ):
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join([*pieces, whole]).split(b"\n")
            pieces, held = [], 0
        pieces.append(rest)
        held += len(rest)
        if held > LONGEST:
            yield None
    if last := b"".join(pieces):
        yield [last]


def _parse_all(
    lines: list[bytes], before: int, parse: Callable[[int, dict[str, object]], Line]
) -> tuple[list[Line], BadLine | None]:
    """Return the lines parsed, and the first broken one, so that those before it are still answered."""
    batch: list[Line] = []
    for number, raw in enumerate(lines, before + 1):
        if not raw.strip():
            continue
        try:
            batch.append(parse(number, _object(number, raw)))
        except BadLine as error:
            return batch, error
    return batch, None


def _object(number: int, raw: bytes) -> dict[str, object]:
    try:
        found: Any = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(number, f"not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise BadLine(number, f"not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise BadLine(number, "not JSON that can be read: nested too deeply or a number too long") from error
    if not isinstance(found, dict):
        raise BadLine(number, 'expected an object such as {"text": "..."}')
    return found


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _hush() -> None:
    """The reader went away. Point stdout at nothing, so that closing it at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
