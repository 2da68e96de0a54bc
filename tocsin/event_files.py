"""Files for `tocsin backtest --events`: mentions in order of arrival, announced campaigns. CSV in UTF-8."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from alerts.detection.crises import Campaign, Mention
from kit.numbers import natural

EVENT_COLUMNS = ["arrived", "created", "brand", "author", "followers", "sentiment", "text"]
CALENDAR_COLUMNS = ["brand", "start", "end"]
SENTIMENTS = {"-1": -1, "0": 0, "1": 1}
LONGEST_LINE = 1_000_000
"""Characters: what has no end is refused before the memory is full."""

LONGEST_SILENCE = 366
"""Days between two mentions: each minute between them is judged, and in a longer file a date is wrong."""


class BadInput(ValueError):
    """What is wrong with a file, and in which line."""


def read_events(path: Path) -> Iterator[Mention]:
    """The mentions of a file; BadInput names the line that cannot be read or is out of order."""
    last: int | None = None
    for number, row in rows_of(path, EVENT_COLUMNS):
        try:
            mention = Mention(
                arrived=seconds(row[0]),
                created=seconds(row[1]),
                brand=row[2],
                author=row[3],
                followers=followers(row[4]),
                sentiment=SENTIMENTS[row[5].strip()],
                text=row[6],
            )
        except KeyError:
            raise BadInput(
                f"{path.name} line {number}: sentiment {row[5][:20]!r} is not -1, 0 or 1"
            ) from None
        except ValueError as error:
            raise BadInput(f"{path.name} line {number}: {error}") from None
        if last is not None and mention.arrived < last:
            raise BadInput(f"{path.name} line {number}: arrived before the line above it")
        if last is not None and mention.arrived - last > LONGEST_SILENCE * 86_400:
            raise BadInput(
                f"{path.name} line {number}: arrived more than {LONGEST_SILENCE} days after the line above it"
            )
        last = mention.arrived
        yield mention


def read_calendar(path: Path) -> Iterator[Campaign]:
    """The campaigns of a file; BadInput names the line that cannot be read."""
    for number, row in rows_of(path, CALENDAR_COLUMNS):
        try:
            campaign = Campaign(row[0], seconds(row[1]), seconds(row[2]))
        except ValueError as error:
            raise BadInput(f"{path.name} line {number}: {error}") from None
        if campaign.end < campaign.start:
            raise BadInput(f"{path.name} line {number}: the campaign ends before it starts")
        yield campaign


def rows_of(path: Path, columns: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each row below the header, which must be `columns`."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(lines_of(file, path.name))
            header = [name.strip().lower() for name in next(rows, [])]
            if header != columns:
                raise BadInput(f"{path.name} line 1: expected the header {','.join(columns)}")
            for row in rows:
                if len(row) != len(columns):
                    if not row:
                        continue
                    raise BadInput(
                        f"{path.name} line {rows.line_num}: expected {len(columns)} fields, found {len(row)}"
                    )
                yield rows.line_num, row
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8") from None
    except csv.Error as error:
        raise BadInput(f"{path.name} line {rows.line_num}: {error}") from None


def lines_of(file: TextIO, name: str) -> Iterator[str]:
    """Its lines with their ends; BadInput for one that has no end in sight."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadInput(f"{name} line {number}: longer than {LONGEST_LINE:,} characters")
        yield line


def seconds(text: str) -> int:
    """Unix seconds of an ISO 8601 time; ValueError when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not an ISO 8601 time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def followers(text: str) -> int:
    """A count; ValueError when it is none."""
    found = natural(text.strip())
    if found is None:
        raise ValueError(f"{text[:20]!r} is not a number of followers")
    return found
