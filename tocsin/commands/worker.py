"""`tocsin worker`: one worker process."""

from __future__ import annotations

import argparse
from contextlib import nullcontext

import uvloop

from alerts.ticker.ahead import compiling
from kit import log, settings
from kit.collector import collect_seldom
from kit.core import open_core
from tocsin import worker
from tocsin.stopping import stop_on_signals


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", choices=worker.KINDS, help="the parts of one kind, for a process of their own"
    )
    parser.add_argument("--supervised", action="store_true", help="end when standard input is closed")


def run(options: argparse.Namespace) -> int:
    chosen = settings.load().with_secret()
    log.configure(chosen.log_level, chosen.log_format)
    collect_seldom()
    with nullcontext() if options.only == worker.LISTENING else compiling():
        uvloop.run(_run(chosen, options.supervised, options.only))
    return 0


async def _run(chosen: settings.Settings, supervised: bool, only: str | None) -> None:
    stop = stop_on_signals(supervised=supervised)
    async with open_core(chosen) as core:
        await worker.run(core, stop, only=only)
