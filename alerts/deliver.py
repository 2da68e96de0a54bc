"""Carrying pages out of the house: claim, call, record, in three steps with no transaction across the call.

Claim (`alerts.claim`): the row goes to `sending`, its attempt is counted, and its due time becomes the moment
after which the attempt counts as lost: a worker that dies here leaves a row that the sweep takes up again.
Call: the channel hands the message over, or raises DeliveryError.
Record: only the attempt that was claimed may write its outcome; the pages in its message share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.channels.base import DeliveryError, Sent
from alerts.channels.wiring import KINDS, channel
from alerts.claim import LOST_AFTER, Attempt, claim, lock_due
from alerts.contacts.contact import Contact
from alerts.contacts.trouble import disable
from alerts.escalate import go_on
from alerts.limits import due_pages, pause
from alerts.open import about
from alerts.page import Escalation, Page
from kit.core import Core
from kit.db import WriteSession
from kit.events import record
from people.members import Member

__all__ = ["LOST_AFTER", "RETRY_AFTER", "deliver", "deliver_due", "lanes"]

log = structlog.get_logger(__name__)

PUT_OFF = timedelta(seconds=60)
RETRY_AFTER = (5, 10, 20, 40, 60)
"""Seconds until the next attempt, after the first, the second …; after that the page has failed."""
AT_ONCE = 10
"""Pages of one channel that are carried side by side."""
ONE_LOOK = 50
"""Pages that are taken up before it is asked again which go first."""
SHARED = ("mail", "sms", "voice")
"""Channels with one provider for everybody: what it asks of one page holds for all."""


def lanes() -> dict[str, Callable[[Core], Awaitable[int]]]:
    """A sweep for each channel, to be run apart: a provider that hangs holds up no other."""

    def lane(name: str) -> Callable[[Core], Awaitable[int]]:
        async def carry(core: Core) -> int:
            return await deliver_due(core, name)

        return carry

    return {name: lane(name) for name in KINDS}


async def deliver_due(core: Core, channel: str | None = None) -> int:
    """Carry the pages that are due, several at once; returns how many were taken up."""
    async with core.database.read() as session:
        due = (await session.scalars(due_pages(channel, core.clock.now(), ONE_LOOK))).all()
    worked = 0
    for start in range(0, len(due), AT_ONCE):
        tries = [deliver(core, page_id) for page_id in due[start : start + AT_ONCE]]
        worked += sum(await asyncio.gather(*tries))
    return worked


async def deliver(core: Core, page_id: int) -> bool:
    """Carry one page if it is due; False when it is not, or somebody else has it."""
    try:
        async with core.database.unit_of_work() as session:
            found = await lock_due(session, page_id, core.clock.now())
            if found is None:
                return False
            attempt = await _claimed(session, *found, core=core)
    except Exception:
        log.exception("page.put_off", page=page_id)
        await _put_off(core, page_id)
        return True
    if attempt is not None:
        outcome = await _call(core, attempt)
        async with core.database.unit_of_work() as session:
            await _record(session, attempt, outcome, core.clock.now())
    return True


async def _claimed(
    session: WriteSession, page: Page, contact: Contact, member: Member, *, core: Core
) -> Attempt | None:
    """The claim, unless the page's attempts are used up or nobody is there any more to be paged."""
    now = core.clock.now()
    if not member.active:
        await _failed(session, page, f"{member.name} has no active seat.", now)
        return None
    if page.attempts > len(RETRY_AFTER):
        await _failed(session, page, "Its last attempt was cut off.", now)
        return None
    return await claim(session, page, contact, member, core.settings, now)


async def _call(core: Core, attempt: Attempt) -> Sent | DeliveryError:
    """Hand the message to its channel; what it was taken as, or what went wrong."""
    try:
        carrier = channel(attempt.channel, core.settings, core.clock.now)
        return await carrier.send(attempt.message, address=attempt.address, key=attempt.key)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("page.channel_broken", page=attempt.page_id, channel=attempt.channel)
        return DeliveryError(
            f"The channel {attempt.channel} is broken: {type(error).__name__}", permanent=False
        )


async def _record(
    session: WriteSession, attempt: Attempt, outcome: Sent | DeliveryError, now: datetime
) -> None:
    """Write the outcome down, unless this attempt was given up as lost meanwhile."""
    page = await session.scalar(
        select(Page)
        .where(Page.id == attempt.page_id, Page.state == "sending", Page.attempts == attempt.number)
        .with_for_update()
    )
    if isinstance(outcome, DeliveryError) and outcome.retry_after and attempt.channel in SHARED:
        until = now + timedelta(seconds=outcome.retry_after)
        await pause(session, attempt.channel, until=until, reason=str(outcome))
    if page is None:
        log.warning("page.outcome_late", page=attempt.page_id, outcome=str(outcome))
    elif isinstance(outcome, Sent):
        await _sent(session, page, outcome, attempt.alert_ids, now)
    elif outcome.permanent or page.attempts > len(RETRY_AFTER):
        if outcome.dead:
            await disable(session, attempt.contact_id, str(outcome), now)
        await _failed(session, page, str(outcome), now)
    else:
        await _try_later(session, page, outcome, attempt.alert_ids, now)


async def _sent(
    session: WriteSession, page: Page, sent: Sent, alert_ids: Sequence[int], now: datetime
) -> None:
    page.state, page.sent_at, page.error, page.provider_id = "sent", now, None, sent.id
    await session.execute(
        update(Page)
        .where(Page.bundle_id == page.id, Page.state == "bundled")
        .values(state="sent", sent_at=now, error=None)
        .execution_options(synchronize_session=False)
    )
    await _trouble(session, alert_ids, None)
    told = await _about_page(session, page)
    if len(alert_ids) > 1:
        told["also"] = list(alert_ids[1:])
    record(session, "page.sent", at=now, **told)


async def _failed(session: WriteSession, page: Page, reason: str, now: datetime) -> None:
    """For good, with what was in its message: the next level need not wait for this one's time to pass."""
    query = select(Page).where(Page.bundle_id == page.id, Page.state == "bundled").with_for_update()
    for one in (page, *await session.scalars(query)):
        one.state, one.error = "failed", reason
        record(session, "page.failed", at=now, **await _about_page(session, one), reason=reason)
        await session.flush()
        await go_on(session, one.alert_id, one.step, why=reason, now=now)


async def _try_later(
    session: WriteSession, page: Page, error: DeliveryError, alert_ids: Sequence[int], now: datetime
) -> None:
    """Longer each time, and never sooner than the provider asked."""
    wait = max(RETRY_AFTER[page.attempts - 1], error.retry_after or 0)
    page.state, page.error, page.due_at = "due", str(error), now + timedelta(seconds=wait)
    await _trouble(session, alert_ids, f"A page has not left yet: {error}")


async def _trouble(session: WriteSession, alert_ids: Sequence[int], words: str | None) -> None:
    """Say on the escalations that run, or stop saying, that a page does not leave."""
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "running")
        .values(trouble=words)
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
