"""Bring a database to the newest schema, and tell whether models and migrations agree."""

from __future__ import annotations

import re
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.sql.schema import SchemaItem

from kit.db import async_url
from migrations.tables import metadata

LOCK = 0x70C52  # two processes that migrate at once take turns
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
