"""`tocsin backtest`: what a detector would have raised over a file of mentions, or over a monitor's past.

tocsin backtest --events E.csv [--calendar C.csv]
tocsin backtest --monitor NAME [--since DAY] [--until DAY] [--preset SETTING …] [--json]
"""

import argparse
import csv
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TextIO

from alerts.backtest import DAYS
from alerts.detection.crises import Incident, incidents
from alerts.detection.settings import CURRENT, PRESETS
from tocsin.event_files import CALENDAR_COLUMNS, EVENT_COLUMNS, BadInput, read_calendar, read_events


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
        dest="settings",
        metavar="SETTING",
        help=f"{', '.join([CURRENT, *PRESETS])}, and what differs: balanced,score=20,persist_minutes=5,"
        f"alarms_a_week=2; again for each that is to stand beside; default: {CURRENT}",
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
