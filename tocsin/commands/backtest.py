"""`tocsin backtest`: what a detector would have raised over a file of mentions, or over a monitor's past.

tocsin backtest --events E.csv [--calendar C.csv]
tocsin backtest --monitor NAME [--since DAY] [--until DAY] [--preset P …] [--json]
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TextIO

from alerts.detection.crises import Campaign, Incident, Mention, incidents
from alerts.detection.settings import PRESETS

EVENT_COLUMNS = ["arrived", "created", "brand", "author", "followers", "sentiment", "text"]
CALENDAR_COLUMNS = ["brand", "start", "end"]
CURRENT = "current"
DAYS = 28
SENTIMENTS = {"-1": -1, "0": 0, "1": 1}


class BadInput(ValueError):
    """What is wrong with a file, and in which line."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Files in UTF-8, times in ISO 8601, UTC unless they name a zone."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--events",
        type=Path,
        metavar="E.csv",
        help="mentions in order of arrival: " + ",".join(EVENT_COLUMNS),
    )
    parser.add_argument(
        "--calendar", type=Path, metavar="C.csv", help="announced campaigns: " + ",".join(CALENDAR_COLUMNS)
    )
    source.add_argument("--monitor", metavar="NAME", help="a monitor, by its name or number")
    _configure_monitor(parser)


def _configure_monitor(parser: argparse.ArgumentParser) -> None:
    """What goes with --monitor."""
    given = parser.add_argument_group("with --monitor")
    given.add_argument("--since", type=moment, metavar="DAY", help=f"default: {DAYS} days before --until")
    given.add_argument("--until", type=moment, metavar="DAY", help="default: now")
    given.add_argument(
        "--preset",
        action="append",
        choices=[CURRENT, *PRESETS],
        help=f"again for each that is to stand beside; default: {CURRENT}",
    )
    given.add_argument("--json", action="store_true", help="all of it, with the evidence of each alert")


def moment(text: str) -> datetime:
    """A day or a time in ISO 8601, UTC unless it names a zone."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a day or time in ISO 8601") from None


def run(args: argparse.Namespace) -> int:
    """Of a file: brand,opened,closed,severity,kind,reason. 2 and one line on standard error for bad input."""
    if args.events is None:
        # imported only here: a file needs no database
        return int(import_module("tocsin.commands.backtest_monitor").run(args))
    try:
        campaigns = list(read_calendar(args.calendar)) if args.calendar else []
        found = list(incidents(read_events(args.events), campaigns))
    except BadInput as error:
        print(f"tocsin backtest: {error}", file=sys.stderr)
        return 2
    write(found, sys.stdout)
    return 0


def write(found: list[Incident], out: TextIO) -> None:
    """The incidents as CSV; `closed` is empty where one was still open at the end of the file."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["brand", "opened", "closed", "severity", "kind", "reason"])
    for i in found:
        rows.writerow([i.brand, iso(i.opened), iso(i.closed), i.severity, i.kind, i.reason])


def iso(seconds: int | None) -> str:
    """Unix seconds as ISO 8601 in UTC; nothing for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_events(path: Path) -> Iterator[Mention]:
    """The mentions of a file; BadInput names the line that cannot be read or is out of order."""
    last = -sys.maxsize
    for number, row in rows_of(path, EVENT_COLUMNS):
        try:
            mention = Mention(
                arrived=seconds(row[0]),
                created=seconds(row[1]),
                brand=row[2],
                author=row[3],
                followers=natural(row[4]),
                sentiment=SENTIMENTS[row[5].strip()],
                text=row[6],
            )
        except KeyError:
            raise BadInput(
                f"{path.name} line {number}: sentiment {row[5][:20]!r} is not -1, 0 or 1"
            ) from None
        except ValueError as error:
            raise BadInput(f"{path.name} line {number}: {error}") from None
        if mention.arrived < last:
            raise BadInput(f"{path.name} line {number}: arrived before the line above it")
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
            rows = csv.reader(file)
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


def seconds(text: str) -> int:
    """Unix seconds of an ISO 8601 time; ValueError when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not an ISO 8601 time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def natural(text: str) -> int:
    """A count; ValueError when it is none."""
    if not text.strip().isdecimal():
        raise ValueError(f"{text[:20]!r} is not a number of followers")
    return int(text)
