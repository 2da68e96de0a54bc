"""The rows of the test database: kept, put back and done away with in one round trip each.

TRUNCATE makes a new file for every table and index, some 150 ms for ours; most tests touch a few rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.core import Core
from migrations.tables import metadata

T = TypeVar("T")

WIPE = text("""
    DO $$
    DECLARE one record;
    BEGIN
        SET LOCAL session_replication_role = replica;  -- no foreign keys, no triggers that refuse a DELETE
        FOR one IN
            SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > 262144
                AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE confrelid = c.oid) AS large
            FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                AND c.relname <> 'alembic_version' AND pg_relation_size(c.oid) > 0
        LOOP
            EXECUTE (CASE WHEN one.large THEN 'TRUNCATE ' ELSE 'DELETE FROM ' END) || one.name;
        END LOOP;
        FOR one IN
            SELECT format('%I', sequencename) AS name, start_value FROM pg_sequences
            WHERE last_value IS NOT NULL
        LOOP
            PERFORM setval(one.name, one.start_value, false);
        END LOOP;
    END $$""")

_FILLED = text(
    " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (SELECT FROM {table.name})" for table in metadata.sorted_tables
    )
)
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
_kept: dict[Hashable, tuple[str, Any]] = {}
"""What was made once: the statement that brings its rows back, and the answer."""


async def wipe(connection: AsyncConnection) -> None:
    """Do away with all rows, and let the ids begin at 1 again."""
    await connection.execute(WIPE)


async def once(core: Core, what: Hashable, make: Callable[[], Awaitable[T]]) -> T:
    """What `make` does to the empty database, done once a process; from then on its rows are put back.

    `what` names it, with all that it depends on. All get the same answer: it must hold nothing that changes.
    Where there are rows already, `make` is done to them.
    """
    name = core.settings.database_url, what
    async with core.database.engine.begin() as connection:
        empty = (await connection.scalars(_FILLED)).first() is None
        if empty and name in _kept:
            put_back, answer = _kept[name]
            await connection.exec_driver_sql(put_back)
            return answer  # type: ignore[no-any-return]
    answer = await make()
    if empty:
        async with core.database.engine.begin() as connection:
            _kept[name] = await _keep(connection, f"kept_{len(_kept)}"), answer
    return answer


async def _keep(connection: AsyncConnection, schema: str) -> str:
    """Copy all rows into a schema of their own; the statement that brings them back."""
    await connection.execute(text(f"CREATE SCHEMA {schema}"))
    steps = ["SET LOCAL session_replication_role = replica;"]
    for name in (await connection.scalars(_FILLED)).all():
        await connection.execute(text(f"CREATE UNLOGGED TABLE {schema}.{name} AS TABLE public.{name}"))
        steps.append(f"INSERT INTO public.{name} OVERRIDING SYSTEM VALUE TABLE {schema}.{name};")
    for name, value in await connection.execute(_SEQUENCES):
        steps.append(f"PERFORM setval('{name}', {value});")
    return f"DO $$ BEGIN {' '.join(steps)} END $$"
