"""`tocsin password MAIL`: give somebody a new password, as who runs this installation."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from kit.core import Core
from people import passwords
from tocsin import join


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mail", help="the mail address of the person's account")
    parser.epilog = (
        "It is asked for twice at a terminal, else read from the first line of standard input. The person is"
        " signed out everywhere, their access tokens and calendar addresses end, and they may change it on"
        " the page My settings."
    )


def run(options: argparse.Namespace) -> int:
    """Ask for it, then put it in."""
    new = _typed() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if new is None:
        return join.complain("password", "the two are not the same", join.BAD_INPUT)
    return join.run("password", lambda core: _set(core, options.mail, new))


def _typed() -> str | None:
    """None: the second time something else was typed."""
    new = getpass("New password: ")
    return new if getpass("Once more: ") == new else None


async def _set(core: Core, mail: str, new: str) -> int:
    async with core.database.unit_of_work() as session:
        member = await passwords.set_anew(session, mail, new, core.clock.now())
        name = member.name
    print(
        f"{name} has a new password and is signed out everywhere."
        " Their access tokens and calendar addresses have ended."
    )
    return join.FINE
