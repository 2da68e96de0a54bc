"""Taking a page that is due: whether it still must go out, now, by itself, and with which words.

1. Lock its contact, so that what goes to one contact is decided in turn; then the page.
2. Nobody needs it any more: it is dropped with the reason.
3. The provider or the contact has had its share: it is due when there is room again.
4. Whatever else is due for the same contact goes along in one message, the worst alert speaking for all.
5. The row goes to `sending`; its due time becomes the moment after which the attempt counts as lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from alerts.alert import Alert
from alerts.channels.base import Address, Message
from alerts.channels.wiring import KINDS
from alerts.compose import Claim, Recipient, Way, compose, hushed
from alerts.contacts.contact import Contact
from alerts.contacts.notes import address_of
from alerts.contacts.store import own_mail
from alerts.escalation import drop_reason, rank
from alerts.hush import is_hushed
from alerts.limits import wait_for_contact, wait_for_provider
from alerts.links import make_link, token_of
from alerts.page import Escalation, Page
from alerts.receipts import receipt_token
from alerts.stop import unbundle
from kit.db import ReadSession, WriteSession
from kit.settings import Settings
from people.members import Member
from people.organisations import Brand

LOST_AFTER = timedelta(seconds=60)
WAITING = ("due", "sending")


@dataclass(frozen=True)
class Attempt:
    """One claimed try: all that the call needs, so that it needs no database."""

    page_id: int
    number: int
    channel: str
    contact_id: int
    address: Address
    key: str
    message: Message
    alert_ids: tuple[int, ...] = field(default=())
    """The page's alert, then those that it also speaks for."""


async def lock_due(session: WriteSession, page_id: int, now: datetime) -> tuple[Page, Contact, Member] | None:
    """The page with its contact, both locked; None when it is not due, or somebody else has it."""
    row = (
        await session.execute(select(Page.contact_id, Page.member_id).where(Page.id == page_id))
    ).one_or_none()
    if row is None:
        return None
    contact_id = row[0] or (await own_mail(session, row[1], now)).id
    await session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update(key_share=True))
    due = select(Page).where(Page.id == page_id, Page.state.in_(WAITING), Page.due_at <= now)
    page: Page | None = await session.scalar(due.with_for_update(skip_locked=True))
    if page is None:
        return None
    member = await session.get_one(Member, page.member_id)
    return page, await _contact(session, page, contact_id, now), member


async def claim(
    session: WriteSession, page: Page, contact: Contact, member: Member, settings: Settings, now: datetime
) -> Attempt | None:
    """Take the page, and what goes with it, and write the message; None when none goes out now."""
    page.error = await needless(session, page.alert_id)
    if page.error is not None:
        page.state = "dropped"
        await unbundle(session, [page.id])
        return None
    alert = await session.get_one(Alert, page.alert_id)
    kind = KINDS[page.channel]
    others = await _waiting(session, page, now)
    page, others = await _worst_first(session, page, others)
    alert = await session.get_one(Alert, page.alert_id)
    wait = await wait_for_provider(session, kind, now)
    if wait is None and not page.attempts:
        wait = await wait_for_contact(session, page, kind, alert.level, now)
    if wait is not None:
        _put_off([page, *others], wait)
        return None
    for other in others:
        other.state, other.bundle_id, other.claimed_at = "bundled", page.id, now
    page.state, page.attempts, page.due_at = "sending", page.attempts + 1, now + LOST_AFTER
    page.claimed_at, page.held_until = now, None
    await session.flush()
    bundle = await _bundle(session, page)
    message = await _message(session, page, bundle, member, settings, now)
    address = address_of(contact, member)
    alert_ids = tuple(one.id for one in bundle)
    return Attempt(page.id, page.attempts, page.channel, contact.id, address, page.key, message, alert_ids)


