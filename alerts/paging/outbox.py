"""Carrying mails that wake nobody: claim, call, record, as pages are (`alerts.paging.deliver`).

They are rows with a due time, of two kinds: letters and notices about duty. One that fails stays in its table
with the reason and is tried for some hours; one that cannot be read is put off and holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, Select, and_, select, update

from alerts.channels.base import DeliveryError
from alerts.channels.wiring import post
from kit.core import Core
from kit.db import Moment, Questions, WriteSession, passing
from kit.settings import Settings
from people.letters import Letter
from people.notices import DutyNotice

log = structlog.get_logger(__name__)

Item = TypeVar("Item", Letter, DutyNotice)

LOST_AFTER = timedelta(seconds=90)
RETRY_AFTER = (1, 5, 15, 60, 180)
"""Minutes until the next attempt, after the first, the second …; after that it has failed."""
PUT_OFF = timedelta(minutes=10)
AT_ONCE = 5


@dataclass(frozen=True)
class Mail:
    """All that the call needs, so that it needs no database."""

    address: str
    message: EmailMessage


@dataclass(frozen=True)
class Attempt:
    """One claimed try."""

    item_id: int
    number: int
    mail: Mail


async def _nothing(session: WriteSession, item: Item) -> None:
    """Nothing more to do."""


@dataclass(frozen=True)
class Outbox(Generic[Item]):
    """The mails of one table that are on their way."""

    table: type[Item]
    mail_of: Callable[[WriteSession, Item, Settings, datetime], Awaitable[Mail | None]]
    """What to send, as it is true now; None when it need not be sent any more.

    Raises DeliveryError when it never can be."""
    when_sent: Callable[[WriteSession, Item], Awaitable[None]] = _nothing
    before_again: Callable[[WriteSession, Item], Awaitable[None]] = _nothing

    def due(self, now: Moment) -> Questions:
        """What the sweep has to do."""
        return (self._due(now),)

    async def send_due(self, core: Core) -> int:
        """Carry all that is due, several at once; returns how many were taken up."""
        async with core.database.read() as session:
            query = self._due(core.clock.now()).order_by(self.table.due_at, self.table.id).limit(200)
            numbers = (await session.scalars(query)).all()
        worked = 0
        for start in range(0, len(numbers), AT_ONCE):
            tries = [self._send(core, number) for number in numbers[start : start + AT_ONCE]]
            for outcome in await asyncio.gather(*tries, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                worked += outcome
        return worked

    def _due(self, now: Moment) -> Select[int]:
        return select(self.table.id).where(self._is_due(now))

    def _is_due(self, now: Moment) -> ColumnElement[bool]:
        return and_(self.table.state.in_(("due", "sending")), self.table.due_at <= now)

    async def _send(self, core: Core, item_id: int) -> bool:
        """One of them, if it is due and nobody else has it."""
        try:
            async with core.database.unit_of_work() as session:
                item = await self._lock_due(session, item_id, core.clock.now())
                if item is None:
                    return False
                attempt = await self._claim(session, item, core.settings, core.clock.now())
        except Exception as met:
            if passing(met):
                raise
            log.exception("mail.put_off", kind=self.table.__tablename__, id=item_id)
            await self._put_off(core, item_id)
            return True
        if attempt is not None:
            error = await _call(core.settings, attempt)
            async with core.database.unit_of_work() as session:
                await self._record(session, attempt, error, core.clock.now())
        return True

    async def _lock_due(self, session: WriteSession, item_id: int, now: datetime) -> Item | None:
        mine = select(self.table).where(self._is_due(now), self.table.id == item_id)
        return (await session.scalars(mine.with_for_update(skip_locked=True))).one_or_none()

    async def _claim(
        self, session: WriteSession, item: Item, settings: Settings, now: datetime
    ) -> Attempt | None:
        """Take it; None when it need not or cannot be sent, which its row then says."""
        try:
            mail = await self.mail_of(session, item, settings, now)
        except DeliveryError as error:
            item.state, item.error = "failed", str(error)
            return None
        if mail is None:
            item.state, item.error = "withdrawn", None
        elif item.attempts > len(RETRY_AFTER):
            item.state, item.error = "failed", "Its last attempt was cut off."
        else:
            item.state, item.attempts, item.due_at = "sending", item.attempts + 1, now + LOST_AFTER
            return Attempt(item.id, item.attempts, mail)
        return None

    async def _record(
        self, session: WriteSession, attempt: Attempt, error: DeliveryError | None, now: datetime
    ) -> None:
        """Write the outcome down, unless this attempt was given up as lost meanwhile."""
        table = self.table
        mine = select(table).where(
            table.id == attempt.item_id, table.state == "sending", table.attempts == attempt.number
        )
        item = (await session.scalars(mine.with_for_update())).one_or_none()
        if item is None:
            log.warning("mail.outcome_late", kind=table.__tablename__, id=attempt.item_id)
        elif error is None:
            item.state, item.sent_at, item.error = "sent", now, None
            await self.when_sent(session, item)
        elif error.permanent or item.attempts > len(RETRY_AFTER):
            item.state, item.error = "failed", str(error)
        else:
            await self.before_again(session, item)
            item.state, item.error = "due", str(error)
            item.due_at = now + timedelta(minutes=RETRY_AFTER[item.attempts - 1])

    async def _put_off(self, core: Core, item_id: int) -> None:
        ours = "It failed by an error of ours, which is in the worker's log."
        later = {"due_at": core.clock.now() + PUT_OFF, "error": ours}
        async with core.database.unit_of_work() as session:
            await session.execute(
                update(self.table)
                .where(self.table.id == item_id, self.table.state.in_(("due", "sending")))
                .values(later)
            )


async def _call(settings: Settings, attempt: Attempt) -> DeliveryError | None:
    try:
        await post(settings).carry(attempt.mail.message, attempt.mail.address)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("mail.broken", message_id=attempt.mail.message["Message-ID"])
        return DeliveryError(f"The mail could not be made: {type(error).__name__}", permanent=False)
    return None
