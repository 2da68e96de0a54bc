"""A person's password: changed by themselves, or set anew by who runs the installation."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import func, select, update

from kit.core import Core
from kit.db import WriteSession
from kit.errors import Conflict, Invalid, NotFound, SignedOut
from kit.events import record
from people import programs, signin
from people.members import Invitation, Member
from people.permissions import Viewer
from people.tries import Tried, succeeded

LEAST = 12
"""Characters that a new password has; what they are is the person's own affair."""


def checked(password: str, *, field: str | None = None) -> str:
    """The password, if it may be a new one; else Invalid."""
    if len(password) < LEAST:
        raise Invalid("A password has {} characters or more.", LEAST, field=field)
    if not signin.storable(password):
        raise Invalid("This password is too long.", field=field)
    return password


async def change(
    core: Core,
    viewer: Viewer,
    *,
    current: str,
    new: str,
    token: str | None,
    client: str | None,
    end_tokens: bool = False,
) -> None:
    """Put `new` in the place of `current`, and end this person's sign-ins but the one of `token`.

    `end_tokens`: their access tokens and calendar addresses, too, as somebody else may have had the password.

    A wrong `current` counts as a failed try to sign in: Conflict after too many. Works in units of its own,
    because a failure must stay written down although the request failed.
    """
    checked(new, field="new")
    async with core.database.read() as session:
        email = (await session.get_one(Member, viewer.member_id)).email
    tried = Tried.by(email, client, core.settings.signing_key)
    try:
        proved = await signin.prove(core, tried, email, current)
    except SignedOut as error:  # which they are not: there were too many tries
        raise Conflict(error.message) from error
    if proved is None:
        raise Invalid("This is not your password.", field="current")
    hashed = await asyncio.to_thread(signin.hash_password, new)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        await succeeded(session, tried, proved.id, now)
        member = await session.get_one(Member, proved.id)
        await put(session, member, hashed, now, keep=token, actor=member, end_tokens=end_tokens)


async def set_anew(session: WriteSession, email: str, new: str, now: datetime) -> Member:
    """Give whoever has this mail address a password; NotFound for nobody's.

    All their sign-ins, access tokens, calendar addresses and links of invitations end: the account may
    have been stolen.
    """
    member = await session.scalar(select(Member).where(func.lower(Member.email) == email.strip().lower()))
    if member is None:
        raise NotFound("Nobody here has the address {!r}.", email)
    await put(session, member, signin.hash_password(checked(new)), now)
    return member


async def put(
    session: WriteSession,
    member: Member,
    hashed: str,
    now: datetime,
    *,
    keep: str | None = None,
    actor: Member | None = None,
    end_tokens: bool = True,
) -> None:
    """Store the hash of a new password and end the sign-ins; `keep`: the token of the one that stays."""
    member.password_hash = hashed
    await signin.end_sign_ins(session, member.id, keep=keep)
    await end_links(session, member.id, now)
    if end_tokens:
        by = signin.viewer_from(actor) if actor else None
        await programs.end_all(session, by, member.id, now)
    record(
        session,
        "member.password_changed",
        at=now,
        actor=actor.name if actor else "Tocsin",
        actor_id=actor.id if actor else None,
        member=member.name,
    )


async def end_links(session: WriteSession, member_id: int, now: datetime) -> None:
    """No link by which this person may set a password works any more."""
    open_ones = update(Invitation).where(Invitation.member_id == member_id, Invitation.ended_at.is_(None))
    await session.execute(open_ones.values(ended_at=now).execution_options(synchronize_session=False))
