"""What comes back from telephones: replies to text messages, keys pressed in calls, receipts."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge_page
from alerts.answering.answers import dismiss_page, escalate_page, newest_page
from alerts.beginning import beginnings, earlier
from alerts.channels.phone.channels import tidy
from alerts.channels.phone.provider import failure
from alerts.contacts.contact import Contact
from alerts.contacts.trouble import disable
from alerts.escalating.together import taken
from alerts.hush import is_hushed
from alerts.page import Page
from alerts.paging.claim import needless
from alerts.paging.deliver import fail
from alerts.paging.receipts import Of
from alerts.stop import lock_message
from alerts.wording.compose import following, retold
from alerts.wording.sayings import Sayings, sayings
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from people.members import Member
from people.permissions import READERS

TAKE, PASS_ON, NO_CRISIS = "1", "2", "3"
REPLY = re.compile(r"\s*(\d)(?!\d)[\s.,:;!–-]*(.*?)\s*", re.DOTALL)
FAILED = {"failed", "undelivered", "canceled"}
UNHEARD = {"busy", "no-answer"}


async def reply(session: WriteSession, number: str, text: str, *, now: datetime) -> str:
    """What a reply from this number does, answered in words; nothing for a number that is nobody's.

    It counts for the last message that went to this number, in the name of the one person whose it is. The
    same number of two people is answered and changes nothing: nobody could tell who it was.
    """
    contacts = await _contacts(session, number)
    if not contacts:
        return ""
    pages = [page for one in contacts if (page := await newest_page(session, one.id)) is not None]
    member = await session.get_one(Member, contacts[0].member_id)
    said = sayings(member.language)
    if len({page.member_id for page in pages}) != 1:
        return said.nothing
    newest = max(pages, key=lambda page: (page.sent_at or now, page.id))
    member = await session.get_one(Member, newest.member_id)
    return await answer(session, newest, member, text, now=now, by="sms")


async def answer(
    session: WriteSession, page: Page, member: Member, text: str, *, now: datetime, by: str
) -> str:
    """Do what the person of this page said by a reply or a key.

    1 takes it, 2 wakes the next person, 3 with a reason behind it, which no key can give, is no crisis.
    """
    said = sayings(member.language)
    chosen, reason = _parted(text)
    which = f"{said.reply if by == 'sms' else said.press} {said.which}"
    if not member.active or member.role in READERS:
        return which
    try:
        if chosen == TAKE and not reason:
            await acknowledge_page(session, page, member, now=now, by=by)
            return await taken(session, page, member)
        if chosen == PASS_ON and not reason:
            await escalate_page(session, page, member, now=now, by=by)
            return said.escalated
        if chosen == NO_CRISIS and by == "sms":
            await dismiss_page(session, page, member, reason, now=now, by=by)
            return said.dismissed
    except Conflict:
        return said.over
    except Invalid:
        return said.why
    except Forbidden:
        return which
    return which


def _parted(text: str) -> tuple[str, str]:
    """The number that a reply begins with, and the words behind it."""
    found = REPLY.fullmatch(text)
    return (found[1], found[2]) if found else ("", "")


async def call_words(session: ReadSession, page_id: int) -> tuple[str, Sayings, str]:
    """What a call says of its page: the words, the phrases of its language, and that language."""
    page = await _page(session, page_id)
    member = await session.get_one(Member, page.member_id)
    alert = await session.get_one(Alert, page.alert_id)
    said = sayings(member.language)
    if await needless(session, alert.id) is not None:
        return said.over, said, member.language
    hushed = await is_hushed(session, {alert.brand_id})
    if hushed:
        return said.hushed, said, member.language
    follows = earlier(await beginnings(session, [alert.brand_id]), [alert]) is not None
    return following(retold(alert.title, member.language), member.language, follows), said, member.language


async def press(session: WriteSession, page_id: int, digit: str, *, now: datetime) -> tuple[str, str]:
    """What a pressed key did, in words, and their language."""
    page = await _page(session, page_id)
    member = await session.get_one(Member, page.member_id)
    return await answer(session, page, member, digit, now=now, by="voice"), member.language


async def receipt(
    session: WriteSession, of: Of, message: str, status: str, code: int | None, *, now: datetime
) -> None:
    """What the provider says of a message that it took. One that did not arrive fails as if it had not left.

    It may come before what the provider answered is on record. A receipt of an earlier try, or one that comes
    after the last word, changes nothing.
    """
    page = await lock_message(session, of.page_id)
    if page is None or page.receipt in FAILED | {"delivered"}:
        return
    under_way = page.state == "sending" and page.attempts == of.attempt
    if not under_way and page.provider_id != message:
        return
    page.provider_id, page.receipt, page.receipt_at = message, status[:40], now
    if status not in FAILED | UNHEARD or not (under_way or page.state == "sent"):
        return
    error = failure(code, f"{status}{f' ({code})' if code else ''}")
    page.error = str(error)
    if status in UNHEARD:
        return
    if error.dead and page.contact_id is not None:
        await disable(session, page.contact_id, str(error), now)
    await fail(session, page, str(error), now)


async def _contacts(session: ReadSession, number: str) -> list[Contact]:
    try:
        values = {"number": tidy(number)}
    except Invalid:
        return []
    query = select(Contact).where(
        Contact.channel == "sms", Contact.values == values, Contact.verified_at.is_not(None)
    )
    return list(await session.scalars(query.where(Contact.removed_at.is_(None)).order_by(Contact.id)))


async def _page(session: ReadSession, page_id: int) -> Page:
    page = await session.get(Page, page_id)
    if page is None:
        raise NotFound("There is no such page.")
    return page
