"""What people may do with their contacts, rules and quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from alerts.channels.base import Values
from alerts.channels.wiring import KINDS
from alerts.contacts.contact import Contact, ContactRule, QuietHours
from alerts.contacts.notes import CODE_VALID_FOR, WRONG_CODES, code_of, put_note
from alerts.contacts.rules import LONGEST_QUIET, Quiet
from alerts.levels import RULED
from alerts.page import Page
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Expired, Invalid, NotFound
from kit.events import record
from kit.languages import Sentence
from people.permissions import Viewer, can_administer, require_house
from people.telling import tell

MOST = 12
"""Contacts that one person may have, and may add within an hour."""
LONGEST_DELAY = 120  # minutes
BETWEEN_NOTES = timedelta(seconds=30)
"""A number that is not one's own must not ring without end."""


@dataclass(frozen=True)
class RuleInput:
    contact_id: int
    level: str
    after_minutes: int


async def my_contacts(session: ReadSession, viewer: Viewer) -> Sequence[Contact]:
    """Those that are not removed, the account's own mail first."""
    require_house(viewer)
    query = select(Contact).where(Contact.member_id == viewer.member_id, Contact.removed_at.is_(None))
    return (await session.scalars(query.order_by(Contact.own.desc(), Contact.id))).all()


async def my_rules(session: ReadSession, viewer: Viewer) -> Sequence[ContactRule]:
    query = select(ContactRule).where(ContactRule.member_id == viewer.member_id)
    return (await session.scalars(query.order_by(ContactRule.level, ContactRule.after_minutes))).all()


async def my_quiet_hours(session: ReadSession, viewer: Viewer) -> QuietHours | None:
    return await session.get(QuietHours, viewer.member_id)


async def own_mail(session: WriteSession, member_id: int, now: datetime) -> Contact:
    """The contact that everybody has: the mail address of the account; made when it is first needed."""
    await own_mails(session, [member_id], now)
    found = await session.scalars(select(Contact).where(Contact.member_id == member_id, Contact.own))
    return found.one()


async def own_mails(session: WriteSession, member_ids: Collection[int], now: datetime) -> None:
    """Make it for each of these people who have none yet."""
    rows = [
        {
            "member_id": member_id, "channel": "mail", "own": True, "values": {}, "made_at": now,
            "verified_at": now, "may_be_inside": False, "code_tries": 0, "note_kind": "", "note_text": "",
            "note_number": 0, "note_state": "", "note_attempts": 0,
        }
        for member_id in sorted(member_ids)
    ]  # fmt: skip
    await session.execute(insert(Contact).values(rows).on_conflict_do_nothing())


async def add_contact(
    session: WriteSession, viewer: Viewer, channel: str, values: Values, *, now: datetime
) -> Contact:
    """A new contact. One that was typed is sent a code, and used when the code has come back."""
    require_house(viewer)
    kind = KINDS.get(channel)
    if kind is None:
        raise Invalid("There is no channel {!r}.", channel[:30], field="channel")
    checked = kind.check(values)
    await own_mail(session, viewer.member_id, now)
    await _lock_own(session, viewer)
    mine = await my_contacts(session, viewer)
    for one in mine:
        if one.channel == channel and one.values == checked:
            return await _again(session, one, typed=kind.typed, now=now)
    if len(mine) >= MOST:
        raise Conflict("You have {} contacts already: remove one first.", MOST)
    await _refuse_many(session, viewer, now)
    contact = Contact(
        member_id=viewer.member_id,
        channel=channel,
        values=checked,
        may_be_inside=can_administer(viewer),
        made_at=now,
        verified_at=None if kind.typed else now,
        note_attempts=0,
        note_number=0,
        note_state="",
        code_tries=0,
    )
    session.add(contact)
    await session.flush()
    put_note(session, contact, "code" if kind.typed else "test", now=now)
    record(session, "contact.added", at=now, **_about(viewer, contact))
    return contact


async def remove_contact(session: WriteSession, viewer: Viewer, contact_id: int, *, now: datetime) -> Contact:
    """Forget a contact and its rules. What waits for it is due by the account's mail instead."""
    contact = await _mine(session, viewer, contact_id)
    if contact.own:
        raise Conflict("The mail address of your account stays: without rules it is where you are paged.")
    own = await own_mail(session, viewer.member_id, now)
    contact.removed_at, contact.values, contact.note_state = now, {}, ""
    await session.execute(delete(ContactRule).where(ContactRule.contact_id == contact.id))
    await session.execute(
        update(Page)
        .where(Page.contact_id == contact.id, Page.state == "due")
        .values(contact_id=own.id, channel=own.channel)
        .execution_options(synchronize_session=False)
    )
    record(session, "contact.removed", at=now, **_about(viewer, contact))
    return contact


async def test_contact(session: WriteSession, viewer: Viewer, contact_id: int, *, now: datetime) -> Contact:
    """Send a test, which takes the contact into use again if its provider takes it; or a new code."""
    contact = await _mine(session, viewer, contact_id)
    _send_again(session, contact, now=now)
    return contact


