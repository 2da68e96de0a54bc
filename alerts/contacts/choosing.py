"""What a person has chosen, as the rules that `alerts.contacts.rules` decides by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from alerts.contacts.contact import Contact, ContactRule, QuietHours
from alerts.contacts.rules import Planned, Quiet, Rules, Step, plan
from alerts.contacts.store import own_mail
from kit.db import ReadSession, WriteSession
from people.members import Member


async def planned(
    session: WriteSession, member: Member, level: str, now: datetime
) -> list[tuple[Contact, Planned]]:
    """The contacts to try for this person and level, and when. Never nobody: at worst the account's mail.

    A contact that is not proved, disabled or removed is left out; where nothing else is left, the account's
    mail is tried even when it was disabled: a mail too many does no harm.
    """
    own = await own_mail(session, member.id, now)
    contacts = {contact.id: contact for contact in await _working(session, member.id)}
    rules = await _rules(session, member.id, set(contacts), otherwise=_otherwise(own, contacts))
    steps = plan(rules, level, now, zone_of(member.time_zone))
    return [(contacts.get(step.contact, own), step) for step in steps]


def zone_of(name: str) -> ZoneInfo:
    """The zone, UTC for a name that is none: a page must not fail by a typing error."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return ZoneInfo("UTC")


def _otherwise(own: Contact, working: dict[int, Contact]) -> int:
    """The account's mail; when it is dead, the oldest of the others that works."""
    return own.id if own.works or not working else min(working)


async def _working(session: ReadSession, member_id: int) -> Sequence[Contact]:
    found = await session.scalars(select(Contact).where(Contact.member_id == member_id).order_by(Contact.id))
    return [contact for contact in found if contact.works]


async def _rules(session: ReadSession, member_id: int, working: set[int], *, otherwise: int) -> Rules:
    rows = (await session.scalars(select(ContactRule).where(ContactRule.member_id == member_id))).all()
    quiet = await session.get(QuietHours, member_id)
    chosen = {
        level: [
            Step(row.contact_id, timedelta(minutes=row.after_minutes))
            for row in rows
            if row.level == level and row.contact_id in working
        ]
        for level in ("amber", "red")
    }
    return Rules(
        amber=chosen["amber"],
        red=chosen["red"],
        quiet=Quiet(time.fromisoformat(quiet.starts), time.fromisoformat(quiet.ends)) if quiet else None,
        otherwise=otherwise,
    )
