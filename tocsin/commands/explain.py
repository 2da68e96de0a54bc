"""`tocsin explain ALERT`: how an alert came about, computed again from the stored minutes."""

from __future__ import annotations

import argparse
import json
import sys

from alerts.alert import Alert
from alerts.claims import claims_of
from alerts.explained.replay import again
from alerts.explained.words import sentences, steps, told
from kit.core import Core
from tocsin import join


def configure(parser: argparse.ArgumentParser) -> None:
    """The alert's number, and that of its claim."""
    parser.add_argument("alert", type=number, metavar="ALERT", help="the number in the address of its page")
    parser.add_argument(
        "--claim", type=number, metavar="NUMBER", help="which of its claims, where it rose; 1: the first"
    )
    parser.add_argument("--json", action="store_true", help="every figure, claimed and computed")
    parser.epilog = "Exit code 0: the same to the digit. 1: not, or it cannot be computed; the words say why."


def number(text: str) -> int:
    """A number of a row; ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Writes sentences, or JSON; 2 and one line on standard error where there is no such alert."""

    async def work(core: Core) -> int:
        async with core.database.read() as session:
            alert = await session.get(Alert, args.alert)
            if alert is None:
                return join.complain("explain", f"there is no alert {args.alert}", join.BAD_INPUT)
            made = await claims_of(session, alert)
            number = len(made) if args.claim is None else args.claim
            if not 1 <= number <= len(made):
                return join.complain("explain", f"alert {alert.id} made {len(made)} claims", join.BAD_INPUT)
            found = await again(session, alert, number)
        if args.json:
            json.dump(told(found), sys.stdout, indent=2, default=str)
            print()
        else:
            print("\n".join([*steps(made, number), *sentences(found)]))
        return join.FINE if found.same else join.FAILED

    return join.run("explain", work)
