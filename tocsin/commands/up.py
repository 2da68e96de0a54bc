"""`tocsin up`: everything on this machine."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence

from kit import embedded, log, settings
from kit.core import Core, open_core
from kit.errors import Unavailable
from kit.settings import Settings
from migrations import run as migrations
from people import directory
from runbooks import library
from tocsin.supervisor import NotReady, supervise

WORKERS = [["worker", "--only", "alarm"], ["worker", "--only", "listening"]]
"""Apart, so that a flood of mentions slows no page."""


def configure(parser: argparse.ArgumentParser) -> None:
    del parser  # takes no options


def run(options: argparse.Namespace) -> int:
    del options
    return serve([["web"], *WORKERS], prepare=_begin)


async def _begin(core: Core) -> None:
    """Where nobody could sign in, say how the first people come in."""
    async with core.database.read() as session:
        if not await directory.anybody(session):
            print(
                "\n  Nobody can sign in yet: describe your company in a file, then `tocsin setup FILE`.",
                flush=True,
            )
            print("  docs/operating.md says how, tocsin/demo/company.toml is an example.\n", flush=True)


def serve(
    commands: Sequence[Sequence[str]],
    *,
    prepare: Callable[[Core], Awaitable[None]],
    chosen: Settings | None = None,
    path: str = "",
) -> int:
    """Start the servers, migrate, load the library, prepare, supervise the commands, print the address."""
    chosen = chosen or settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    if not _port_is_free(chosen):
        print(f"tocsin: port {chosen.port} is taken; choose another with TOCSIN_PORT", file=sys.stderr)
        return 1
    if own := _own_servers(chosen):
        say(own)
    with embedded.servers(chosen) as running:
        try:
            asyncio.run(_prepare(running, prepare))
            say("starting the web process, then those that listen and page")
            supervise(running, commands, on_ready=lambda: _announce(running, path))
        except (NotReady, Unavailable) as error:
            print(f"tocsin: {error}", file=sys.stderr)
            return 1
    return 0


def say(what: str) -> None:
    """One line of what is being done now: a first start takes a while, and silence looks like a fault."""
    print(f"tocsin: {what} …", flush=True)


def _own_servers(chosen: Settings) -> str:
    """What is started on this machine because no address of another was given; empty: nothing."""
    folder = chosen.home / "postgres"
    own_database, new = chosen.database_url is None, not (folder / "PG_VERSION").exists()
    names = [*(["PostgreSQL"] if own_database else []), *(["Valkey"] if chosen.redis_url is None else [])]
    made = f"making a database in {folder}, " if own_database and new else ""
    return f"{made}starting {' and '.join(names)}" if names else ""


def _port_is_free(chosen: Settings) -> bool:
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError:
            return False
    return True


async def _prepare(running: Settings, prepare: Callable[[Core], Awaitable[None]]) -> None:
    assert running.database_url is not None
    say("bringing the tables up to date")
    await migrations.upgrade(running.database_url)
    async with open_core(running) as core:
        async with core.database.unit_of_work() as session:
            await library.seed(session, now=core.clock.now())
        await prepare(core)


def _announce(running: Settings, path: str) -> None:
    print(f"\n  Tocsin is ready: {running.public_url}{path}", flush=True)
    print(f"  Ctrl-C stops it; the data stay in {running.home}\n", flush=True)
