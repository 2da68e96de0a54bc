"""Bring a database to the newest schema, and tell whether models and migrations agree."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from kit.db import async_url
from migrations.tables import metadata

LOCK = 0x70C52  # two processes that migrate at once take turns


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    command.upgrade(_config(connection), "head")


async def upgrade(database_url: str) -> None:
    """Apply every migration that is missing; safe to call from several processes at once."""
    engine = create_async_engine(async_url(database_url))
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)
    await engine.dispose()


async def differences(database_url: str) -> list[str]:
    """What the models say that the migrated database does not, one line each; empty when in step."""
    engine = create_async_engine(async_url(database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True}), metadata
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
