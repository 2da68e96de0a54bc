"""The one wiring place: what every process needs, built once and passed in."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kit.bell import Bell
from kit.clock import Clock, SystemClock
from kit.db import Database
from kit.events import append_recorded
from kit.settings import Settings, SettingsError


@dataclass(frozen=True)
class Core:
    """Settings, database, bell and clock of one process. Tests build it with other parts."""

    settings: Settings
    database: Database
    bell: Bell
    clock: Clock
    signing_in: Semaphore = field(default_factory=lambda: Semaphore(4))
    """Held by each try to sign in: anybody may send any number of them, and others need the database, too."""


@asynccontextmanager
async def open_core(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Core]:
    """Build the core for settings whose two addresses are known; closes both at the end."""
    if settings.database_url is None or settings.redis_url is None:
        raise SettingsError("TOCSIN_DATABASE_URL and TOCSIN_REDIS_URL are required here (or use `tocsin up`)")
    bell = Bell(settings.redis_url)
    database = Database(settings.database_url, before_commit=append_recorded, after_commit=bell.ring_for)
    try:
        yield Core(settings, database, bell, clock or SystemClock())
    finally:
        await database.close()
        await bell.close()
