"""Carrying pages out of the house: claim, call, record, in three steps with no transaction across the call.

Claim (`alerts.paging.claim`): the row goes to `sending`, its attempt is counted, and its due time becomes the
moment after which the attempt counts as lost: a worker that dies here leaves a row that the sweep takes up
again.
Call: the channel hands the message over, or raises DeliveryError.
Record: only the attempt that was claimed may write its outcome; the pages in its message share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import or_, select, update

from alerts.alert import Alert
from alerts.audit import setbacks
from alerts.audit.versions import may_run
from alerts.chain.decision import decide
from alerts.channels.base import DeliveryError, Sent
from alerts.channels.wiring import KINDS, channel
from alerts.contacts.contact import Contact
from alerts.contacts.trouble import disable
from alerts.escalating.escalate import go_on
from alerts.escalating.write import LAST_RESORT
from alerts.open import about
from alerts.page import Escalation, Page
from alerts.paging.claim import LOST_AFTER, WAITING, Attempt, claim, lock_due
from alerts.paging.limits import due_pages, pause
from alerts.stop import lock_escalations, lock_message
from kit.core import Core
from kit.db import WriteSession, passing
from kit.events import record
from people.members import Member

__all__ = ["LOST_AFTER", "RETRY_AFTER", "carry", "deliver", "deliver_due", "fail", "lanes"]

log = structlog.get_logger(__name__)

PART = "deliver"
RETRY_AFTER = (5, 10, 20, 40, 60)
"""Seconds until the next attempt, after the first, the second …; after that the page has failed."""
NOT_LEFT = "A page has not left yet: "
"""How an escalation's trouble begins while one of its pages waits for its next try."""
AT_ONCE = 25
"""Pages of one channel that are carried side by side."""
ONE_LOOK = 50
"""Pages that are taken up before it is asked again which go first."""
RECORD_FOR = 45.0
"""Seconds for which an outcome is kept while the database is away: less than an attempt has."""
RECORD_EVERY = 0.2  # seconds
RECORD_TOGETHER = 0.05
"""Seconds after the first answer in which others are waited for, to be recorded in one transaction."""
REFUSALS = 3
"""Messages in a row that have failed, the last one for good, after which a contact is used no more."""
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
    """Carry the pages that are due, AT_ONCE side by side; returns how many were taken up."""
    async with core.database.read() as session:
        due = (await session.scalars(due_pages(channel, core.clock.now(), ONE_LOOK))).all()
    return sum([await carry(core, due[start : start + AT_ONCE]) for start in range(0, len(due), AT_ONCE)])


async def deliver(core: Core, page_id: int) -> bool:
    """Carry one page if it is due; False when it is not, or somebody else has it."""
    return bool(await carry(core, [page_id]))


async def carry(core: Core, page_ids: Sequence[int]) -> int:
    """Carry those of the pages that are due, side by side; returns how many were taken up."""
    try:
        taken, attempts, hopeless = await _claim(core, page_ids)
    except Exception as error:
        if passing(error):
            raise
        if len(page_ids) > 1:
            return sum([await carry(core, [one]) for one in page_ids])
        log.exception("page.put_off", page=page_ids[0])
        await _put_off(core, page_ids[0], error)
        return 1
    giving_up = asyncio.create_task(_give_up_all(core, hopeless))
    try:
        await _hand_over(core, attempts)
    finally:
        await giving_up
    return taken


async def _claim(core: Core, page_ids: Sequence[int]) -> tuple[int, list[Attempt], dict[int, str]]:
    """How many pages were taken up, the messages of those that go out now, and why others never will."""
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        if not await may_run(session, PART):
            return 0, [], {}
        due = await lock_due(session, page_ids, now)
        speakers: dict[int, Page] = {}
        hopeless: dict[int, str] = {}
        for page in due.asked_for:
            if not due.members[page.member_id].active:
                hopeless[page.id] = f"{due.members[page.member_id].name} has no active seat."
            elif page.attempts > len(RETRY_AFTER):
                hopeless[page.id] = "Its last attempt was cut off."
            elif page.contact_id is not None:
                speakers.setdefault(page.contact_id, page)
        attempts = await claim(session, due, [*speakers.values()], core.settings, now)
        return len(due.asked_for), attempts, hopeless


