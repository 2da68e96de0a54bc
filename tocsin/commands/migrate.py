"""`tocsin migrate`: bring the database to the newest schema, with the runbooks that come with Tocsin."""

from __future__ import annotations

import argparse
import asyncio

from kit import log, settings
from kit.clock import SystemClock
from kit.db import Database, WriteSession
from kit.errors import Unavailable
from kit.events import append_recorded
from kit.settings import SettingsError
from migrations import run as migrations
from runbooks import library
from tocsin.join import FAILED, FINE, complain


def configure(parser: argparse.ArgumentParser) -> None:
    del parser  # takes no options


def run(options: argparse.Namespace) -> int:
    del options
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    if chosen.database_url is None:
        raise SettingsError("TOCSIN_DATABASE_URL is required here (`tocsin up` migrates by itself)")
    try:
        asyncio.run(_prepare(chosen.database_url))
    except Unavailable as error:
        return complain("migrate", str(error), FAILED)
    return FINE


async def _prepare(url: str) -> None:
    await migrations.upgrade(url)
    database = Database(url, before_commit=append_recorded, after_commit=_silently)
    try:
        async with database.unit_of_work() as session:
            await library.seed(session, now=SystemClock().now())
    finally:
        await database.close()


async def _silently(session: WriteSession) -> None:
    """No broker is needed for this: nobody waits for a runbook that comes with Tocsin."""
    del session
