"""Who could be paged, as things are: has a way to them been proved, and does this installation have it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from alerts.channels import wiring
from alerts.contacts.contact import Contact
from kit.db import ReadSession
from kit.settings import Settings


async def reachable(session: ReadSession, settings: Settings, member_ids: Collection[int]) -> set[int]:
    """Those with a contact that works, on a channel that is set up here.

    With a mail server everybody's account is one, unless mail to it has bounced.
    """
    ways = {name for name in wiring.KINDS if wiring.available(name, settings)}
    rows = (await session.scalars(select(Contact).where(Contact.member_id.in_(member_ids)))).all()
    found = {one.member_id for one in rows if one.works and one.channel in ways}
    if "mail" in ways:
        found |= set(member_ids) - {one.member_id for one in rows if one.own}
    return found
