"""`tocsin setup FILE`: create people, brands, monitors, rotas, policies and runbooks from a TOML file."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kit import embedded, log, settings
from kit.core import Core, open_core
from kit.errors import Invalid, Unavailable
from migrations import run as migrations
from tocsin import join, setup, setup_runbooks
from tocsin.join import BAD_INPUT, FAILED, FINE, complain


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="a TOML file as docs/operating.md describes it")
    what.add_argument(
        "--runbooks", action="store_true", help="print the present runbooks as sections of such a file"
    )


def run(options: argparse.Namespace) -> int:
    if options.runbooks:
        return join.run("setup", _print_runbooks)
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    try:
        data = setup.read(options.file)
        running = embedded.running(chosen)
        if running is not None:
            asyncio.run(_apply(running, data))
        else:
            with embedded.servers(chosen) as started:
                asyncio.run(_apply(started, data))
    except (Invalid, KeyError) as error:
        words = f"{options.file}: an entry lacks {error}" if isinstance(error, KeyError) else str(error)
        return complain("setup", words, BAD_INPUT)
    except Unavailable as error:
        return complain("setup", str(error), FAILED)
    except DBAPIError as error:  # its first line: the others may hold the row, with what is secret in it
        return complain("setup", f"the database refuses: {str(error.orig).splitlines()[0]}", FAILED)
    applied = ", ".join(f"{name}: {len(part)}" for name, part in data.items() if isinstance(part, list))
    print(f"tocsin setup: applied ({applied or 'house: 1'})")
    return FINE


async def _print_runbooks(core: Core) -> int:
    async with core.database.read() as session:
        print(await setup_runbooks.printed(session, now=core.clock.now()), end="")
    return FINE


async def _apply(running: settings.Settings, data: dict[str, object]) -> None:
    assert running.database_url is not None
    await migrations.upgrade(running.database_url)
    async with open_core(running) as core, core.database.unit_of_work() as session:
        left = await setup.apply(session, data, now=core.clock.now())
    if left:
        print(f"tocsin setup: left as people have changed it on the pages: {', '.join(left)}")
