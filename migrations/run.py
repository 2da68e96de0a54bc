"""Bring a database to the newest schema, and tell whether models and migrations agree."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.sql.schema import SchemaItem

from kit import locks
from kit.db import async_url
from kit.errors import Unavailable
from migrations.tables import metadata

ASK_AGAIN = 0.2  # seconds between two looks whether it is our turn
PATIENCE = 5.0
"""Seconds that a migration waits for a table: meanwhile everybody else who wants it waits behind."""
HELD = "55P03"  # PostgreSQL's code for a lock that was not to be had in time
_PARTITION = re.compile(r".*_(w\d{8}|other)")


def of_models(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, other: SchemaItem | None
) -> bool:
    """Whether the models speak of it: a partition is part of its table, made and dropped by the weeks."""
    table = name if kind == "table" else str(getattr(getattr(item, "table", None), "name", ""))
    return not (reflected and other is None and _PARTITION.fullmatch(table or ""))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply every migration that is missing; safe to call from several processes at once.

    Each is a transaction of its own, or several (its file says so). Unavailable when a table was not to be
    had within PATIENCE: what was done stays, the platform goes on, and the next call goes on from there.
    """
    patience = {"lock_timeout": str(round(1000 * PATIENCE))}
    engine = create_async_engine(async_url(database_url), connect_args={"server_settings": patience})
    try:
        async with engine.connect() as connection:
            await _turn(connection)
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != HELD:
            raise
        raise Unavailable(
            f"The upgrade waited {PATIENCE:g} s for a table that something else holds. What was done stays "
            "done and nothing is broken: upgrade again when that is over."
        ) from error
    finally:
        await engine.dispose()


async def _turn(connection: AsyncConnection) -> None:
    """Wait for whoever migrates now; the lock is ours until the connection ends, over all transactions.

    By asking again: whoever waits inside a statement holds up an index that is made CONCURRENTLY.
    """
    while not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": locks.MIGRATING}):
        await connection.rollback()
        await asyncio.sleep(ASK_AGAIN)
    await connection.commit()


async def differences(database_url: str) -> list[str]:
    """What the models say that the migrated database does not, one line each; empty when in step."""
    engine = create_async_engine(async_url(database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True, "include_object": of_models}),
                metadata,
            )
        )
    await engine.dispose()
    return [str(difference) for difference in found]


async def draft(database_url: str, message: str, revision: str) -> None:
    """Write the next migration from the difference between models and database, for a person to read."""
    engine = create_async_engine(async_url(database_url))
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message, autogenerate=True, rev_id=revision)
        )
    await engine.dispose()