async def verify_contact(
    session: WriteSession, viewer: Viewer, contact_id: int, code: str, *, key: str, now: datetime
) -> Contact | Sentence:
    """Prove a contact by the code that was sent to it; the reason in words when the code is wrong.

    A wrong try is counted, which is why it is an answer and no exception: that would roll the count back.
    """
    contact = await _mine(session, viewer, contact_id)
    if contact.verified_at is not None:
        return contact
    sent_at = contact.note_due_at
    if contact.note_kind != "code" or sent_at is None or sent_at + CODE_VALID_FOR <= now:
        raise Expired("This code is too old. Ask for a new one.")
    if contact.code_tries >= WRONG_CODES:
        raise Expired("There were too many wrong codes. Ask for a new one.")
    if "".join(code.split()) != code_of(key, contact.id, contact.note_number):
        contact.code_tries += 1
        return Sentence("This is not the code that was sent.")
    contact.verified_at = now
    record(session, "contact.verified", at=now, **_about(viewer, contact))
    return contact


async def set_rules(
    session: WriteSession, viewer: Viewer, rules: Sequence[RuleInput], *, now: datetime
) -> None:
    """Replace all rules. Invalid for a delay or level that there is not; NotFound for another's contact."""
    require_house(viewer)
    await own_mail(session, viewer.member_id, now)
    await _lock_own(session, viewer)
    mine = {contact.id for contact in await my_contacts(session, viewer)}
    if len({(rule.contact_id, rule.level) for rule in rules}) != len(rules):
        raise Invalid("There are two rules for the same contact and level.", field="rules")
    await session.execute(delete(ContactRule).where(ContactRule.member_id == viewer.member_id))
    for rule in rules:
        if rule.contact_id not in mine:
            raise NotFound("There is no such contact.")
        if rule.level not in RULED:
            raise Invalid("A rule is for amber or red.", field="level")
        if not 0 <= rule.after_minutes <= LONGEST_DELAY:
            raise Invalid("A delay is 0 to {} minutes.", LONGEST_DELAY, field="afterMinutes")
        session.add(ContactRule(member_id=viewer.member_id, **vars(rule)))
    tell(session, viewer, "contact.rules_changed", now=now)
    await session.flush()


async def set_quiet_hours(
    session: WriteSession, viewer: Viewer, starts: str | None, ends: str | None, *, now: datetime
) -> QuietHours | None:
    """Hold what is not red from `starts` to `ends` (`22:00`, `07:00`) by my clock; both None: never."""
    require_house(viewer)
    await session.execute(delete(QuietHours).where(QuietHours.member_id == viewer.member_id))
    tell(session, viewer, "contact.quiet_hours_changed", now=now)
    if starts is None and ends is None:
        return None
    quiet = Quiet(wall_time(starts, "starts"), wall_time(ends, "ends"))
    if not quiet.length:
        raise Invalid("Quiet hours that end when they start have no length.", field="ends")
    if quiet.length > LONGEST_QUIET:
        hours = int(LONGEST_QUIET.total_seconds() // 3600)
        raise Invalid("Quiet hours may last {} hours at most.", hours, field="ends")
    row = QuietHours(member_id=viewer.member_id, starts=f"{quiet.starts:%H:%M}", ends=f"{quiet.ends:%H:%M}")
    session.add(row)
    await session.flush()
    return row


def wall_time(raw: str | None, field: str) -> time:
    """`22:00` as a time; Invalid for anything else."""
    try:
        found = time.fromisoformat((raw or "").strip())
    except ValueError as error:
        raise Invalid("Give a time such as 22:00.", field=field) from error
    if found.tzinfo is not None or found.second or found.microsecond:
        raise Invalid("Give a time such as 22:00.", field=field)
    return found


async def _again(session: WriteSession, contact: Contact, *, typed: bool, now: datetime) -> Contact:
    """The same address once more: a browser that subscribed anew, a number whose code did not come."""
    if not typed:
        contact.disabled_at = contact.disabled_reason = None
        if _just_sent(contact, now):
            return contact
    _send_again(session, contact, now=now)
    return contact


def _send_again(session: WriteSession, contact: Contact, *, now: datetime) -> None:
    """Conflict when something has just gone out to it."""
    if _just_sent(contact, now):
        raise Conflict("A message to this contact has just gone out. Wait a little for what becomes of it.")
    put_note(session, contact, "test" if contact.verified_at else "code", now=now)


def _just_sent(contact: Contact, now: datetime) -> bool:
    last = contact.note_due_at
    return contact.note_state in {"due", "sending"} or (last is not None and now < last + BETWEEN_NOTES)


async def _refuse_many(session: ReadSession, viewer: Viewer, now: datetime) -> None:
    """Conflict for more than MOST in an hour, whatever was removed again in between."""
    query = select(func.count()).where(
        Contact.member_id == viewer.member_id, Contact.made_at > now - timedelta(hours=1), ~Contact.own
    )
    if (await session.scalar(query) or 0) >= MOST:
        raise Conflict("You have added {} contacts within an hour. Wait a little before the next one.", MOST)


async def _lock_own(session: WriteSession, viewer: Viewer) -> None:
    """Changes of one person's contacts take turns."""
    own = select(Contact.id).where(Contact.member_id == viewer.member_id, Contact.own)
    await session.execute(own.with_for_update())


async def _mine(session: WriteSession, viewer: Viewer, contact_id: int) -> Contact:
    require_house(viewer)
    query = select(Contact).where(
        Contact.id == contact_id, Contact.member_id == viewer.member_id, Contact.removed_at.is_(None)
    )
    contact: Contact | None = await session.scalar(query.with_for_update())
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def _about(viewer: Viewer, contact: Contact) -> dict[str, Any]:
    """What every event about a contact says of it: not its address."""
    return {
        "actor": viewer.name,
        "actor_id": viewer.member_id,
        "contact_id": contact.id,
        "channel": contact.channel,
    }
