"""The rows of a CSV, whatever its delimiter and wherever its header stands; and of JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from kit import not_json
from mentions.drafts.draft import MAX_TEXT, storable
from mentions.sources.columns import plain
from mentions.texts.text import fold

PREAMBLE = 60  # lines in which a header is looked for
AHEAD = 4_000_000  # characters of the lines that are looked at before any is read
_LIMIT = re.compile(r"field limit \((\d+)\)")
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class BadLine:
    """A line that holds no mention; `number` counts from 1, the header included."""

    number: int
    reason: str
    value: str = ""
    """What stood there, where the reason does not say it."""


Row = tuple[int, dict[str, Any] | BadLine]
IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Table:
    """A CSV: its columns, and its rows by the number of the line they begin in."""

    header: list[str]
    rows: Iterator[Row]


def table(file: IO[str], *, first: str, is_header: Sequence[IsHeader]) -> Table:
    """The CSV in this file. `first` is its likeliest delimiter.

    The header is the row that the earliest of `is_header` takes for one, with whichever delimiter; where none
    does, it is the first row, with the delimiter that gives the most rows as many cells. Exports of suites
    have rows of their own before it.
    """
    csv.field_size_limit(10 * MAX_TEXT)
    lines = (line.replace("\0", "") for line in file)
    ahead = beginning(lines, PREAMBLE)
    delimiter, skipped = _find_header(ahead, first, is_header)
    reader = csv.reader(chain(ahead, lines), delimiter=delimiter)
    rows = islice(_cells(reader), skipped, None)
    header: list[str] = []
    for _, cells in rows:
        if not isinstance(cells, BadLine):
            header = [storable(cell).replace("\ufeff", "").strip() for cell in cells]
            break
    return Table(header, _rows(header, rows))


def beginning(lines: Iterator[str], most: int) -> list[str]:
    """The first lines, so many at most; fewer where they are wide, as what is read of them takes memory."""
    found: list[str] = []
    size = 0
    while size < AHEAD and len(found) < most and (line := next(lines, None)) is not None:
        found.append(line)
        size += len(line)
    return found


def _find_header(ahead: list[str], first: str, is_header: Sequence[IsHeader]) -> tuple[str, int]:
    """The delimiter, and how many rows stand before the header."""
    order = (first, *(sign for sign in DELIMITERS if sign != first))
    parsed = {sign: [cells for _, cells in _cells(csv.reader(ahead, delimiter=sign))] for sign in order}
    for takes in is_header:
        for sign in order:
            for skipped, cells in enumerate(parsed[sign]):
                if not isinstance(cells, BadLine) and takes(cells):
                    return sign, skipped
    return max(order, key=lambda sign: _even(parsed[sign])), 0


def _even(rows: Sequence[list[str] | BadLine]) -> int:
    """How many of the rows have as many cells as the first; none where that is one cell."""
    widths = [len(cells) for cells in rows if not isinstance(cells, BadLine)]
    return widths.count(widths[0]) if widths and widths[0] > 1 else 0


def _cells(reader: Any) -> Iterator[tuple[int, list[str] | BadLine]]:
    """Each row that is not empty, with the line it begins in."""
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, BadLine(number, f"is not CSV: {_why(error)}")
            continue
        if cells:
            yield number, cells


def _why(error: csv.Error) -> str:
    limit = _LIMIT.search(str(error))
    return f"a cell has more than {limit[1]} characters" if limit else "its cells cannot be told apart"


def _rows(header: list[str], rows: Iterable[tuple[int, list[str] | BadLine]]) -> Iterator[Row]:
    return (_row(number, header, cells) for number, cells in rows)


def _row(number: int, header: list[str], cells: list[str] | BadLine) -> Row:
    if isinstance(cells, BadLine):
        return number, cells
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()  # delimiters at the end of the line
    if len(cells) != len(header):
        return number, BadLine(number, f"has {len(cells)} cells where the header has {len(header)}")
    if any(_torn(cell) for cell in cells):
        return number, BadLine(number, "is not UTF-8")
    return number, dict(zip(header, cells, strict=True))


def json_rows(file: Iterable[str]) -> Iterator[Row]:
    """Each line that is not empty, as the object it holds."""
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield number, _json_row(number, line)


def _json_row(number: int, line: str) -> dict[str, Any] | BadLine:
    if _torn(line):
        return BadLine(number, "is not UTF-8")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"is not JSON: {not_json.why(error)}")
    return found if isinstance(found, dict) else BadLine(number, "is not a JSON object")


def _torn(text: str) -> bool:
    """Whether some of the bytes behind this text were no UTF-8."""
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def name_of(column: str) -> str:
    """A column's name as usual names are written: `Created At` is `created_at`, `País` is `pais`."""
    return fold(plain(column)).replace(" ", "_").replace("-", "_")
