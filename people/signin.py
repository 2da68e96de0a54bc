"""Signing in with a password, and telling from a cookie's token who is asking.

The token is 256 random bits; the database holds its SHA-256 only. A try to sign in is written down as a
failure before the password is checked and struck out when it was right: a hundred tries at once count
as a hundred.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import b64encode
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import delete, func, select, update

from kit.bell import SEATS, ring_later
from kit.core import Core
from kit.db import ReadSession, WriteSession, delete_free
from kit.errors import SignedOut, Unavailable
from kit.events import record
from kit.languages import Sentence
from people.members import Member, SignIn
from people.organisations import Organisation
from people.permissions import Viewer, let_in, partner_allowed
from people.tries import Tried, note_try, succeeded

SIGNED_IN_FOR = timedelta(hours=12)
MAX_PASSWORD_BYTES = 1024
PATIENCE = 10.0  # seconds to wait until others have signed in

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store; takes some 50 ms of processor time on purpose."""
    return _hasher.hash(password)


async def sign_in(core: Core, *, email: str, password: str, client: str | None = None) -> tuple[str, Viewer]:
    """Check a password; returns the token for the cookie and who it is. `client`: the asker's address.

    Raises SignedOut: with the same words whether the address or the password was wrong, with others after
    too many failures (`people.tries`), or when a partner's agreement is not valid today. Raises Unavailable
    when too many others are before it.
    Works in units of its own, because a failure must stay written down although the request failed.
    """
    tried = Tried.by(email, client, core.settings.signing_key)
    member = await prove(core, tried, email, password)
    if member is None:
        raise SignedOut("This address and password do not go together.")
    return await core.database.answer(lambda session: _signed_in(session, tried, member, core.clock.now()))


async def prove(core: Core, tried: Tried, email: str, password: str) -> Member | None:
    """Who has this address and this password; None where they do not go together.

    The try stays written down as a failure until who asked calls `people.tries.succeeded`. Raises SignedOut
    after too many, Unavailable when too many others are before it.
    """
    try:
        await asyncio.wait_for(core.signing_in.acquire(), PATIENCE)
    except TimeoutError:
        raise Unavailable("Too many people are signing in. Try again in a minute.") from None
    try:
        member = await core.database.answer(lambda session: _try(session, tried, email, core.clock.now()))
        stored = member.password_hash if member and member.active else None
        right = await asyncio.to_thread(_password_fits, stored or _nobodys_hash(), password)
        return member if stored and right else None
    finally:
        core.signing_in.release()


async def _try(session: WriteSession, tried: Tried, email: str, now: datetime) -> Member | None:
    member = await _member_by_email(session, email)
    await note_try(session, tried, member.id if member else None, now)
    return member


async def viewer_of(session: ReadSession, token: str, now: datetime) -> Viewer | None:
    """Who holds this token; None when it is unknown or expired, or when they may no longer come in."""
    query = (
        select(Member, Organisation)
        .join(SignIn, SignIn.member_id == Member.id)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(SignIn.token_sha256 == digest(token), SignIn.expires_at > now, Member.active)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None or not let_in(found[0], found[1], now.date()):
        return None
    return viewer_from(found[0])


async def sign_out(session: WriteSession, token: str) -> None:
    """Forget the token, and end what is live in it; nothing happens when it is unknown."""
    await session.execute(delete(SignIn).where(SignIn.token_sha256 == digest(token)))
    ring_later(session, SEATS)


async def end_sign_ins(session: WriteSession, member_id: int, *, keep: str | None = None) -> None:
    """End all of a person's sign-ins and what is live in them; `keep`: the token of the one that stays."""
    ends = delete(SignIn).where(SignIn.member_id == member_id)
    await session.execute(ends if keep is None else ends.where(SignIn.token_sha256 != digest(keep)))
    ring_later(session, SEATS)


def viewer_from(member: Member, *, role: str | None = None, program: str | None = None) -> Viewer:
    """The member as a viewer; a `program` of theirs has a `role` of its own."""
    return Viewer(
        member_id=member.id,
        organisation_id=member.organisation_id,
        name=member.name if program is None else f"{member.name} ({program})",
        role=role or member.role,
        language=member.language,
        time_zone=member.time_zone,
        program=program,
    )


async def _member_by_email(session: ReadSession, email: str) -> Member | None:
    wanted = email.strip().lower()
    if "\x00" in wanted or not _encodable(wanted):
        return None
    return await session.scalar(select(Member).where(func.lower(Member.email) == wanted))


async def _signed_in(
    session: WriteSession, tried: Tried, member: Member, now: datetime
) -> tuple[str, Viewer]:
    await succeeded(session, tried, member.id, now)
    organisation = await session.get_one(Organisation, member.organisation_id)
    if not let_in(member, organisation, now.date()):
        raise SignedOut(not_let_in(member, organisation, now.date()))
    token = secrets.token_urlsafe(32)
    await delete_free(session, SignIn, SignIn.expires_at <= now)
    session.add(
        SignIn(
            member_id=member.id, token_sha256=digest(token), created_at=now, expires_at=now + SIGNED_IN_FOR
        )
    )
    seat = update(Member).where(Member.id == member.id, Member.active).values(signed_in_at=now)
    if await session.scalar(seat.returning(Member.id)) is None:
        raise SignedOut("This address and password do not go together.")
    record(session, "member.signed_in", at=now, actor=member.name, actor_id=member.id)
    return token, viewer_from(member)


def not_let_in(member: Member, organisation: Organisation, on: date) -> Sentence:
    """Why somebody of a partner may not come in on that day."""
    if organisation.ended_at is not None:
        return Sentence("The partnership with {} has ended.", organisation.name)
    whose = member if partner_allowed(organisation, on) else organisation
    return Sentence("The non-disclosure agreement of {} is not valid today.", whose.name)


def storable(password: str) -> bool:
    """Whether it can be hashed at all, in a time that is ours to say."""
    return _encodable(password) and len(password.encode()) <= MAX_PASSWORD_BYTES


def _password_fits(stored: str, password: str) -> bool:
    if not storable(password):
        password = ""  # takes the usual time and fits nothing: hash_password is never given it
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _nobodys_hash() -> str:
    """What an unknown address is checked against, so that it takes as long as a known one.

    It costs as much to check as one that was made, and nothing to make: it is the hash of no password.
    """
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _encodable(value: str) -> bool:
    """False for lone surrogates, which JSON can carry and UTF-8 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def digest(value: str) -> str:
    """Of a token: what the database holds of it."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
