"""PostgreSQL: one engine, one declarative base, one unit of work.

One request or one job is one transaction. Services get a session and never commit; what must wait
for the commit (events, jobs) is kept in the session and leaves with it, or is dropped on rollback.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from time import monotonic
from typing import Any, NewType, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Identity,
    MetaData,
    Select,
    delete,
    event,
    inspect,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

PLANNED = 500
"""Statements of which each connection remembers the plan. A list in a question, or rows to insert, make
another statement for each length: of the usual 100 many were forgotten when they came again."""
LET_GO_AFTER = 60
"""Seconds without a word in a transaction after which PostgreSQL ends it: who is stopped, or cut off from the
network, in the middle of one would hold its locks for as long as that lasts."""
SAID_EVERY = 10.0
"""Seconds after which who computes in the middle of a transaction says a word (`computed`)."""
ASKED_AFTER = 10.0
"""Seconds of rest after which a connection is asked whether it lives; that the server closed it is known."""

ReadSession = NewType("ReadSession", AsyncSession)
"""A session for asking; every session may be used as one."""
WriteSession = NewType("WriteSession", ReadSession)
"""A session inside a unit of work: what it changes is committed when the unit ends."""

T = TypeVar("T")
Hook = Callable[[WriteSession], Awaitable[None]]

Moment = datetime | ColumnElement[datetime]
"""A time, or the place for one in a question that is asked again and again."""
Questions = tuple[Select[*tuple[Any, ...]], ...]
"""What a sweep has to do: each has rows where there is something."""


class Base(DeclarativeBase):
    """All tables. Times are aware and in UTC; `dict` columns are JSONB."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Row(Base):
    """A table with a number of its own as key."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)


def async_url(url: str) -> str:
    """The URL for SQLAlchemy with the asyncpg driver, from any usual `postgres…://` URL."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def engine_of(url: str, pool_size: int) -> AsyncEngine:
    """A pool of connections, each of which is alive when it is handed out."""
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,  # the connection used last has its statements planned
        connect_args={
            "prepared_statement_cache_size": PLANNED,
            "server_settings": {"idle_in_transaction_session_timeout": f"{LET_GO_AFTER}s"},
        },
        hide_parameters=True,  # errors reach the log; passwords' hashes and sources' secrets must not
    )
    event.listen(engine.sync_engine, "checkin", _rests)
    event.listen(engine.sync_engine, "checkout", _still_alive)
    return engine


class Database:
    """The engine and the ways to use it. Built once, in the wiring; closed with the process."""

    def __init__(self, url: str, *, before_commit: Hook, after_commit: Hook, pool_size: int = 10) -> None:
        self.engine = engine_of(url, pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        asking = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._snapshots = async_sessionmaker(asking, expire_on_commit=False)
        self._before_commit = before_commit
        self._after_commit = after_commit

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A read-only transaction on one snapshot."""
        async with self._snapshots() as session, session.begin():
            yield ReadSession(session)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[WriteSession]:
        """One transaction: committed at the end, rolled back on any exception.

        The hook before the commit numbers the recorded events; the one after it rings the bell for what
        the session kept (`kit.bell`), and must not raise: the truth is already in the database.
        """
        async with self._sessions() as plain:
            session = WriteSession(ReadSession(plain))
            async with plain.begin():
                yield session
                await plain.flush()
                await self._before_commit(session)
            await self._after_commit(session)

    async def answer(self, work: Callable[[WriteSession], Awaitable[T]]) -> T:
        """One unit of work that somebody waits for; see `twice`."""

        async def once() -> T:
            async with self.unit_of_work() as session:
                return await work(session)

        return await twice(once)

    async def close(self) -> None:
        await self.engine.dispose()


@asynccontextmanager
async def savepoint(session: WriteSession) -> AsyncIterator[None]:
    """A part of a unit of work: an exception takes back all of it, its events, bells and jobs too."""
    kept = {name: copy(value) for name, value in session.info.items()}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        session.info.clear()
        session.info.update(kept)
        raise


async def computed(session: ReadSession, work: Callable[[], T]) -> T:
    """What the work gives, in a thread; the transaction stays open, however long that takes.

    The server takes who says nothing for LET_GO_AFTER for dead. Who computes is alive, be it for minutes on a
    machine that has much else to do.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        while not (await asyncio.wait({running}, timeout=SAID_EVERY))[0]:
            await session.execute(text("SELECT 1"))
        return running.result()
    finally:
        running.cancel()


async def delete_free(session: WriteSession, table: type[Base], which: ColumnElement[bool]) -> None:
    """Delete these rows but for those that another transaction holds: who clears away waits for nobody."""
    key = inspect(table).primary_key
    free = select(*key).where(which).with_for_update(skip_locked=True)
    await session.execute(delete(table).where(tuple_(*key).in_(free)))


def passing(error: BaseException) -> bool:
    """Whether the database was away or busy, or two transactions stood in one another's way.

    Nothing is wrong with the row that was being worked off: it is to be tried again, not to be set aside.
    """
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        broken = isinstance(error, InterfaceError | InternalError) and not state
        return error.connection_invalidated or state[:2] in _PASSING or broken
    return isinstance(error, OSError | PoolTimeout | InvalidatePoolError)


async def twice(work: Callable[[], Awaitable[T]]) -> T:
    """What somebody waits for; once more where another transaction stood in its way.

    `work` must be one unit of work and nothing beside it: what it had done by then is rolled back.
    """
    try:
        return await work()
    except DBAPIError as error:
        if not in_the_way(error):
            raise
    return await work()


def in_the_way(error: BaseException) -> bool:
    """Whether two transactions stood in one another's way: this one, begun again at once, will do."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _IN_THE_WAY


_IN_THE_WAY = {"40001", "40P01", "23505"}
"""SQLSTATE of a serialization failure, of a deadlock, and of a row that is there already: who makes one looks
for it first, so it came meanwhile (a form that was sent twice), and a second look finds it."""
_PASSING = {"08", "40", "53", "55", "57", "58"}
"""Classes of SQLSTATE: the connection failed, a transaction was in the way, too little room, a lock was held,
a shutdown, the machine."""


def _rests(_: Any, record: ConnectionPoolEntry) -> None:
    """The pool has a connection back; none when it was lost on the way."""
    record.info["rests_since"] = monotonic()


def _still_alive(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Replace a connection that the server has closed, or that says nothing after a rest.

    SQLAlchemy's own ping asks each time, by three round trips: as much as most of our transactions.
    """
    if record.driver_connection.is_closed():  # type: ignore[union-attr]
        raise InvalidatePoolError
    rests_since = record.info.get("rests_since")
    if rests_since is not None and monotonic() - rests_since > ASKED_AFTER:
        try:
            connection.ping()
        except (DBAPIError, connection.dbapi.Error, OSError) as error:
            raise InvalidatePoolError from error
