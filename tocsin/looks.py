"""One look for all sweeps of a process: who has anything to do?

A sweep that finds nothing costs nearly as much as one that works: a session, a transaction, questions. There
are twenty, each second. So one question is asked for all of them, on one connection that is kept, whenever
the bell rings and at least each second; only who has something to do begins.

Each sweep's module says itself what it has to do (`due`) and sweeps by the same question, so that the look
cannot overlook what the sweep would find. A look that fails wakes everybody, unless the database is away, and
who has not been told anything for a while looks for itself: the look saves work, nothing depends on it.

The same look tells whether pages are late: then what only follows from an alert gives way for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy import DateTime, Select, literal, literal_column, or_, select, union_all
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.answering import cover
from alerts.contacts import notes
from alerts.duty import calendars, planning
from alerts.duty.send import NOTICES
from alerts.escalating import escalate
from alerts.incoming import take
from alerts.paging import claimants
from alerts.paging.limits import waiting_channels
from incident import intake, opportunities, quiet
from incident.digest import making
from kit.bell import ALERTS
from kit.core import Core
from kit.db import Questions, passing
from mentions.triage import lateness, opening
from people import reminding
from runbooks import overdue, start
from runbooks.outgoing import LETTERS

log = structlog.get_logger(__name__)

EVERY = 1.0  # seconds between two looks while the bell is silent
APART = 0.05  # seconds between two looks while it rings all the time: in a storm each commit rings
ALONE_AFTER = 5.0  # seconds without a look after which a part looks for itself
NOW = literal_column("CAST($1 AS timestamptz)", DateTime(timezone=True))
A_SECOND_AGO = literal_column("CAST($1 AS timestamptz) - interval '1 second'", DateTime(timezone=True))
GIVE_WAY = 5.0  # seconds that a round waits at most for pages that are late
SENDING = "sending "
"""Behind it the name of the channel."""
LATE = "late"
"""No part's name: something on the way to a page has been due for a second."""

QUESTIONS: Mapping[str, Questions] = {
    "paging": (*take.due(NOW), *escalate.due(NOW)),
    "deciding": (
        *intake.due(NOW), *quiet.due(NOW), *cover.due(NOW), *start.due(NOW), *overdue.due(NOW),
    ),
    "notes": notes.due(NOW),
    "duty": (*planning.due(NOW), *NOTICES.due(NOW)),
    "cases": (*opening.due(NOW), *lateness.due(NOW), *opportunities.due(NOW)),
    "writing": (*making.due(NOW), *reminding.due(NOW), *LETTERS.due(NOW)),
    "away": calendars.due(NOW),
}  # fmt: skip
"""By the worker's part that sweeps. Those that send have a question of their own."""


def _in_sql() -> str:
    """Written once: SQLAlchemy takes several times as long to write it as the database to answer."""
    asked: list[Select[str]] = [
        select(literal(part)).where(or_(*(one.exists() for one in questions)))
        for part, questions in QUESTIONS.items()
    ]
    channels = waiting_channels(NOW).subquery()
    asked.append(select(literal(SENDING).concat(channels.c.channel)))
    late = (*take.due(A_SECOND_AGO), *escalate.due(A_SECOND_AGO), waiting_channels(A_SECOND_AGO))
    asked.append(select(literal(LATE)).where(or_(*(one.exists() for one in late))))
    dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
    return str(union_all(*asked).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


WAITING = _in_sql()
"""The names of the parts that have something to do at `$1`; LATE among them where pages are late."""


async def waiting(core: Core) -> set[str]:
    """The names of all parts that have something to do now, in whichever process."""
    async with core.database.read() as session:
        connection = await session.connection()
        return set((await connection.exec_driver_sql(WAITING, (core.clock.now(),))).scalars()) - {LATE}


class _Line:
    """The question on a connection that is kept for it: to plan it costs five times as much as its answer."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._connection: AsyncConnection | None = None

    async def ask(self) -> set[str]:
        """Whose turn it is. A connection that fails is let go, and made anew the next time."""
        try:
            connection = await self._open()
            found = await connection.exec_driver_sql(WAITING, (self._core.clock.now(),))
            return set(found.scalars())
        except BaseException:
            await self.close()
            raise

    async def _open(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._core.database.engine.connect()
            await self._connection.execution_options(isolation_level="AUTOCOMMIT")
            await self._connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
            await claimants.sign_in(self._connection)
        return self._connection

    async def close(self) -> None:
        """Not back into the pool: it plans in its own way."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()


@dataclass
class _Desk:
    """What one part was told since it listened last."""

    told: asyncio.Event = field(default_factory=asyncio.Event)
    due: bool = False


class Looks:
    """The looks of one process, for its parts."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._line = _Line(core)
        self._desks: dict[str, _Desk] = {}
        self._in_time = asyncio.Event()
        self._in_time.set()

    async def keep_looking(self) -> None:
        """When the bell rings, and each second; until cancelled."""
        try:
            async for _ in self._core.bell.listen(ALERTS, every=EVERY):
                await self._look()
                await asyncio.sleep(APART)
        finally:
            await self._line.close()

    async def rounds(self, part: str) -> AsyncIterator[bool]:
        """After each look, whether the part has something to do."""
        desk = self._desks.setdefault(part, _Desk())
        while True:
            try:
                async with asyncio.timeout(ALONE_AFTER):
                    await desk.told.wait()
            except TimeoutError:
                desk.due = True
            due, desk.due = desk.due, False
            desk.told.clear()
            yield due

    async def pages_first(self) -> None:
        """Wait while pages are late, but not for long: a provider that hangs must stop nothing for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_WAY):
                await self._in_time.wait()

    async def _look(self) -> None:
        try:
            due: Collection[str] = await self._line.ask()
        except Exception as error:
            if passing(error):  # whoever began now would find the database as little as we do
                log.warning("look.waits", error=type(error).__name__)
                return
            log.exception("look.failed")
            due = self._desks
        if LATE in due:
            self._in_time.clear()
        else:
            self._in_time.set()
        for part, desk in self._desks.items():
            desk.due = desk.due or part in due
            desk.told.set()
