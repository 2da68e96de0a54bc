"""`tocsin explain ALERT`: how an alert came about, computed again from the stored minutes."""

from __future__ import annotations

import argparse
import json
import sys

from alerts.alert import Alert
from alerts.explained.replay import again
from alerts.explained.words import sentences, told
from kit.core import Core
from tocsin import join


def configure(parser: argparse.ArgumentParser) -> None:
    """The alert's number."""
    parser.add_argument("alert", type=number, metavar="ALERT", help="the number in the address of its page")
    parser.add_argument("--json", action="store_true", help="every figure, claimed and computed")
    parser.epilog = "Exit code 0: the same to the digit. 1: not, or it cannot be computed; the words say why."


def number(text: str) -> int:
    """A number of a row; ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not the number of an alert")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Writes sentences, or JSON; 2 and one line on standard error where there is no such alert."""

    async def work(core: Core) -> int:
        async with core.database.read() as session:
            alert = await session.get(Alert, args.alert)
            if alert is None:
                return join.complain("explain", f"there is no alert {args.alert}", join.BAD_INPUT)
            found = await again(session, alert)
        if args.json:
            json.dump(told(found), sys.stdout, indent=2, default=str)
            print()
        else:
            print("\n".join([f"Alert {alert.id}: {alert.title}", *sentences(found)]))
        return join.FINE if found.same else join.FAILED

    return join.run("explain", work)
