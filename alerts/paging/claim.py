"""Taking pages that are due: which still must go out, now, by themselves, and with which words.

1. Lock their contacts, so that what goes to one contact is decided in turn; then the pages.
2. Nobody needs one any more: it is dropped with the reason.
3. The provider or the contact has had its share: it is due when there is room again.
4. Whatever else is due for the same contact goes along in one message, the worst alert speaking for all.
5. The row goes to `sending`; its due time becomes the moment after which the attempt counts as lost.

One message for each contact at a time; the rest of what is due there has its turn in the next round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from alerts.alert import Alert
from alerts.beginning import Beginnings, beginnings, earlier
from alerts.chain.decision import decide
from alerts.channels.base import Address, Callback, Message
from alerts.channels.wiring import KINDS
from alerts.contacts.contact import Contact
from alerts.contacts.notes import address_of
from alerts.contacts.store import own_mails
from alerts.escalation import drop_reason
from alerts.hush import hushed_brands
from alerts.levels import rank
from alerts.page import AcknowledgeLink, Escalation, Page
from alerts.paging.claimants import NUMBER
from alerts.paging.grown import grown
from alerts.paging.limits import Room
from alerts.paging.links import make_links, token_of
from alerts.paging.receipts import receipt_token
from alerts.stop import unbundle
from alerts.wording.compose import Claim, Grown, Recipient, Way, compose, hushed
from kit.db import ReadSession, WriteSession
from kit.settings import Settings
from mentions.monitor import Monitor
from people.members import Member
from people.organisations import Brand

LOST_AFTER = timedelta(seconds=60)
WAITING = ("due", "sending")
HELD_BACK = "Held back: as many messages as agreed have gone this way. What waits goes in one message."


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


@dataclass(frozen=True)
class Due:
    """Pages that were locked together, with all that hangs on them."""

    asked_for: Sequence[Page]
    """Those that it was asked for, in that order."""
    pages: Mapping[int, Sequence[Page]]
    """By contact: those asked for that go there, and whatever else is due there."""
    contacts: Mapping[int, Contact]
    members: Mapping[int, Member]
    alerts: Mapping[int, Alert]
    needless: Mapping[int, str]
    """By alert: why a page about it need not go out any more."""


async def lock_due(session: WriteSession, page_ids: Sequence[int], now: datetime) -> Due:
    """The pages that are due and that nobody else has, with their contacts."""
    contacts = await _lock_contacts(session, page_ids, now)
    found = await _lock_pages(session, page_ids, [*contacts], now)
    members = {
        one.id: one
        for one in await session.scalars(
            select(Member).where(Member.id.in_({page.member_id for page in found}))
        )
    }
    alerts, needless = await _alerts(session, {page.alert_id for page in found})
    pages: dict[int, list[Page]] = {}
    for page in found:
        contact = _goes_to(page, contacts)
        if contact is not None:
            page.channel = contact.channel if page.contact_id != contact.id else page.channel
            page.contact_id = contact.id
            pages.setdefault(contact.id, []).append(page)
    by_id = {page.id: page for one in pages.values() for page in one}
    asked_for = [by_id[one] for one in dict.fromkeys(page_ids) if one in by_id]
    return Due(asked_for, pages, contacts, members, alerts, needless)


async def claim(
    session: WriteSession, due: Due, speakers: Sequence[Page], settings: Settings, now: datetime
) -> list[Attempt]:
    """Take these pages, one for each contact, and what goes with them; the messages that go out now."""
    room = await Room.at(session, speakers, now)
    dropped: list[int] = []
    taken = []
    for page in speakers:
        chosen = await _take(session, due, page, room, dropped, now)
        if chosen is not None:
            taken.append(chosen)
    await session.flush()
    if dropped:
        await unbundle(session, dropped)
    return await _messages(session, due, taken, settings, now)


async def needless(session: ReadSession, alert_id: int) -> str | None:
    """Why a page about this alert need not go out any more; None: it must."""
    return (await _alerts(session, [alert_id]))[1].get(alert_id)


async def _alerts(
    session: ReadSession, alert_ids: Collection[int]
) -> tuple[dict[int, Alert], dict[int, str]]:
    """The alerts, and for which of them a page need not go out any more."""
    query = (
        select(Alert, Escalation.state)
        .join(Escalation, Escalation.alert_id == Alert.id, isouter=True)
        .where(Alert.id.in_(alert_ids))
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(query)).all()
    reasons = {alert.id: drop_reason(alert.state, state) for alert, state in rows}
    return {alert.id: alert for alert, _ in rows}, {key: why for key, why in reasons.items() if why}


async def _lock_contacts(session: WriteSession, page_ids: Sequence[int], now: datetime) -> dict[int, Contact]:
    """Where the pages go, locked in one order; also the account's mail where a contact is gone meanwhile."""
    rows = (await session.execute(select(Page.contact_id, Page.member_id).where(Page.id.in_(page_ids)))).all()
    contacts = await _locked(session, {row[0] for row in rows if row[0] is not None})
    lost = {row[1] for row in rows if row[0] is None or not _usable(contacts[row[0]])}
    if lost:
        contacts |= await _locked_own(session, lost, now)
    return contacts


