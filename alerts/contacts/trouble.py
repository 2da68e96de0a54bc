"""Contacts that stop: who has them is told by another way, and of one that is dead the admins are, too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from alerts.contacts.contact import Contact
from alerts.contacts.notes import put_note, title_of
from alerts.wording.phrases import CONTACTS, PHRASES
from alerts.wording.sayings import Sayings, sayings
from kit.db import WriteSession
from kit.events import record
from people.absences import AwayCalendar
from people.departments import admins
from people.letters import Paper, Section, write
from people.members import Member
from people.on_call.away import calendar_of


async def disable(session: WriteSession, contact_id: int, reason: str, now: datetime) -> None:
    """Use it no more, and say so once. A test that arrives, or a code, takes it into use again."""
    contact = await session.get(Contact, contact_id, with_for_update={"key_share": True})
    if contact is None or contact.disabled_at is not None or contact.removed_at is not None:
        return
    contact.disabled_at, contact.disabled_reason = now, reason
    owner = await session.get_one(Member, contact.member_id)
    record(
        session, "contact.disabled", at=now, contact_id=contact.id, channel=contact.channel,
        name=owner.name, reason=reason,
    )  # fmt: skip
    await session.flush()
    await _tell_owner(session, contact, owner, reason, now)
    for admin in (one for one in await admins(session) if one.id != owner.id):
        said = sayings(admin.language)
        text = said.told_admin.format(
            name=owner.name,
            contact=_title(contact, owner, admin),
            reason=PHRASES.told(reason, admin.language),
        )
        await _letter(session, contact, admin, said, text, now)


async def no_admin_any_more(session: WriteSession, member: Member, now: datetime) -> None:
    """Their contacts and their calendar may lead outside only from now on: they are told.

    Whether one does not is seen when it is tried.
    """
    mine = select(Contact).where(Contact.member_id == member.id, Contact.removed_at.is_(None))
    for contact in await session.scalars(mine.order_by(Contact.id)):
        if contact.led_inside:
            record(
                session, "contact.outside_only", at=now, contact_id=contact.id, channel=contact.channel,
                name=member.name,
            )  # fmt: skip
            said = sayings(member.language)
            text = said.outside_only.format(contact=_title(contact, member, member))
            await _letter(session, contact, member, said, text, now, subject=said.outside_only_subject)
    calendar = await calendar_of(session, member.id)
    if calendar is not None and calendar.may_be_inside and member.role != "partner":
        await _of_calendar(session, calendar, member, now)


async def _of_calendar(session: WriteSession, calendar: AwayCalendar, to: Member, now: datetime) -> None:
    """Its times from before still count, so nothing else would tell them that no new ones come."""
    record(session, "calendar.outside_only", at=now, member_id=to.id, name=to.name)
    said = sayings(to.language)
    section = Section("", [said.calendar_outside_only])
    paper = Paper(to.language, said.calendar_outside_only_subject, [section], said.my_duty, "/rota/me")
    key = f"calendar:{calendar.id}:{now:%Y%m%d%H%M%S}"
    await write(session, paper, key=key, now=now, member_id=to.id)


async def _tell_owner(
    session: WriteSession, contact: Contact, owner: Member, reason: str, now: datetime
) -> None:
    """By a letter; of the account's own mail, by each other contact that works."""
    said = sayings(owner.language)
    reason = PHRASES.told(reason, owner.language)
    text = said.told_text.format(contact=_title(contact, owner, owner), reason=reason)
    if not contact.own:
        await _letter(session, contact, owner, said, text, now)
        return
    for other in await session.scalars(select(Contact).where(Contact.member_id == owner.id)):
        if other.works and other.note_state not in {"due", "sending"}:
            put_note(session, other, "told", now=now, text=text)


async def _letter(
    session: WriteSession,
    contact: Contact,
    to: Member,
    said: Sayings,
    text: str,
    now: datetime,
    *,
    subject: str | None = None,
) -> None:
    paper = Paper(to.language, subject or said.told_subject, [Section("", [text])], said.my_settings, "/me")
    key = f"contact:{contact.id}:{now:%Y%m%d%H%M%S}:{to.id}"
    await write(session, paper, key=key, now=now, member_id=to.id)


def _title(contact: Contact, owner: Member, reader: Member) -> str:
    title = f"{title_of(contact)} {owner.email}" if contact.own else title_of(contact)
    return CONTACTS.told(title, reader.language)
