"""Notes to a contact about itself: a code that proves it, a test, bad news of another one.

Rows of `contact`, carried as pages are: claim, call, record.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, select

from alerts.channels.base import Address, DeliveryError, Link, Note
from alerts.channels.wiring import KINDS, channel
from alerts.contacts.contact import Contact
from alerts.wording.sayings import sayings
from kit.bell import ALERTS, ring_later
from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.settings import Settings
from people.members import Member
from people.permissions import may_be_inside

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(seconds=60)
RETRY_AFTER = (10, 60, 300)
"""Seconds until the next attempt, after the first, the second …; after that the note has failed."""
CODE_VALID_FOR = timedelta(minutes=30)
WRONG_CODES = 5
AT_ONCE = 5


@dataclass(frozen=True)
class Attempt:
    """One claimed try: all that the call needs, so that it needs no database."""

    contact_id: int
    number: int
    attempts: int
    channel: str
    address: Address
    note: Note


def put_note(session: WriteSession, contact: Contact, kind: str, *, now: datetime, text: str = "") -> None:
    """Let a note of this kind (code, test, told) go out now, in the place of an older one."""
    contact.note_kind, contact.note_text, contact.note_state = kind, text, "due"
    contact.note_number += 1
    contact.note_due_at, contact.note_attempts, contact.note_error = now, 0, None
    contact.code_tries = 0
    ring_later(session, ALERTS)


def code_of(key: str, contact_id: int, number: int) -> str:
    """The six digits of this note of this contact; nobody without the installation's secret can tell them."""
    digest = hmac.new(key.encode(), f"contact code {contact_id} {number}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return select(Contact.id).where(Contact.note_state.in_(("due", "sending")), Contact.note_due_at <= now)


async def send_due(core: Core) -> int:
    """Carry every note that is due, several at once; returns how many were taken up."""
    async with core.database.read() as session:
        query = _due(core.clock.now()).order_by(Contact.note_due_at).limit(100)
        numbers = (await session.scalars(query)).all()
    worked = 0
    for start in range(0, len(numbers), AT_ONCE):
        worked += sum(await asyncio.gather(*(_send(core, one) for one in numbers[start : start + AT_ONCE])))
    return worked


async def _send(core: Core, contact_id: int) -> bool:
    async with core.database.unit_of_work() as session:
        attempt = await _claim(session, contact_id, core.settings, core.clock.now())
    if attempt is None:
        return False
    error = await _call(core, attempt)
    async with core.database.unit_of_work() as session:
        await _record(session, attempt, error, core.clock.now())
    return True


async def _claim(session: WriteSession, contact_id: int, settings: Settings, now: datetime) -> Attempt | None:
    due = select(Contact).where(
        Contact.id == contact_id, Contact.note_state.in_(("due", "sending")), Contact.note_due_at <= now
    )
    contact: Contact | None = await session.scalar(due.with_for_update(skip_locked=True))
    if contact is None:
        return None
    member = await session.get_one(Member, contact.member_id)
    contact.note_state, contact.note_due_at = "sending", now + LOST_AFTER
    contact.note_attempts += 1
    return Attempt(
        contact.id,
        contact.note_number,
        contact.note_attempts,
        contact.channel,
        address_of(contact, member),
        _note(contact, member, settings, now),
    )


def address_of(contact: Contact, member: Member) -> Address:
    """Where the contact leads to now: of the account's mail, the address that it has today."""
    values = {"address": member.email} if contact.own else contact.values
    return Address(values, may_be_inside(contact.may_be_inside, member.role))


def _note(contact: Contact, member: Member, settings: Settings, now: datetime) -> Note:
    said = sayings(member.language)
    code = code_of(settings.signing_key, contact.id, contact.note_number)
    texts = {
        "code": (said.code_subject, said.code_text.format(code=code)),
        "test": (said.test_subject, said.test_text.format(name=member.name)),
        "told": (said.told_subject, contact.note_text),
    }
    subject, text = texts[contact.note_kind]
    link = Link(said.my_settings, f"{settings.public_url}/me")
    return Note(member.language, member.name, subject, text, link, now)


async def _call(core: Core, attempt: Attempt) -> DeliveryError | None:
    try:
        carrier = channel(attempt.channel, core.settings, core.clock.now)
        key = f"c{attempt.contact_id}.{attempt.number}"
        await carrier.tell(attempt.note, address=attempt.address, key=key)
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("note.channel_broken", contact=attempt.contact_id, channel=attempt.channel)
        return DeliveryError(f"The channel is broken: {type(error).__name__}", permanent=True)
    return None


async def _record(
    session: WriteSession, attempt: Attempt, error: DeliveryError | None, now: datetime
) -> None:
    """Write the outcome down, unless a newer note or attempt has taken this one's place."""
    query = select(Contact).where(
        Contact.id == attempt.contact_id,
        Contact.note_state == "sending",
        Contact.note_number == attempt.number,
        Contact.note_attempts == attempt.attempts,
    )
    contact: Contact | None = await session.scalar(query.with_for_update())
    if contact is None:
        return
    contact.note_due_at = now
    if error is None:
        contact.note_state, contact.note_error = "sent", None
        contact.disabled_at = contact.disabled_reason = None  # it works again, whatever was said of it
    elif error.permanent or contact.note_attempts > len(RETRY_AFTER):
        contact.note_state, contact.note_error = "failed", str(error)
    else:
        wait = max(RETRY_AFTER[contact.note_attempts - 1], error.retry_after or 0)
        contact.note_state, contact.note_error = "due", str(error)
        contact.note_due_at = now + timedelta(seconds=wait)


def title_of(contact: Contact) -> str:
    """`Text message +34600000001`: the contact in words, without what is secret of it."""
    kind = KINDS.get(contact.channel)
    shown = kind.shown(contact.values) if kind else ""
    return f"{kind.title if kind else contact.channel} {shown}".strip()
