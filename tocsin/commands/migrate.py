"""`tocsin migrate`: bring the database to the newest schema."""

from __future__ import annotations

import argparse
import asyncio

from kit import log, settings
from kit.errors import Unavailable
from kit.settings import SettingsError
from migrations import run as migrations
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
        asyncio.run(migrations.upgrade(chosen.database_url))
    except Unavailable as error:
        return complain("migrate", str(error), FAILED)
    return FINE
