"""Mentions out of files: CSV with a header, or JSON lines. A bad line is named, the rest is read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from kit.errors import Invalid
from mentions.draft import FIELDS, MAX_TEXT, MentionDraft, parse

ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "native_id", "post_id", "tweet_id", "status_id", "guid"),
    "text": ("text", "full_text", "body", "content", "message", "tweet", "comment", "review"),
    "published_at": ("published_at", "created_at", "timestamp", "created", "published", "date", "time"),
    "author": ("author", "username", "screen_name", "user", "author_name"),
    "followers": ("followers", "followers_count"),
    "url": ("url", "link", "permalink"),
    "lang": ("lang", "language"),
    "arrived_at": ("arrived_at", "arrived"),
}
"""Usual column names for our fields, the first that a file has is taken."""

LOOK_AHEAD = 200  # JSON lines read before deciding which names the file uses
MAX_AHEAD = timedelta(minutes=5)  # a clock may be a little off
JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}
CSV_ENDINGS = {".csv", ".tsv"}


@dataclass(frozen=True)
class BadLine:
    """A line that holds no mention; `number` counts from 1, the header included."""

    number: int
    reason: str


Row = tuple[int, dict[str, Any] | BadLine]


def read(
    path: Path, *, field_map: Mapping[str, str], now: datetime, zone: tzinfo | None = None
) -> Iterator[MentionDraft | BadLine]:
    """Every line of the file, as a draft or as what is wrong with it.

    `field_map` (ours to theirs) goes before the usual names. Raises Invalid when the file cannot be opened,
    or when a mapped or needed column is not in it; this happens before the first line is given out.
    """
    rows = _rows(path)
    ahead = list(islice(rows, LOOK_AHEAD))
    names = {name: None for _, row in ahead if isinstance(row, dict) for name in row}
    resolved = resolve(field_map, list(names)) if names else {}
    return _drafts([*ahead], rows, resolved, now, zone)


def resolve(field_map: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """Which of the file's names holds each of our fields. Invalid for what is unknown on either side."""
    for ours, theirs in field_map.items():
        if ours not in FIELDS:
            raise Invalid(f"--map {ours}={theirs}: {ours!r} is not one of {', '.join(FIELDS)}", field="map")
        if theirs not in names and theirs.split(".")[0] not in names:
            raise Invalid(f"--map {ours}={theirs}: the file has only {', '.join(names)}", field="map")
    found = dict(field_map)
    for ours, aliases in ALIASES.items():
        usual = next((alias for alias in aliases if alias in names), None)
        if ours not in found and usual is not None:
            found[ours] = usual
    if "text" not in found:
        raise Invalid(f"no column for the text among {', '.join(names)}; add --map text=COLUMN", field="map")
    return found


def _drafts(
    ahead: Iterable[Row], rest: Iterable[Row], names: Mapping[str, str], now: datetime, zone: tzinfo | None
) -> Iterator[MentionDraft | BadLine]:
    for rows in (ahead, rest):
        for number, row in rows:
            if isinstance(row, BadLine):
                yield row
                continue
            yield _draft(number, row, names, now, zone)


def _draft(
    number: int, row: dict[str, Any], names: Mapping[str, str], now: datetime, zone: tzinfo | None
) -> MentionDraft | BadLine:
    try:
        draft = parse(row, field_map=names, now=now, zone=zone)
    except Invalid as error:
        return BadLine(number, error.message)
    if max(draft.published_at, draft.arrived_at or draft.published_at) > now + MAX_AHEAD:
        return BadLine(number, "its time is in the future; is the time zone right?")
    return draft


def _rows(path: Path) -> Iterator[Row]:
    ending = path.suffix.lower()
    if ending not in JSON_ENDINGS | CSV_ENDINGS:
        raise Invalid(f"{path.name}: the name must end in .csv, .tsv, .jsonl, .ndjson or .json", field="file")
    try:
        # bytes that are no UTF-8 become lone surrogates, by which their line is told afterwards
        file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}", field="file") from error
    return _opened(file, ending)


def _opened(file: TextIOWrapper, ending: str) -> Iterator[Row]:
    with file:
        if ending in JSON_ENDINGS:
            yield from _json_rows(file)
        else:
            yield from _csv_rows(file, "\t" if ending == ".tsv" else ",")


def _json_rows(file: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield number, _json_row(number, line)


def _json_row(number: int, line: str) -> dict[str, Any] | BadLine:
    if _torn(line):
        return BadLine(number, "is not UTF-8")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"is not JSON: {error}")
    return found if isinstance(found, dict) else BadLine(number, "is not a JSON object")


def _csv_rows(file: Iterable[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(10 * MAX_TEXT)
    lines = csv.reader(file, delimiter=delimiter)
    header: list[str] | None = None
    while True:
        number = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, BadLine(number, f"is not CSV: {error}")
            continue
        if header is None:
            header = cells
        elif cells:
            yield number, _csv_row(number, header, cells)


def _csv_row(number: int, header: list[str], cells: list[str]) -> dict[str, Any] | BadLine:
    if len(cells) != len(header):
        return BadLine(number, f"has {len(cells)} cells where the header has {len(header)}")
    if any(_torn(cell) for cell in cells):
        return BadLine(number, "is not UTF-8")
    return dict(zip(header, cells, strict=True))


def _torn(text: str) -> bool:
    """Whether some of the bytes behind this text were no UTF-8."""
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)
