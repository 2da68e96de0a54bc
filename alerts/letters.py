"""Carrying letters out of the house: claim, call, record, as pages are (`alerts.deliver`), in no hurry.

A letter that fails stays in the outbox with the reason; it is tried for some hours, and wakes nobody.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import Select, select

from alerts.channels.base import DeliveryError
from alerts.channels.mail.layout import letter as as_mail
from alerts.channels.wiring import post
from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.settings import Settings
from people.departments import Department
from people.letters import Letter, paper_of
from people.members import Member

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(seconds=90)
RETRY_AFTER = (1, 5, 15, 60, 180)
"""Minutes until the next attempt, after the first, the second …; after that the letter has failed."""
AT_ONCE = 5


@dataclass(frozen=True)
class Attempt:
    """One claimed try: all that the call needs, so that it needs no database."""

    letter_id: int
    number: int
    address: str
    mail: EmailMessage


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return select(Letter.id).where(Letter.state.in_(("due", "sending")), Letter.due_at <= now)


async def send_due(core: Core) -> int:
    """Carry every letter that is due, several at once; returns how many were taken up."""
    now = core.clock.now()
    async with core.database.read() as session:
        query = _due(now).order_by(Letter.due_at, Letter.id).limit(200)
        numbers = (await session.scalars(query)).all()
    worked = 0
    for start in range(0, len(numbers), AT_ONCE):
        tries = [_send(core, number) for number in numbers[start : start + AT_ONCE]]
        for outcome in await asyncio.gather(*tries, return_exceptions=True):
            if isinstance(outcome, BaseException):
                log.error("letter.put_off", exc_info=outcome)  # one that cannot be read holds up no other
            else:
                worked += outcome
    return worked


async def _send(core: Core, letter_id: int) -> bool:
    """Carry one letter if it is due and nobody else has it."""
    async with core.database.unit_of_work() as session:
        letter = await _lock_due(session, letter_id, core.clock.now())
        if letter is None:
            return False
        attempt = await _claim(session, letter, core.settings, core.clock.now())
    if attempt is not None:
        error = await _call(core.settings, attempt)
        async with core.database.unit_of_work() as session:
            await _record(session, attempt, error, core.clock.now())
    return True


async def _lock_due(session: WriteSession, letter_id: int, now: datetime) -> Letter | None:
    due = select(Letter).where(
        Letter.id == letter_id, Letter.state.in_(("due", "sending")), Letter.due_at <= now
    )
    return (await session.scalars(due.with_for_update(skip_locked=True))).one_or_none()


async def _claim(session: WriteSession, letter: Letter, settings: Settings, now: datetime) -> Attempt | None:
    """Take the letter; None when it cannot be sent, which its row then says."""
    to = await _recipient(session, letter)
    if to is None or letter.attempts > len(RETRY_AFTER):
        letter.state = "failed"
        letter.error = "There is no address to send it to." if to is None else "Its last attempt was cut off."
        return None
    try:
        made = as_mail(
            paper_of(letter),
            sender=settings.mail_from,
            name=to[0],
            address=to[1],
            key=letter.key.replace(":", "."),
            public_url=settings.public_url,
            written_at=letter.created_at,
        )
    except DeliveryError as error:
        letter.state, letter.error = "failed", str(error)
        return None
    letter.state, letter.attempts, letter.due_at = "sending", letter.attempts + 1, now + LOST_AFTER
    return Attempt(letter.id, letter.attempts, to[1], made)


async def _recipient(session: WriteSession, letter: Letter) -> tuple[str, str] | None:
    """Name and address, as they are now; None when there is nobody any more."""
    if letter.member_id is not None:
        member = await session.get_one(Member, letter.member_id)
        return (member.name, member.email) if member.active else None
    department = await session.get_one(Department, letter.department_id)
    return (department.name, department.email) if department.email else None


async def _call(settings: Settings, attempt: Attempt) -> DeliveryError | None:
    try:
        await post(settings).carry(attempt.mail, attempt.address)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("letter.broken", letter=attempt.letter_id)
        return DeliveryError(f"The mail could not be made: {type(error).__name__}", permanent=False)
    return None


async def _record(
    session: WriteSession, attempt: Attempt, error: DeliveryError | None, now: datetime
) -> None:
    """Write the outcome down, unless this attempt was given up as lost meanwhile."""
    mine = select(Letter).where(
        Letter.id == attempt.letter_id, Letter.state == "sending", Letter.attempts == attempt.number
    )
    letter = (await session.scalars(mine.with_for_update())).one_or_none()
    if letter is None:
        log.warning("letter.outcome_late", letter=attempt.letter_id, error=error and str(error))
    elif error is None:
        letter.state, letter.sent_at, letter.error = "sent", now, None
        letter.paper = {}  # it may quote the public: what went out need not be kept here
    elif error.permanent or letter.attempts > len(RETRY_AFTER):
        letter.state, letter.error = "failed", str(error)
    else:
        letter.state, letter.error = "due", str(error)
        letter.due_at = now + timedelta(minutes=RETRY_AFTER[letter.attempts - 1])