async def needless(session: ReadSession, alert_id: int) -> str | None:
    """Why a page about this alert need not go out any more; None: it must."""
    query = (
        select(Alert.state, Escalation.state)
        .join(Escalation, Escalation.alert_id == Alert.id, isouter=True)
        .where(Alert.id == alert_id)
    )
    return drop_reason(*(await session.execute(query)).one())


async def _contact(session: WriteSession, page: Page, contact_id: int, now: datetime) -> Contact:
    """Where the page goes: its contact, or the account's mail when that one is gone meanwhile."""
    contact = await session.get_one(Contact, contact_id, populate_existing=True)
    if not contact.works and not contact.own:
        contact = await own_mail(session, page.member_id, now)
    page.contact_id, page.channel = contact.id, _channel(page, contact)
    return contact


def _channel(page: Page, contact: Contact) -> str:
    """Of a page from before there were contacts, the channel that it names itself."""
    return contact.channel if page.contact_id != contact.id else page.channel


async def _waiting(session: WriteSession, page: Page, now: datetime) -> list[Page]:
    """What else is due for the same contact and still needed; what is not is dropped on the way."""
    query = select(Page).where(
        Page.contact_id == page.contact_id, Page.state == "due", Page.due_at <= now, Page.id != page.id
    )
    found = (await session.scalars(query.order_by(Page.id).with_for_update(skip_locked=True))).all()
    needed = []
    for one in found:
        one.error = await needless(session, one.alert_id)
        if one.error is not None:
            one.state = "dropped"
            await unbundle(session, [one.id])
        else:
            needed.append(one)
    return needed


async def _worst_first(session: WriteSession, page: Page, others: Sequence[Page]) -> tuple[Page, list[Page]]:
    """The page that speaks for all: of the worst alert, of the oldest where several are as bad.

    A page that has been tried keeps its words: its key tells a second copy from a first.
    """
    if page.attempts or not others:
        return page, [one for one in others if not one.attempts]
    fresh = [page, *(one for one in others if not one.attempts)]
    levels = {one.id: (await session.get_one(Alert, one.alert_id)).level for one in fresh}
    speaker = min(fresh, key=lambda one: (-rank(levels[one.id]), one.id))
    return speaker, [one for one in fresh if one is not speaker]


def _put_off(pages: Sequence[Page], until: datetime) -> None:
    for page in pages:
        page.due_at = until
        page.state = "due"
        page.error = (
            "Held back: as many messages as agreed have gone this way. What waits goes in one message."
        )


async def _bundle(session: WriteSession, page: Page) -> list[Alert]:
    """The page's alert and those of the pages in its message that are still needed, the worst first."""
    query = (
        select(Alert)
        .join(Page, Page.alert_id == Alert.id)
        .where(Page.bundle_id == page.id, Page.state == "bundled", Alert.state == "open")
        .distinct()
    )
    others = [alert for alert in await session.scalars(query) if alert.id != page.alert_id]
    others.sort(key=lambda alert: (-rank(alert.level), alert.id))
    return [await session.get_one(Alert, page.alert_id), *others]


async def _message(
    session: WriteSession,
    page: Page,
    bundle: Sequence[Alert],
    member: Member,
    settings: Settings,
    now: datetime,
) -> Message:
    alert, titles = bundle[0], [other.title for other in bundle[1:]]
    brand = await session.get_one(Brand, alert.brand_id)
    link = await make_link(session, page, now)
    message = compose(
        Claim(brand.name, alert.level, alert.signal, alert.title, alert.since, alert.evidence),
        Recipient(member.name, member.language, member.time_zone, page.reason),
        Way(
            acknowledge_url=f"{settings.public_url}/ack/{token_of(settings.signing_key, link)}",
            alert_url=f"{settings.public_url}/alerts/{alert.id}",
            receipt_token=receipt_token(settings.signing_key, page.id),
        ),
        now=now,
        others=titles,
    )
    return hushed(message) if await is_hushed(session, {one.brand_id for one in bundle}) else message
