"""Carrying pages out of the house: claim, call, record, in three steps with no transaction across the call.

Claim: the row goes to `sending`, its attempt is counted, and its due time becomes the moment after which
the attempt counts as lost: a worker that dies here leaves a row that the sweep takes up again.
Call: the channel hands the message over, or raises DeliveryError.
Record: only the attempt that was claimed may write its outcome.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.channels.base import DeliveryError, Message
from alerts.channels.wiring import channels
from alerts.compose import Claim, Recipient, compose
from alerts.escalate import go_on
from alerts.escalation import drop_reason
from alerts.links import make_link, token_of
from alerts.open import about
from alerts.page import Escalation, Page
from kit.core import Core
from kit.db import WriteSession
from kit.events import record
from kit.settings import Settings
from people.members import Member
from people.organisations import Brand

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(seconds=60)
PUT_OFF = timedelta(seconds=60)
RETRY_AFTER = (5, 10, 20, 40, 60)
"""Seconds until the next attempt, after the first, the second …; after that the page has failed."""
AT_ONCE = 10
"""Pages that one sweep carries side by side."""


@dataclass(frozen=True)
class Attempt:
    """One claimed try: all that the call needs, so that it needs no database."""

    page_id: int
    number: int
    channel: str
    address: str
    key: str
    message: Message


async def deliver_due(core: Core) -> int:
    """Carry every page that is due, several at once; returns how many were taken up."""
    async with core.database.read() as session:
        query = (
            select(Page.id)
            .where(Page.state.in_(("due", "sending")), Page.due_at <= core.clock.now())
            .order_by(Page.due_at)
        )
        due = (await session.scalars(query)).all()
    worked = 0
    for start in range(0, len(due), AT_ONCE):
        tries = [deliver(core, page_id) for page_id in due[start : start + AT_ONCE]]
        worked += sum(await asyncio.gather(*tries))
    return worked


async def deliver(core: Core, page_id: int) -> bool:
    """Carry one page if it is due; False when it is not, or somebody else has it."""
    try:
        async with core.database.unit_of_work() as session:
            page = await _lock_due(session, page_id, core.clock.now())
            if page is None:
                return False
            attempt = await _claim(session, page, core.settings, core.clock.now())
    except Exception:
        log.exception("page.put_off", page=page_id)
        await _put_off(core, page_id)
        return True
    if attempt is not None:
        error = await _call(core.settings, attempt)
        async with core.database.unit_of_work() as session:
            await _record(session, attempt, error, core.clock.now())
    return True


async def _lock_due(session: WriteSession, page_id: int, now: datetime) -> Page | None:
    found: Page | None = await session.scalar(
        select(Page)
        .where(Page.id == page_id, Page.state.in_(("due", "sending")), Page.due_at <= now)
        .with_for_update(skip_locked=True)
    )
    return found


async def _claim(session: WriteSession, page: Page, settings: Settings, now: datetime) -> Attempt | None:
    """Take the page and write its message; None when it need not go out any more."""
    alert = await session.get_one(Alert, page.alert_id)
    member = await session.get_one(Member, page.member_id)
    escalation_state = await session.scalar(select(Escalation.state).where(Escalation.alert_id == alert.id))
    page.error = drop_reason(alert.state, escalation_state)
    if page.error is not None:
        page.state = "dropped"
        return None
    if page.attempts > len(RETRY_AFTER):
        await _failed(session, page, "Its last attempt was cut off.", now)
        return None
    page.state, page.attempts, page.due_at = "sending", page.attempts + 1, now + LOST_AFTER
    message = await _message(session, page, alert, member, settings, now)
    return Attempt(page.id, page.attempts, page.channel, member.email, page.key, message)


async def _message(
    session: WriteSession, page: Page, alert: Alert, member: Member, settings: Settings, now: datetime
) -> Message:
    brand = await session.get_one(Brand, alert.brand_id)
    link = await make_link(session, page, now)
    return compose(
        Claim(brand.name, alert.level, alert.signal, alert.title, alert.since, alert.evidence),
        Recipient(member.name, member.language, member.time_zone, page.reason),
        acknowledge_url=f"{settings.public_url}/ack/{token_of(settings.signing_key, link)}",
        alert_url=f"{settings.public_url}/alerts/{alert.id}",
        now=now,
    )


async def _call(settings: Settings, attempt: Attempt) -> DeliveryError | None:
    """Hand the message to its channel; what went wrong, None when nothing did."""
    try:
        channel = channels(settings)[attempt.channel]
        await channel.send(attempt.message, address=attempt.address, key=attempt.key)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("page.channel_broken", page=attempt.page_id, channel=attempt.channel)
        return DeliveryError(
            f"The channel {attempt.channel} is broken: {type(error).__name__}", permanent=False
        )
    return None


async def _record(
    session: WriteSession, attempt: Attempt, error: DeliveryError | None, now: datetime
) -> None:
    """Write the outcome down, unless this attempt was given up as lost meanwhile."""
    page = await session.scalar(
        select(Page)
        .where(Page.id == attempt.page_id, Page.state == "sending", Page.attempts == attempt.number)
        .with_for_update()
    )
    if page is None:
        log.warning("page.outcome_late", page=attempt.page_id, error=error and str(error))
    elif error is None:
        await _sent(session, page, now)
    elif error.permanent or page.attempts > len(RETRY_AFTER):
        await _failed(session, page, str(error), now)
    else:
        await _try_later(session, page, str(error), now)


async def _sent(session: WriteSession, page: Page, now: datetime) -> None:
    page.state, page.sent_at, page.error = "sent", now, None
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id == page.alert_id, Escalation.state == "running")
        .values(trouble=None)
    )
    record(session, "page.sent", at=now, **await _about_page(session, page))


async def _failed(session: WriteSession, page: Page, reason: str, now: datetime) -> None:
    """For good: the next level need not wait for this one's time to pass."""
    page.state, page.error = "failed", reason
    record(session, "page.failed", at=now, **await _about_page(session, page), reason=reason)
    await session.flush()
    await go_on(session, page.alert_id, page.step, why=reason, now=now)


async def _try_later(session: WriteSession, page: Page, reason: str, now: datetime) -> None:
    page.state, page.error = "due", reason
    page.due_at = now + timedelta(seconds=RETRY_AFTER[page.attempts - 1])
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id == page.alert_id, Escalation.state == "running")
        .values(trouble=f"A page has not left yet: {reason}")
    )


async def _about_page(session: WriteSession, page: Page) -> dict[str, Any]:
    alert = await session.get_one(Alert, page.alert_id)
    member = await session.get_one(Member, page.member_id)
    return {**about(alert), "page_id": page.id, "name": member.name, "channel": page.channel}


async def _put_off(core: Core, page_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Page)
            .where(Page.id == page_id, Page.state.in_(("due", "sending")))
            .values(
                due_at=core.clock.now() + PUT_OFF,
                error="The page failed by an error of ours, which is in the worker's log.",
            )
        )
