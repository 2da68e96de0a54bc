"""`tocsin explain ALERT`: how an alert came about, computed again from the stored minutes."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial

from alerts.alert import Alert
from alerts.claims import claims_of
from alerts.explained.replay import again
from alerts.explained.words import sentences, steps, told
from kit.core import Core
from kit.numbers import natural
from mentions.source import Source
from mentions.sources import silence
from mentions.sources.outage import SourceOutage
from tocsin import join


def configure(parser: argparse.ArgumentParser) -> None:
    """The number of an alert and of its claim, or of an outage of a source."""
    parser.add_argument(
        "alert", type=number, metavar="ALERT", nargs="?", help="the number in the address of its page"
    )
    parser.add_argument(
        "--outage",
        type=number,
        metavar="NUMBER",
        help="why a source was called silent: see its page",
    )
    parser.add_argument(
        "--claim", type=number, metavar="NUMBER", help="which of its claims, where it rose; 1: the first"
    )
    parser.add_argument("--json", action="store_true", help="every figure, claimed and computed")
    parser.epilog = "Exit code 0: the same to the digit. 1: not, or it cannot be computed; the words say why."


def number(text: str) -> int:
    """A number of a row; ArgumentTypeError for anything else."""
    found = natural(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number")
    return found


def run(args: argparse.Namespace) -> int:
    """Writes sentences, or JSON; 2 and one line on standard error where there is no such alert."""
    if (args.alert is None) == (args.outage is None):
        return join.complain("explain", "give the number of an alert or --outage NUMBER", join.BAD_INPUT)
    return join.run("explain", partial(_outage if args.alert is None else _alert, args))


async def _outage(args: argparse.Namespace, core: Core) -> int:
    async with core.database.read() as session:
        outage = await session.get(SourceOutage, args.outage)
        if outage is None:
            return join.complain("explain", f"there is no outage {args.outage}", join.BAD_INPUT)
        source = await session.get_one(Source, outage.source_id)
    state = silence.state_of(outage.judged)
    if args.json:
        told = {"outage": outage.id, "source": source.name, "state": state, "judged": outage.judged}
        json.dump(told, sys.stdout, indent=2)
        print()
    else:
        print("\n".join([f"Outage {outage.id} of {source.name}", *silence.sentences(outage.judged)]))
    return join.FINE if state == "same" else join.FAILED


async def _alert(args: argparse.Namespace, core: Core) -> int:
    async with core.database.read() as session:
        alert = await session.get(Alert, args.alert)
        if alert is None:
            return join.complain("explain", f"there is no alert {args.alert}", join.BAD_INPUT)
        made = await claims_of(session, alert)
        chosen = len(made) if args.claim is None else args.claim
        if not 1 <= chosen <= len(made):
            return join.complain("explain", f"alert {alert.id} made {len(made)} claims", join.BAD_INPUT)
        found = await again(session, alert, chosen)
    if args.json:
        json.dump(told(found), sys.stdout, indent=2, default=str)
        print()
    else:
        print("\n".join([*steps(made, chosen), *sentences(found)]))
    return join.FINE if found.same else join.FAILED
