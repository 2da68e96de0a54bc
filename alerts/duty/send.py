"""Carrying notices about duty: claim, call, record, as pages are (`alerts.deliver`).

Just before a notice is sent it is asked whether it is still true; when it is not, it is withdrawn, and what
it says is what is true at that moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import Select, select, update

from alerts.channels.base import DeliveryError
from alerts.channels.mail.layout import letter as as_mail
from alerts.channels.wiring import post
from alerts.duty.compose import Reader
from alerts.duty.truth import paper_of
from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.settings import Settings
from people.letters import Paper
from people.members import Member
from people.notices import DutyNotice
from people.on_call.plans import zone_of

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(seconds=90)
RETRY_AFTER = (1, 5, 15, 60, 180)
"""Minutes until the next attempt, after the first, the second …; after that the notice has failed."""
PUT_OFF = timedelta(minutes=10)
AT_ONCE = 5


@dataclass(frozen=True)
class Attempt:
    """One claimed try: all that the call needs, so that it needs no database."""

    notice_id: int
    number: int
    address: str
    mail: EmailMessage


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return select(DutyNotice.id).where(DutyNotice.state.in_(("due", "sending")), DutyNotice.due_at <= now)


async def send_due(core: Core) -> int:
    """Send or withdraw every notice that is due; returns how many were taken up."""
    async with core.database.read() as session:
        query = _due(core.clock.now()).order_by(DutyNotice.due_at, DutyNotice.id).limit(200)
        numbers = (await session.scalars(query)).all()
    worked = 0
    for start in range(0, len(numbers), AT_ONCE):
        worked += sum(await asyncio.gather(*(_send(core, one) for one in numbers[start : start + AT_ONCE])))
    return worked


async def _send(core: Core, notice_id: int) -> bool:
    """One notice, if it is due and nobody else has it. What cannot be read is put off, not in the way."""
    try:
        async with core.database.unit_of_work() as session:
            notice = await _lock_due(session, notice_id, core.clock.now())
            if notice is None:
                return False
            attempt = await _claim(session, notice, core.settings, core.clock.now())
    except Exception:
        log.exception("notice.put_off", notice=notice_id)
        await _put_off(core, notice_id)
        return True
    if attempt is not None:
        error = await _call(core.settings, attempt)
        async with core.database.unit_of_work() as session:
            await _record(session, attempt, error, core.clock.now())
    return True


async def _lock_due(session: WriteSession, notice_id: int, now: datetime) -> DutyNotice | None:
    due = select(DutyNotice).where(
        DutyNotice.id == notice_id, DutyNotice.state.in_(("due", "sending")), DutyNotice.due_at <= now
    )
    return (await session.scalars(due.with_for_update(skip_locked=True))).one_or_none()


async def _claim(
    session: WriteSession, notice: DutyNotice, settings: Settings, now: datetime
) -> Attempt | None:
    """Take the notice if it is still true; None when it need not, or cannot, be sent."""
    member = await session.get_one(Member, notice.member_id)
    reader = Reader(member.language, zone_of(member))
    paper = await paper_of(session, notice, reader, now) if member.active else None
    if paper is None:
        notice.state, notice.error = "withdrawn", None
        return None
    if notice.attempts > len(RETRY_AFTER):
        notice.state, notice.error = "failed", "Its last attempt was cut off."
        return None
    try:
        made = _mail(paper, notice, member, settings, now)
    except DeliveryError as error:
        notice.state, notice.error = "failed", str(error)
        return None
    notice.state, notice.attempts, notice.due_at = "sending", notice.attempts + 1, now + LOST_AFTER
    return Attempt(notice.id, notice.attempts, member.email, made)


def _mail(
    paper: Paper, notice: DutyNotice, member: Member, settings: Settings, now: datetime
) -> EmailMessage:
    return as_mail(
        paper,
        sender=settings.mail_from,
        name=member.name,
        address=member.email,
        key=notice.key,
        public_url=settings.public_url,
        written_at=now,
    )


async def _call(settings: Settings, attempt: Attempt) -> DeliveryError | None:
    try:
        await post(settings).carry(attempt.mail, attempt.address)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("notice.broken", notice=attempt.notice_id)
        return DeliveryError(f"The mail could not be made: {type(error).__name__}", permanent=False)
    return None


async def _record(
    session: WriteSession, attempt: Attempt, error: DeliveryError | None, now: datetime
) -> None:
    """Write the outcome down, unless this attempt was given up as lost meanwhile."""
    mine = select(DutyNotice).where(
        DutyNotice.id == attempt.notice_id,
        DutyNotice.state == "sending",
        DutyNotice.attempts == attempt.number,
    )
    notice = (await session.scalars(mine.with_for_update())).one_or_none()
    if notice is None:
        log.warning("notice.outcome_late", notice=attempt.notice_id, error=error and str(error))
    elif error is None:
        notice.state, notice.sent_at, notice.error = "sent", now, None
    elif error.permanent or notice.attempts > len(RETRY_AFTER):
        notice.state, notice.error = "failed", str(error)
    else:
        await _try_later(session, notice, str(error), now)


async def _try_later(session: WriteSession, notice: DutyNotice, error: str, now: datetime) -> None:
    """Due again; of two notices about moved shifts the older one, which knows more, goes on alone."""
    if notice.kind == "moved":
        await session.execute(
            update(DutyNotice)
            .where(
                DutyNotice.kind == "moved",
                DutyNotice.state == "due",
                DutyNotice.schedule_id == notice.schedule_id,
                DutyNotice.member_id == notice.member_id,
            )
            .values(state="withdrawn")
        )
    notice.state, notice.error = "due", error
    notice.due_at = now + timedelta(minutes=RETRY_AFTER[notice.attempts - 1])


async def _put_off(core: Core, notice_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(DutyNotice)
            .where(DutyNotice.id == notice_id, DutyNotice.state.in_(("due", "sending")))
            .values(
                due_at=core.clock.now() + PUT_OFF,
                error="The notice failed by an error of ours, which is in the worker's log.",
            )
        )
