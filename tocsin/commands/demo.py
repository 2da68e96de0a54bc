"""`tocsin demo`: everything on this machine, with people, runbooks and a crisis to live through."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from kit import log, settings
from kit.core import Core, open_core
from tocsin import demo, setup
from tocsin.commands import up
from tocsin.demo import duty, feed, mail, play
from tocsin.stopping import stop_on_signals

COMPANY = Path(demo.__file__).with_name("company.toml")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--play", action="store_true", help="only the demo's public and its mail server")
    parser.add_argument("--supervised", action="store_true", help="end when standard input is closed")


def run(options: argparse.Namespace) -> int:
    chosen = settings.load()
    if options.play:
        log.configure(chosen.log_level, chosen.log_format)
        asyncio.run(_play(chosen.with_secret(), supervised=options.supervised))
        return 0
    chosen = replace(chosen, smtp_url=chosen.smtp_url or f"smtp://127.0.0.1:{mail.free_port()}")
    commands = [["web", "--demo"], *up.WORKERS, ["demo", "--play"]]
    return up.serve(commands, prepare=_prepare, chosen=chosen, path="/demo")


async def _prepare(core: Core) -> None:
    up.say("setting up the demo's company: brands, people, rotas, runbooks")
    company, papers = setup.read(COMPANY), feed.source(core.settings.public_url)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        # as of yesterday, so that the first digests are there to be read
        await setup.apply(session, company, now=now - timedelta(days=1))
        # it has not spoken yet: listened to since yesterday it would seem silent
        await setup.apply(session, {"house": company["house"], "sources": [papers]}, now=now)
    await duty.arrange(core)
    if not await play.has_past(core):
        up.say(f"writing the demo's past: {play.CALM_DAYS} days of everyday talk, which takes up to a minute")
        await play.load_calm(core)


async def _play(chosen: settings.Settings, *, supervised: bool) -> None:
    stop = stop_on_signals(supervised=supervised)
    catcher = mail.catcher(chosen)
    catcher.start()
    try:
        async with open_core(chosen) as core:
            await play.play(core, stop)
    finally:
        catcher.stop()
