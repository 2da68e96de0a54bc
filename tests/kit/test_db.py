"""The database's errors."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError

from kit import db
from kit.core import Core


async def test_an_error_does_not_tell_what_was_stored(core: Core) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with core.database.unit_of_work() as session:
            await session.execute(text("SELECT CAST(:secret AS text) FROM nowhere"), {"secret": "hunter2"})
    assert "hunter2" not in str(failure.value)


async def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(core: Core) -> None:
    async with core.database.read() as session:
        mine = await session.scalar(text("SELECT pg_backend_pid()"))
    assert core.settings.database_url is not None
    other = await asyncpg.connect(core.settings.database_url)
    await other.execute("SELECT pg_terminate_backend($1, 2000)", mine)
    await other.close()
    async with core.database.unit_of_work() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != mine


async def test_a_connection_that_rested_for_long_is_asked_first(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may be gone without a word: a cable, a firewall that forgets."""
    async with core.database.read() as session:
        mine = await session.scalar(text("SELECT pg_backend_pid()"))
    monkeypatch.setattr(db, "ASKED_AFTER", -1.0)
    async with core.database.read() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) == mine
    monkeypatch.setattr(AsyncAdapt_asyncpg_connection, "ping", _silent)
    async with core.database.read() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != mine


@pytest.mark.parametrize(("state", "tries"), [("40P01", 2), ("40001", 2), ("23505", 2), ("23503", 1)])
async def test_only_what_stood_in_anothers_way_is_done_twice(core: Core, state: str, tries: int) -> None:
    tried = []

    async def work() -> None:
        tried.append(1)
        async with core.database.unit_of_work() as session:
            await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))

    with pytest.raises(DBAPIError):
        await db.twice(work)
    assert len(tried) == tries


def _silent(_: AsyncAdapt_asyncpg_connection) -> None:
    raise TimeoutError


async def test_what_asks_sees_one_snapshot_and_what_changes_does_not(core: Core) -> None:
    settings = text(
        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
    )
    for _ in range(2):  # of one connection, in turns
        async with core.database.read() as reading:
            assert tuple((await reading.execute(settings)).one()) == ("repeatable read", "on")
        async with core.database.unit_of_work() as writing:
            assert tuple((await writing.execute(settings)).one()) == ("read committed", "off")


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$", True),  # a deadlock
        ("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '57P03'; END $$", True),  # it is starting up
        ("SELECT 1 / 0", False),
        ("SELECT * FROM nowhere", False),
    ],
)
async def test_a_database_that_was_away_is_told_from_a_row_that_is_bad(
    core: Core, statement: str, *, passes: bool
) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with core.database.unit_of_work() as session:
            await session.execute(text(statement))
    assert db.passing(failure.value) is passes


class Refusal(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("refused")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (DBAPIError("", {}, Refusal("55P03")), True),
        (DBAPIError("", {}, Refusal("57P01")), True),
        (DBAPIError("", {}, Refusal("58030")), True),
        (InterfaceError("", {}, Refusal(None)), True),
        (DBAPIError("", {}, Refusal(None)), False),
        (IntegrityError("", {}, Refusal("23503")), False),
        (DBAPIError("", {}, Refusal("22021")), False),
        (ValueError("poison"), False),
    ],
)
def test_what_passes_and_what_is_poison(error: Exception, *, passes: bool) -> None:
    assert db.passing(error) is passes


async def test_a_database_that_refuses_connections_passes(core: Core) -> None:
    database = db.Database(
        "postgresql://nobody@127.0.0.1:1/nothing", before_commit=_nothing, after_commit=_nothing
    )
    with pytest.raises(OSError) as failure:  # noqa: PT011 - each system words it its own way
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    assert db.passing(failure.value)
    await database.close()


async def _nothing(_: db.WriteSession) -> None:
    pass
