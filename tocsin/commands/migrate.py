"""`tocsin migrate`: bring the database to the newest schema."""

from __future__ import annotations

import argparse
import asyncio

from kit import log, settings
from kit.settings import SettingsError
from migrations import run as migrations


def configure(parser: argparse.ArgumentParser) -> None:
    del parser  # takes no options


def run(options: argparse.Namespace) -> int:
    del options
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    if chosen.database_url is None:
        raise SettingsError("TOCSIN_DATABASE_URL is required here (`tocsin up` migrates by itself)")
    asyncio.run(migrations.upgrade(chosen.database_url))
    return 0
