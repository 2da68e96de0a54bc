"""Letters on their way out of the house; they wake nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.channels.base import DeliveryError
from alerts.channels.mail.layout import letter as as_mail
from alerts.outbox import Mail, Outbox
from kit.db import WriteSession
from kit.settings import Settings
from people import invitations
from people.departments import Department
from people.letters import Letter, Paper, paper_of
from people.members import Member
from people.organisations import Organisation
from people.permissions import partner_allowed


async def _mail_of(session: WriteSession, letter: Letter, settings: Settings, now: datetime) -> Mail:
    name, address = await _recipient(session, letter, now)
    message = as_mail(
        await _paper(session, letter, settings, now),
        sender=settings.mail_from,
        name=name,
        address=address,
        key=letter.key.replace(":", "."),
        public_url=settings.public_url,
        written_at=letter.created_at,
    )
    return Mail(address, message)


async def _paper(session: WriteSession, letter: Letter, settings: Settings, now: datetime) -> Paper:
    """Its words; an invitation's link is made here, so that no table has it."""
    paper = paper_of(letter)
    if not letter.key.startswith(invitations.KEY):
        return paper
    number = int(letter.key.removeprefix(invitations.KEY))
    if await invitations.by_id(session, number, now) is None:
        raise DeliveryError("The invitation was taken back, or its time is over.", permanent=True)
    return replace(paper, link=invitations.path_of(settings.signing_key, number))


async def _recipient(session: WriteSession, letter: Letter, now: datetime) -> tuple[str, str]:
    """Name and address, as they are now. Raises DeliveryError when nobody is left who may read it."""
    if letter.member_id is not None:
        member = await session.get_one(Member, letter.member_id)
        name, address = member.name, member.email if member.active else None
        await _refuse_shut_out(session, member, now)
    else:
        department = await session.get_one(Department, letter.department_id)
        name, address = department.name, department.email
    if not address:
        raise DeliveryError("There is no address to send it to.", permanent=True)
    return name, address


async def _refuse_shut_out(session: WriteSession, member: Member, now: datetime) -> None:
    """A letter may wait for hours; a partner's agreement may end meanwhile."""
    organisation = await session.get_one(Organisation, member.organisation_id)
    if member.role == "partner" and not partner_allowed(organisation, now.date()):
        raise DeliveryError(f"The agreement of {organisation.name} is not valid any more.", permanent=True)


async def _forget(_: WriteSession, letter: Letter) -> None:
    """It may quote the public: what went out need not be kept here."""
    letter.paper = {}


LETTERS = Outbox(Letter, _mail_of, when_sent=_forget)
