"""The rows of the test database: taken out, put back and done away with in one round trip each.

TRUNCATE makes a new file for every table and index, some 150 ms for ours; most tests touch a few rows.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from migrations.tables import metadata

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

_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")


@dataclass(frozen=True)
class Snapshot:
    """All rows of a database: by table as COPY writes them, and where the sequences stand."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


async def wipe(connection: AsyncConnection) -> None:
    """Do away with all rows, and let the ids begin at 1 again."""
    await connection.execute(WIPE)


async def taken(connection: AsyncConnection) -> Snapshot:
    """What is in the database now."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    tables = {}
    for table in metadata.sorted_tables:
        rows = io.BytesIO()
        await driver.copy_from_query(f"SELECT * FROM {table.name}", output=rows)
        if rows.getvalue():
            tables[table.name] = rows.getvalue()
    sequences = {name: int(value) for name, value in await connection.execute(_SEQUENCES)}
    return Snapshot(tables, sequences)


async def put_back(connection: AsyncConnection, snapshot: Snapshot) -> None:
    """Fill an empty database as it was when the snapshot was taken."""
    await connection.execute(text("SET LOCAL session_replication_role = replica"))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    for name, rows in snapshot.tables.items():
        await driver.copy_to_table(name, source=io.BytesIO(rows))
    for name, value in snapshot.sequences.items():
        await connection.execute(text("SELECT setval(:name, :value)"), {"name": name, "value": value})
