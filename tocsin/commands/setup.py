"""`tocsin setup FILE`: create people, brands, monitors, rotas and policies from a TOML file."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from kit import embedded, log, settings
from kit.core import open_core
from kit.errors import Invalid, Unavailable
from migrations import run as migrations
from tocsin import setup


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a TOML file as docs/operating.md describes it")


def run(options: argparse.Namespace) -> int:
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
        print(f"tocsin setup: {words}", file=sys.stderr)
        return 2
    except Unavailable as error:
        print(f"tocsin setup: {error}", file=sys.stderr)
        return 1
    return 0


async def _apply(running: settings.Settings, data: dict[str, object]) -> None:
    assert running.database_url is not None
    await migrations.upgrade(running.database_url)
    async with open_core(running) as core, core.database.unit_of_work() as session:
        left = await setup.apply(session, data, now=core.clock.now())
    if left:
        print(f"tocsin setup: left as people have changed it on the pages: {', '.join(left)}")
