"""Links by which people set their password: one use, some days, made by an admin for somebody else.

The database alone gives none away: a link is signed with the installation's key, and its row says whether it
may still be used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update

from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Expired
from kit.languages import Sentence
from kit.signing import sign, unsign
from people import letters, passwords, programs, signin
from people.letters import Paper, Section
from people.members import Invitation, Member
from people.organisations import Organisation
from people.permissions import Viewer, may_be_invited
from people.telling import tell

VALID_FOR = timedelta(days=3)
PURPOSE = "invitation"
KEY = "invitation:"
"""Begins the key of the letter that carries one. The row follows; the link is made when it is sent."""
WORDS = {
    "en": (
        "Choose your password for Tocsin",
        "{name} invites you to choose the password with which you sign in.",
        "The link works once, and for three days.",
        "Choose a password",
    ),
    "es": (
        "Elige tu contraseña de Tocsin",
        "{name} te invita a elegir la contraseña con la que entrarás.",
        "El enlace sirve una sola vez y durante tres días.",
        "Elegir una contraseña",
    ),
    "ca": (
        "Tria la teva contrasenya de Tocsin",
        "{name} et convida a triar la contrasenya amb què entraràs.",
        "L’enllaç serveix una sola vegada i durant tres dies.",
        "Tria una contrasenya",
    ),
    "fr": (
        "Choisissez votre mot de passe pour Tocsin",
        "{name} vous invite à choisir le mot de passe avec lequel vous vous connecterez.",
        "Le lien ne sert qu’une fois, et pendant trois jours.",
        "Choisir un mot de passe",
    ),
}
GONE = Sentence("This link has been used, or its time is over. Ask an admin for a new one.")


def path_of(key: str, invitation_id: int) -> str:
    """What the link leads to."""
    return f"/invitation/{sign(key, PURPOSE, {'invitation': invitation_id})}"


async def make(session: WriteSession, viewer: Viewer, member: Member, *, now: datetime) -> Invitation:
    """A link for a locked row; earlier ones of theirs end. Conflict for oneself and for who has left.

    Their access tokens and calendar addresses end with it: who asks for a new password may have lost
    the old one to somebody.
    """
    if member.id == viewer.member_id:
        raise Conflict("Change your own password in your settings.")
    if not member.active:
        raise Conflict("{} has no active seat. Let them in again first.", member.name)
    organisation = await session.get_one(Organisation, member.organisation_id)
    if not may_be_invited(member, organisation, now.date()):
        raise Conflict(signin.not_let_in(member, organisation, now.date()))
    await passwords.end_links(session, member.id, now)
    await programs.end_all(session, viewer, member.id, now)
    row = Invitation(member_id=member.id, made_by=viewer.member_id, made_at=now, expires_at=now + VALID_FOR)
    session.add(row)
    await session.flush()
    tell(session, viewer, "person.invited", now=now, member=member.name)
    return row


async def write_to(
    session: WriteSession, viewer: Viewer, member: Member, invitation: Invitation, *, now: datetime
) -> None:
    """Send it by letter. The link is put in when the letter goes (`alerts.paging.letters`)."""
    subject, line, until, label = WORDS.get(member.language, WORDS["en"])
    section = Section("", [line.format(name=viewer.name), until])
    paper = Paper(member.language, subject, [section], label, "/sign-in")
    await letters.write(session, paper, key=f"{KEY}{invitation.id}", member_id=member.id, now=now)


async def standing(session: ReadSession, member_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Until when the links of these people work, of those who have one."""
    query = select(Invitation.member_id, Invitation.expires_at).where(
        Invitation.member_id.in_(member_ids), Invitation.ended_at.is_(None), Invitation.expires_at > now
    )
    return dict((await session.execute(query)).all())


async def found(session: ReadSession, key: str, token: str, now: datetime) -> Member | None:
    """Whose link it is; None where it may not be used any more. Expired for what is none of ours."""
    return await by_id(session, _id_of(key, token), now)


async def by_id(session: ReadSession, invitation_id: int, now: datetime) -> Member | None:
    """Who may use it now."""
    query = (
        select(Member)
        .join(Invitation, Invitation.member_id == Member.id)
        .where(Invitation.id == invitation_id, Invitation.ended_at.is_(None), Invitation.expires_at > now)
        .where(Member.active)
    )
    return (await session.scalars(query)).one_or_none()


async def accept(core: Core, token: str, new: str) -> Member:
    """Set the password of whose link it is; all that had the old one ends. Expired for the second use."""
    invitation_id = _id_of(core.settings.signing_key, token)
    passwords.checked(new, field="new")
    async with core.database.read() as session:
        if await by_id(session, invitation_id, core.clock.now()) is None:
            raise Expired(GONE)
    async with core.signing_in:
        hashed = await asyncio.to_thread(signin.hash_password, new)
    return await core.database.answer(lambda session: _use(session, invitation_id, hashed, core.clock.now()))


async def _use(session: WriteSession, invitation_id: int, hashed: str, now: datetime) -> Member:
    member = await by_id(session, invitation_id, now)
    if member is None:
        raise Expired(GONE)
    # the person before the link, as who deactivates them locks
    await session.refresh(member, with_for_update={"key_share": True})
    mine = Invitation.id == invitation_id, Invitation.ended_at.is_(None), Invitation.expires_at > now
    used = update(Invitation).where(*mine).values(ended_at=now).returning(Invitation.id)
    if not member.active or await session.scalar(used) is None:
        raise Expired(GONE)
    await passwords.put(session, member, hashed, now, actor=member)
    return member


def _id_of(key: str, token: str) -> int:
    payload = unsign(key, PURPOSE, token)
    return int(payload["invitation"])
