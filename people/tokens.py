"""Access tokens: a program comes in with one, in the name of who made it and with no more rights.

A token is shown once; the database holds its SHA-256. Its role is capped by what its maker may do at the
moment of use, so a demotion holds for their programs, too.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kit.addresses import household
from kit.bell import SEATS, ring_later
from kit.core import Core
from kit.db import ReadSession, Row, WriteSession
from kit.errors import Conflict, Invalid, NotFound, SignedOut
from people.members import Member
from people.permissions import Viewer, can_administer, require_house
from people.signin import digest, viewer_from
from people.telling import tell
from people.tries import Tried, note_try

RANKS = ("observer", "responder", "admin")
"""What a token may be, each more than the one before; the first only reads."""
LONGEST = timedelta(days=365)
LONGEST_NAME = 60
MOST = 20
PREFIX = "tocsin_"
"""Begins each token, so that scanners of code and logs know one when they see it."""
SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
USED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was used last."""


class AccessToken(Row):
    """One of them; it stays in the table when it has ended, for the log names it."""

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("role IN ('observer', 'responder', 'admin')", name="role"),
        CheckConstraint("made_at < expires_at", name="order"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    name: Mapped[str]
    role: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Listed:
    """A token with whose it is."""

    token: AccessToken
    owner: Member


async def tokens(session: ReadSession, viewer: Viewer) -> list[Listed]:
    """Mine, and for an admin everybody's; the newest first. Forbidden to partners."""
    require_house(viewer)
    query = select(AccessToken, Member).join(Member, Member.id == AccessToken.member_id)
    if not can_administer(viewer):
        query = query.where(AccessToken.member_id == viewer.member_id)
    rows = await session.execute(query.order_by(AccessToken.id.desc()).limit(500))
    return [Listed(token, owner) for token, owner in rows]


async def make(
    session: WriteSession, viewer: Viewer, *, name: str, role: str, days: int, now: datetime
) -> tuple[AccessToken, str]:
    """A new token of mine, and its text, which nobody can be told again."""
    require_house(viewer)
    own = await session.get_one(
        Member, viewer.member_id, with_for_update={"key_share": True}, populate_existing=True
    )
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise Invalid("Give a name of at most {} characters.", LONGEST_NAME, field="name")
    if role not in RANKS or not own.active or capped(role, own.role) != role:
        raise Invalid("A token may do no more than who makes it.", field="role")
    if not 1 <= days <= LONGEST.days:
        raise Invalid("A token ends after 1 to {} days.", LONGEST.days, field="days")
    mine = select(AccessToken).where(AccessToken.member_id == own.id, _stands(now))
    there = (await session.scalars(mine)).all()
    if len(there) >= MOST:
        raise Conflict("You have {} tokens already: revoke one first.", MOST)
    if any(one.name == kept for one in there):
        raise Conflict("You have a token of this name already.", field="name")
    text = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken(
        member_id=own.id,
        name=kept,
        role=role,
        token_sha256=digest(text),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    await session.flush()
    tell(session, viewer, "token.made", now=now, name=kept, role=role, token_id=row.id)
    return row, text


async def revoke(session: WriteSession, viewer: Viewer, token_id: int, *, now: datetime) -> AccessToken:
    """It is of no use from now on, in open connections neither. Mine, or as an admin anybody's."""
    require_house(viewer)
    row = await session.get(AccessToken, token_id, with_for_update=True, populate_existing=True)
    if row is None or (row.member_id != viewer.member_id and not can_administer(viewer)):
        raise NotFound("There is no such token.")
    if row.revoked_at is None:
        row.revoked_at = now
        ring_later(session, SEATS)
        tell(session, viewer, "token.revoked", now=now, name=row.name, token_id=row.id)
    return row


async def revoke_all(session: WriteSession, by: Viewer | None, member_id: int, *, now: datetime) -> None:
    """All that this person has; see `people.programs`."""
    mine = AccessToken.member_id == member_id, AccessToken.revoked_at.is_(None)
    query = select(AccessToken).where(*mine).order_by(AccessToken.id)
    for row in await session.scalars(query.with_for_update()):
        row.revoked_at = now
        if row.expires_at > now:
            tell(session, by, "token.revoked", now=now, name=row.name, token_id=row.id)
    ring_later(session, SEATS)


async def viewer_by(session: ReadSession, text: str, now: datetime) -> Viewer | None:
    """In whose name a program with this token asks, and with what rights; None where it is of no use."""
    found = await _found(session, text, now)
    return _viewer(found) if found else None


async def enter(core: Core, text: str, client: str | None) -> Viewer:
    """The same at the door: notes the use, and counts what is of no use as a wrong password is counted.

    Raises SignedOut. What others try wrongly from the same address never shuts a right token out.
    """
    now = core.clock.now()
    async with core.database.read() as session:
        found = await _found(session, text, now)
    if found is None:
        await core.database.answer(lambda session: note_try(session, _tried(core, client), None, now))
        raise SignedOut("This token is of no use: it was revoked, it has expired, or it is none of ours.")
    if found.token.used_at is None or found.token.used_at < now - USED_EVERY:
        async with core.database.unit_of_work() as session:
            mine = update(AccessToken).where(AccessToken.id == found.token.id)
            await session.execute(mine.values(used_at=func.greatest(AccessToken.used_at, now)))
    return _viewer(found)


async def _found(session: ReadSession, text: str, now: datetime) -> Listed | None:
    """The token of this text, while it and its owner may come in."""
    if not SHAPE.fullmatch(text):
        return None
    query = (
        select(AccessToken, Member)
        .join(Member, Member.id == AccessToken.member_id)
        .where(AccessToken.token_sha256 == digest(text), _stands(now))
        .where(Member.active, Member.role != "partner")
    )
    row = (await session.execute(query)).one_or_none()
    return Listed(*row) if row is not None else None


def _viewer(found: Listed) -> Viewer:
    role = capped(found.token.role, found.owner.role)
    return viewer_from(found.owner, role=role, program=found.token.name)


def capped(role: str, by: str) -> str:
    """The lesser of the two; of who is neither, the least."""
    if by not in RANKS:
        return RANKS[0]
    return min(role, by, key=RANKS.index)


def _stands(now: datetime) -> ColumnElement[bool]:
    return (AccessToken.expires_at > now) & AccessToken.revoked_at.is_(None)


def _tried(core: Core, client: str | None) -> Tried:
    """Apart from people's tries: a program with an old token locks nobody out."""
    typed = f"token:{household(client)}".encode()
    mac = hmac.new(core.settings.signing_key.encode(), typed, sha256)
    return Tried(sha256(typed).hexdigest(), mac.hexdigest())
