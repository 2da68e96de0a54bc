"""`tocsin requeue`: batches that could not be stored are tried again, once what stopped them is mended."""

from __future__ import annotations

import argparse
import asyncio
import sys

from kit import embedded, log, settings
from kit.core import open_core
from kit.errors import Unavailable
from mentions.set_aside import put_back


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Those that fail again are set aside again. What is stored already is not stored twice; each counts"
        " in the minute in which it arrived."
    )


def run(_: argparse.Namespace) -> int:
    """Put all back and say how many."""
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    running = embedded.running(chosen)
    try:
        if running is not None:
            count = asyncio.run(_put_back(running))
        else:
            with embedded.servers(chosen) as started:
                count = asyncio.run(_put_back(started))
    except Unavailable as error:
        print(f"tocsin requeue: {error}", file=sys.stderr)
        return 1
    print(f"{count} batches are in the stream again.")
    return 0


async def _put_back(running: settings.Settings) -> int:
    async with open_core(running) as core:
        return await put_back(core.bell.redis)