async def _locked(session: WriteSession, contact_ids: Collection[int]) -> dict[int, Contact]:
    query = select(Contact).where(Contact.id.in_(contact_ids)).order_by(Contact.id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {one.id: one for one in await session.scalars(locked)}


async def _locked_own(
    session: WriteSession, member_ids: Collection[int], now: datetime
) -> dict[int, Contact]:
    """The account's mail of each, made where it is missing. Not waited for: we hold other contacts by now."""
    await own_mails(session, member_ids, now)
    query = select(Contact).where(Contact.member_id.in_(member_ids), Contact.own).order_by(Contact.id)
    locked = query.with_for_update(key_share=True, skip_locked=True)
    return {one.id: one for one in await session.scalars(locked.execution_options(populate_existing=True))}


def _usable(contact: Contact) -> bool:
    return contact.works or contact.own


async def _lock_pages(
    session: WriteSession, page_ids: Sequence[int], contact_ids: Sequence[int], now: datetime
) -> Sequence[Page]:
    asked_for = Page.id.in_(page_ids) & Page.state.in_(WAITING)
    beside = Page.contact_id.in_(contact_ids) & (Page.state == "due")
    query = select(Page).where(or_(asked_for, beside), Page.due_at <= now).order_by(Page.id)
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


def _goes_to(page: Page, contacts: Mapping[int, Contact]) -> Contact | None:
    """Its contact, or the account's mail when that one is gone; None: somebody else has that just now."""
    contact = contacts.get(page.contact_id) if page.contact_id is not None else None
    if contact is not None and _usable(contact):
        return contact
    mails = (one for one in contacts.values() if one.own and one.member_id == page.member_id)
    return next(mails, None)


async def _take(
    session: WriteSession, due: Due, page: Page, room: Room, dropped: list[int], now: datetime
) -> Page | None:
    """The page that speaks for what is due at its contact, claimed; None when nothing goes out now."""
    assert page.contact_id is not None
    beside = [one for one in due.pages[page.contact_id] if one is not page and one.state == "due"]
    others = _needed(due, beside, dropped)
    if not _needed(due, [page], dropped):
        return None
    page, others = _worst_first(due, page, others)
    kind = KINDS[page.channel]
    wait = await room.at_provider(session, kind)
    if wait is None and not page.attempts:
        wait = room.at_contact(page, kind, due.alerts[page.alert_id].level)
    if wait is not None:
        _put_off(session, due, [page, *others], wait, now)
        return None
    for other in others:
        other.state, other.bundle_id, other.claimed_at = "bundled", page.id, now
    page.state, page.attempts, page.due_at = "sending", page.attempts + 1, now + LOST_AFTER
    page.claimed_at, page.claimed_by, page.held_until = now, NUMBER, None
    return page


def _needed(due: Due, pages: Iterable[Page], dropped: list[int]) -> list[Page]:
    """Those that still must go out; the others are dropped on the way."""
    needed = []
    for page in pages:
        reason = due.needless.get(page.alert_id)
        if reason is not None:
            page.state, page.error = "dropped", reason
            dropped.append(page.id)
        else:
            needed.append(page)
    return needed


def _worst_first(due: Due, page: Page, others: Sequence[Page]) -> tuple[Page, list[Page]]:
    """The page that speaks for all: of the worst alert, of the oldest where several are as bad.

    A page that has been tried keeps its words: its key tells a second copy from a first.
    """
    fresh = [one for one in others if not one.attempts]
    if page.attempts:
        return page, fresh
    fresh.append(page)
    speaker = min(fresh, key=lambda one: (-rank(due.alerts[one.alert_id].level), one.id))
    return speaker, [one for one in fresh if one is not speaker]


def _put_off(session: WriteSession, due: Due, pages: Sequence[Page], until: datetime, now: datetime) -> None:
    """Told once: at a call a second, what waits is put off again and again."""
    for page in pages:
        if page.error != HELD_BACK:
            decide(
                session, "page_held_back", alert_id=page.alert_id, at=now, step=page.step,
                member_id=page.member_id, person=due.members[page.member_id].name, channel=page.channel,
                time=until.isoformat(),
            )  # fmt: skip
        page.due_at, page.state, page.error = until, "due", HELD_BACK


async def _messages(
    session: WriteSession, due: Due, pages: Sequence[Page], settings: Settings, now: datetime
) -> list[Attempt]:
    """What each of these claimed pages says."""
    if not pages:
        return []
    bundles = await _bundles(session, pages)
    brand_ids = {alert.brand_id for bundle in bundles.values() for alert in bundle}
    subjects = await _subjects(session, {bundle[0].id for bundle in bundles.values()})
    begun = await beginnings(session, brand_ids)
    by_now = await grown(session, [bundle[0] for bundle in bundles.values()], now)
    silent = await hushed_brands(session, brand_ids)
    links = await make_links(session, pages, now)
    attempts = []
    for page in pages:
        bundle, contact = bundles[page.id], due.contacts[page.contact_id or 0]
        member, link = due.members[page.member_id], links[page.id]
        message = _message(page, bundle, subjects, begun, by_now, member, link, settings, now)
        if any(alert.brand_id in silent for alert in bundle):
            message = hushed(message)
        address = address_of(contact, member)
        attempts.append(
            Attempt(
                page.id, page.attempts, page.channel, contact.id, address, page.key, message,
                tuple(alert.id for alert in bundle),
            )
        )  # fmt: skip
    return attempts


async def _subjects(session: ReadSession, alert_ids: Collection[int]) -> dict[int, str]:
    """Whom each of these alerts is about."""
    query = (
        select(Alert.id, Brand.name, Monitor)
        .join(Brand, Brand.id == Alert.brand_id)
        .join(Monitor, Monitor.id == Alert.monitor_id, isouter=True)
        .where(Alert.id.in_(alert_ids))
    )
    rows = (await session.execute(query)).all()
    return {alert_id: monitor.about(brand) if monitor else brand for alert_id, brand, monitor in rows}


async def _bundles(session: WriteSession, pages: Sequence[Page]) -> dict[int, list[Alert]]:
    """By page its alert and those of the pages in its message that are still needed, the worst first."""
    carried: dict[int, set[int]] = {page.id: set() for page in pages}
    query = select(Page.bundle_id, Page.alert_id).where(Page.bundle_id.in_(carried), Page.state == "bundled")
    for page_id, alert_id in await session.execute(query):
        carried[page_id or 0].add(alert_id)
    own = {page.alert_id for page in pages}
    alerts, needless = await _alerts(session, own.union(*carried.values()))
    found = {}
    for page in pages:
        others = [alerts[one] for one in carried[page.id] - {page.alert_id} if one not in needless]
        others.sort(key=lambda alert: (-rank(alert.level), alert.id))
        found[page.id] = [alerts[page.alert_id], *others]
    return found


def _message(
    page: Page,
    bundle: Sequence[Alert],
    subjects: Mapping[int, str],
    begun: Beginnings,
    by_now: Mapping[int, Grown],
    member: Member,
    link: AcknowledgeLink,
    settings: Settings,
    now: datetime,
) -> Message:
    alert, titles = bundle[0], [other.title for other in bundle[1:]]
    token = token_of(settings.signing_key, link)
    return compose(
        Claim(subjects[alert.id], alert.level, alert.signal, alert.title, alert.since, alert.evidence),
        Recipient(member.name, member.language, member.time_zone, page.reason),
        Way(
            acknowledge_url=f"{settings.public_url}/ack/{token}",
            alert_url=f"{settings.public_url}/alerts/{alert.id}",
            callback=Callback(f"{settings.public_url}/mattermost", token),
            receipt_token=receipt_token(settings.signing_key, page.id, page.attempts),
        ),
        now=now,
        others=titles,
        earlier=earlier(begun, bundle),
        grown=by_now.get(alert.id),
    )
