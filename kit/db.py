"""PostgreSQL: one engine, one declarative base, one unit of work.

One request or one job is one transaction. Services get a session and never commit; what must wait
for the commit (events, jobs) is kept in the session and leaves with it, or is dropped on rollback.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ReadSession = NewType("ReadSession", AsyncSession)
"""A session for asking; every session may be used as one."""
WriteSession = NewType("WriteSession", ReadSession)
"""A session inside a unit of work: what it changes is committed when the unit ends."""

Hook = Callable[[WriteSession], Awaitable[None]]


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


class Database:
    """The engine and the ways to use it. Built once, in the wiring; closed with the process."""

    def __init__(self, url: str, *, before_commit: Hook, after_commit: Hook, pool_size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # errors reach the log; passwords' hashes and sources' secrets must not
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._before_commit = before_commit
        self._after_commit = after_commit

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A read-only transaction on one snapshot."""
        async with self._sessions() as session, session.begin():
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
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

    async def close(self) -> None:
        await self.engine.dispose()
