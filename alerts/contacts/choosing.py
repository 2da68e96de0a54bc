"""What a person has chosen, as the rules that `alerts.contacts.rules` decides by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from alerts.contacts.contact import Contact, ContactRule, QuietHours
from alerts.contacts.rules import Planned, Quiet, Rules, Step, plan
from alerts.contacts.store import own_mails
from kit.db import ReadSession, WriteSession
from kit.zones import zone_of
from people.members import Member


@dataclass(frozen=True)
class Choice:
    """All that one person has chosen."""

    own: Contact
    """The account's mail, whether it works or not."""
    working: Mapping[int, Contact]
    """By id: proved, and neither disabled nor removed."""
    rules: Sequence[ContactRule]
    quiet: QuietHours | None

    def planned(self, member: Member, level: str, now: datetime) -> list[tuple[Contact, Planned]]:
        """The contacts to try for this level, and when. Never nobody: at worst the account's mail.

        Where no working contact is left, the account's mail is tried even when it was disabled: a mail too
        many does no harm.
        """
        steps = plan(self._rules(), level, now, zone_of(member.time_zone))
        return [(self.working.get(step.contact, self.own), step) for step in steps]

    def _rules(self) -> Rules:
        chosen = {
            level: [
                Step(row.contact_id, timedelta(minutes=row.after_minutes))
                for row in self.rules
                if row.level == level and row.contact_id in self.working
            ]
            for level in ("amber", "red")
        }
        quiet = self.quiet
        return Rules(
            amber=chosen["amber"],
            red=chosen["red"],
            quiet=Quiet(time.fromisoformat(quiet.starts), time.fromisoformat(quiet.ends)) if quiet else None,
            otherwise=_otherwise(self.own, self.working),
        )


async def choices(session: WriteSession, member_ids: Collection[int], now: datetime) -> dict[int, Choice]:
    """What each of these people has chosen, by three questions for all of them."""
    contacts = await _contacts(session, member_ids, now)
    rules: dict[int, list[ContactRule]] = {}
    for row in await session.scalars(select(ContactRule).where(ContactRule.member_id.in_(member_ids))):
        rules.setdefault(row.member_id, []).append(row)
    found = await session.scalars(select(QuietHours).where(QuietHours.member_id.in_(member_ids)))
    quiet = {row.member_id: row for row in found}
    return {
        member_id: Choice(
            next(one for one in contacts[member_id] if one.own),
            {one.id: one for one in contacts[member_id] if one.works},
            rules.get(member_id, ()),
            quiet.get(member_id),
        )
        for member_id in member_ids
    }


def _otherwise(own: Contact, working: Mapping[int, Contact]) -> int:
    """The account's mail; when it is dead, the oldest of the others that works."""
    return own.id if own.works or not working else min(working)


async def _contacts(
    session: WriteSession, member_ids: Collection[int], now: datetime
) -> dict[int, list[Contact]]:
    """Everybody's contacts, the oldest first; the account's mail is made when it is first needed."""
    found = await _by_member(session, member_ids)
    missing = {one for one in member_ids if not any(contact.own for contact in found.get(one, ()))}
    if missing:
        await own_mails(session, missing, now)
        found |= await _by_member(session, missing)
    return found


async def _by_member(session: ReadSession, member_ids: Collection[int]) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = {}
    query = select(Contact).where(Contact.member_id.in_(member_ids)).order_by(Contact.id)
    for contact in await session.scalars(query):
        found.setdefault(contact.member_id, []).append(contact)
    return found
