"""A core of its own for a measurement in this process, on servers that are empty and go afterwards."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from kit import embedded
from kit.core import Core, open_core
from kit.settings import load
from migrations import run as migrations


def on_fresh_core(work: Callable[[Core], Awaitable[None]]) -> None:
    """Start the servers, bring the database to the newest schema, work."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        Path(folder).chmod(0o755)
        with embedded.servers(load({"TOCSIN_HOME": folder, "TOCSIN_LOG_LEVEL": "error"})) as settings:
            assert settings.database_url is not None
            asyncio.run(migrations.upgrade(settings.database_url))

            async def opened() -> None:
                async with open_core(settings) as core:
                    await work(core)

            asyncio.run(opened())