async def _give_up_all(core: Core, hopeless: Mapping[int, str]) -> None:
    """Beside the calls: the next level must not wait for a provider that is slow."""
    for page_id, why in hopeless.items():
        await _give_up(core, page_id, why)


async def _give_up(core: Core, page_id: int, why: str) -> None:
    """In a unit of its own: to fail a page its escalation is locked, and that comes before the page."""
    try:
        async with core.database.unit_of_work() as session:
            page = await lock_message(session, page_id)
            if page is not None and page.state in WAITING:
                await fail(session, page, why, core.clock.now())
    except Exception as error:
        if passing(error):
            raise
        log.exception("page.put_off", page=page_id)
        await _put_off(core, page_id, error)


async def _hand_over(core: Core, attempts: Sequence[Attempt]) -> None:
    """Call all at once, and record what has come back while the others are still under way."""
    calls = {asyncio.create_task(_call(core, attempt)): attempt for attempt in attempts}
    pending = set(calls)
    try:
        while pending:
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            done, pending = await asyncio.wait(pending, timeout=RECORD_TOGETHER)
            await _record(core, [(calls[call], call.result()) for call in done])
    finally:
        for call in pending:
            call.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


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


Outcome = tuple[Attempt, Sent | DeliveryError]


async def _record(core: Core, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes down; while the database is away, again and again, until they count as lost.

    What was taken and is not on record is sent a second time.
    """
    ends = monotonic() + RECORD_FOR
    while (error := await _try_to_record(core, outcomes)) is not None:
        if passing(error) and monotonic() < ends:
            await asyncio.sleep(RECORD_EVERY)
        elif len(outcomes) > 1:  # one of them is bad
            for one in outcomes:
                await _record(core, [one])
            return
        else:
            log.error("page.not_recorded", page=outcomes[0][0].page_id, exc_info=error)
            return


async def _try_to_record(core: Core, outcomes: Sequence[Outcome]) -> Exception | None:
    try:
        async with core.database.unit_of_work() as session:
            await _write_down(session, outcomes, core.clock.now())
    except Exception as error:
        return error
    return None


async def _write_down(session: WriteSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Unless an attempt was given up as lost meanwhile."""
    await lock_escalations(session, {one for attempt, _ in outcomes for one in attempt.alert_ids})
    ids = [attempt.page_id for attempt, _ in outcomes]
    query = select(Page).where(Page.id.in_(ids), Page.state == "sending").order_by(Page.id)
    pages = {page.id: page for page in await session.scalars(query.with_for_update())}
    sent = []
    for attempt, outcome in outcomes:
        page = pages.get(attempt.page_id)
        if isinstance(outcome, DeliveryError) and outcome.retry_after and attempt.channel in SHARED:
            until = now + timedelta(seconds=outcome.retry_after)
            await pause(session, attempt.channel, until=until, reason=str(outcome))
        if page is None or page.attempts != attempt.number:
            log.warning("page.outcome_late", page=attempt.page_id, outcome=str(outcome))
        elif isinstance(outcome, Sent):
            page.state, page.sent_at, page.error, page.provider_id = "sent", now, None, outcome.id
            sent.append((attempt, page))
        elif outcome.permanent or page.attempts > len(RETRY_AFTER):
            if outcome.dead or (outcome.permanent and await _keeps_failing(session, attempt)):
                await disable(session, attempt.contact_id, str(outcome), now)
            await fail(session, page, str(outcome), now)
        else:
            await _try_later(session, page, outcome, attempt.alert_ids, now)
    if sent:
        await _sent(session, sent, now)
    await setbacks.recovered(session, PART, *ids)


async def _keeps_failing(session: WriteSession, attempt: Attempt) -> bool:
    """Whether the messages before it have failed, too, and no test has arrived since.

    What a shared provider refuses may be our fault.
    """
    if attempt.channel in SHARED:
        return False
    query = (
        select(Page.state)
        .join(Contact, Contact.id == Page.contact_id)
        .where(
            Page.contact_id == attempt.contact_id,
            Page.id != attempt.page_id,
            Page.bundle_id.is_(None),
            Page.claimed_at.is_not(None),
            Page.state.in_(("sent", "failed")),
            or_(Contact.note_state != "sent", Page.claimed_at >= Contact.note_due_at),
        )
    )
    before = await session.scalars(query.order_by(Page.claimed_at.desc(), Page.id.desc()).limit(REFUSALS - 1))
    return list(before) == ["failed"] * (REFUSALS - 1)


async def _sent(session: WriteSession, sent: Sequence[tuple[Attempt, Page]], now: datetime) -> None:
    """These pages are out, and with them what went in their messages."""
    carried = await session.execute(
        update(Page)
        .where(Page.bundle_id.in_([page.id for _, page in sent]), Page.state == "bundled")
        .values(state="sent", sent_at=now, error=None)
        .returning(Page.alert_id, Page.reason)
        .execution_options(synchronize_session=False)
    )
    left = [*((page.alert_id, page.reason) for _, page in sent), *carried]
    reached = [alert_id for alert_id, reason in left if not reason.startswith(LAST_RESORT)]
    await _trouble(session, [alert_id for alert_id, _ in left], None, reached=reached)
    told = await _about_pages(session, [page for _, page in sent])
    for attempt, page in sent:
        if len(attempt.alert_ids) > 1:
            told[page.id]["also"] = list(attempt.alert_ids[1:])
        record(session, "page.sent", at=now, **told[page.id])


async def fail(session: WriteSession, page: Page, reason: str, now: datetime) -> None:
    """For good, with what was in its message: the next level need not wait for this one's time to pass.

    The escalations must be locked already (`stop.lock_message`).
    """
    query = select(Page).where(Page.bundle_id == page.id, Page.state.in_(("bundled", "sent")))
    failed = [page, *await session.scalars(query.with_for_update())]
    told = await _about_pages(session, failed)
    for one in failed:
        one.state, one.error = "failed", reason
        record(session, "page.failed", at=now, **told[one.id], reason=reason)
        await session.flush()
        await go_on(session, one.alert_id, one.step, why=reason, now=now)


async def _try_later(
    session: WriteSession, page: Page, error: DeliveryError, alert_ids: Sequence[int], now: datetime
) -> None:
    """Longer each time, and never sooner than the provider asked."""
    wait = max(RETRY_AFTER[page.attempts - 1], error.retry_after or 0)
    page.state, page.error, page.due_at = "due", str(error), now + timedelta(seconds=wait)
    member = await session.get_one(Member, page.member_id)
    decide(
        session, "page_refused", alert_id=page.alert_id, at=now, step=page.step, member_id=member.id,
        person=member.name, channel=page.channel, reason=str(error), time=page.due_at.isoformat(),
    )  # fmt: skip
    await _trouble(session, alert_ids, f"{NOT_LEFT}{error}")


async def _trouble(
    session: WriteSession, alert_ids: Sequence[int], words: str | None, *, reached: Sequence[int] = ()
) -> None:
    """Say on the escalations that run, or stop saying, that a page does not leave.

    That nobody could be paged stands until a page of a level leaves (`reached`): it would be told anew.
    """
    ours = Escalation.trouble.is_(None) | Escalation.trouble.startswith(NOT_LEFT)
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "running")
        .where(Escalation.trouble.is_distinct_from(words), ours | Escalation.alert_id.in_(reached))
        .values(trouble=words)
    )


async def _about_pages(session: WriteSession, pages: Sequence[Page]) -> dict[int, dict[str, Any]]:
    """What every event about a page says of it, by page."""
    query = (
        select(Page.id, Alert, Member.name)
        .join(Alert, Alert.id == Page.alert_id)
        .join(Member, Member.id == Page.member_id)
        .where(Page.id.in_([page.id for page in pages]))
    )
    channels = {page.id: page.channel for page in pages}
    return {
        page_id: {**about(alert), "page_id": page_id, "name": name, "channel": channels[page_id]}
        for page_id, alert, name in await session.execute(query)
    }


async def _put_off(core: Core, page_id: int, error: Exception) -> None:
    """One that fails by an error of ours again and again has failed: the next level must not wait for it."""
    failures = await setbacks.failed(core, PART, page_id, error)
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        page = await lock_message(session, page_id)
        if page is None or page.state not in WAITING:
            return
        page.error = "The page failed by an error of ours, which is in the worker's log."
        page.due_at = now + setbacks.put_off(failures)
        if failures >= setbacks.SET_ASIDE:
            await fail(session, page, page.error, now)
