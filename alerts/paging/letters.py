"""Letters on their way out of the house; they wake nobody.

One may wait for hours. What it speaks of may be confidential by then, or nothing that its reader may see:
so it is looked at again (`Told`), and what is kept back is told in the log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Literal, NoReturn

from alerts.channels.base import DeliveryError
from alerts.channels.mail.layout import letter as as_mail
from alerts.paging.outbox import Mail, Outbox
from alerts.wording.sayings import sayings
from kit.db import WriteSession
from kit.events import record
from kit.settings import Settings
from people import invitations
from people.departments import Department
from people.letters import Letter, Paper, about_of, paper_of
from people.members import Member
from people.organisations import Organisation
from people.permissions import let_in, may_be_invited

Told = Callable[[WriteSession, Letter], Awaitable[Literal["words", "link", "nothing"]]]
"""What of a letter may still be told to whom it is for."""


def outbox(told: Told) -> Outbox[Letter]:
    """Carries letters, each as far as it may be told when it goes out."""

    async def mail_of(session: WriteSession, letter: Letter, settings: Settings, now: datetime) -> Mail:
        name, address = await _recipient(session, letter, now)
        match await told(session, letter):
            case "nothing":
                _withdraw(session, letter, name, "It tells of what they may not see any more.", now)
            case "link":
                _keep_words(session, letter, name, now)
        return await _mail(session, letter, name, address, settings, now)

    return Outbox(Letter, mail_of, when_sent=_forget)


async def _mail(
    session: WriteSession, letter: Letter, name: str, address: str, settings: Settings, now: datetime
) -> Mail:
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


def _keep_words(session: WriteSession, letter: Letter, name: str, now: datetime) -> None:
    """Leave the letter its link; the words are gone from here, too."""
    paper = paper_of(letter)
    bare = Paper(paper.language, sayings(paper.language).hushed, [], paper.link_label, paper.link)
    if asdict(bare) != letter.paper:
        letter.paper = asdict(bare)
        record(session, "letter.withheld", at=now, name=name, **_whereof(letter))


def _withdraw(session: WriteSession, letter: Letter, name: str, why: str, now: datetime) -> NoReturn:
    record(session, "letter.withdrawn", at=now, name=name, **_whereof(letter))
    raise DeliveryError(why, permanent=True)


def _whereof(letter: Letter) -> dict[str, Any]:
    about = about_of(letter)
    return {"incident_id": about.incident_id, "brand_id": next(iter(about.brand_ids), None)}


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
        organisation = await session.get_one(Organisation, member.organisation_id)
        may = may_be_invited if letter.key.startswith(invitations.KEY) else let_in
        if not may(member, organisation, now.date()):
            why = f"{member.name} of {organisation.name} has no access any more."
            _withdraw(session, letter, name, why, now)
    else:
        department = await session.get_one(Department, letter.department_id)
        name, address = department.name, department.email
    if not address:
        raise DeliveryError("There is no address to send it to.", permanent=True)
    return name, address


async def _forget(_: WriteSession, letter: Letter) -> None:
    """It may quote the public: what went out need not be kept here."""
    letter.paper = {}
