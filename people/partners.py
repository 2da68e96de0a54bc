"""Partner organisations (agencies): which there are, what was agreed with each, when it is over.

The page and the set-up file go through these functions. A partner's name stays as it was given: by it a
set-up file finds the partner again. Who changes anything is locked together with all admins (`people.seats`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from kit.bell import SEATS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from people import seats
from people.members import Member
from people.organisations import Agreement, Brand, Organisation
from people.permissions import Viewer, require_admin
from people.reminding import next_reminder
from people.telling import tell

LONGEST = 100
"""Of a name."""
MOST_CLIENTS = 100
SHA256 = re.compile("[0-9a-f]{64}")
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class Wish:
    """What a partner may do, and what it has told of itself, as it was filled in."""

    brand_ids: Sequence[int] | None = None
    """The brands that it may work on; None: every one, later ones too."""
    each_signs: bool = False
    declared_clients: Sequence[str] = ()


@dataclass(frozen=True)
class Signed:
    """A non-disclosure agreement as it was filled in."""

    signed_on: date | None
    expires_on: date | None = None
    document_sha256: str | None = None


async def partners(session: ReadSession, viewer: Viewer) -> Sequence[Organisation]:
    """All, by name, also those that have ended. Forbidden to all but admins."""
    require_admin(viewer)
    query = select(Organisation).where(Organisation.kind == "partner")
    return (await session.scalars(query.order_by(func.lower(Organisation.name), Organisation.id))).all()


async def partner(session: ReadSession, viewer: Viewer, partner_id: int) -> Organisation:
    """One of them; NotFound when there is none. Forbidden to all but admins."""
    require_admin(viewer)
    return _known(await session.get(Organisation, partner_id))


async def own(session: ReadSession, viewer: Viewer) -> Organisation:
    """The partner that the viewer is of; NotFound for people of the house."""
    if not viewer.is_partner:
        raise NotFound("There is no such partner organisation.")
    return await session.get_one(Organisation, viewer.organisation_id)


async def people_of(session: ReadSession, partner_ids: Sequence[int]) -> Sequence[Member]:
    """Who has a seat and belongs to one of these, by name."""
    query = select(Member).where(Member.organisation_id.in_(partner_ids), Member.active)
    return (await session.scalars(query.order_by(func.lower(Member.name), Member.id))).all()


async def add(session: WriteSession, viewer: Viewer, name: str, wish: Wish, *, now: datetime) -> Organisation:
    """A new partner; nobody of it is let in until its agreement is recorded. Conflict: the name is taken."""
    await seats.lock_admins(session, viewer)
    kept = _line(name, "name")
    there = await session.scalar(
        select(Organisation.name).where(func.lower(Organisation.name) == kept.lower())
    )
    if there is not None:
        raise Conflict("There is an organisation {!r} already.", there, field="name")
    row = Organisation(name=kept, kind="partner", by_hand=True, version=1)
    await _wished(session, row, wish)
    session.add(row)
    await session.flush()
    _tell(session, viewer, row, "partner.added", now, **await _told_of(session, row))
    return row


async def edit(
    session: WriteSession, viewer: Viewer, partner_id: int, wish: Wish, *, version: int, now: datetime
) -> Organisation:
    """Bring it to this. Conflict: somebody changed it meanwhile."""
    row = await _to_change(session, viewer, partner_id, version)
    if await _wished(session, row, wish):
        _changed(session, row)
        _tell(session, viewer, row, "partner.changed", now, **await _told_of(session, row))
    return row


async def record(
    session: WriteSession, viewer: Viewer, partner_id: int, signed: Signed, *, version: int, now: datetime
) -> Organisation:
    """Its non-disclosure agreement from now on; what was recorded before stays in the log."""
    row = await _to_change(session, viewer, partner_id, version)
    if row.ended_at is not None:
        raise Conflict("The partnership with {} has ended.", row.name)
    if _agreed(row, signed, now):
        _changed(session, row)
        _tell(session, viewer, row, "partner.nda_recorded", now, **_of(row))
    return row


async def record_own(
    session: WriteSession, viewer: Viewer, member_id: int, signed: Signed, *, version: int, now: datetime
) -> Member:
    """The agreement of one of a partner's people. Invalid for people of the house."""
    row = await seats.to_change(session, viewer, member_id, version)
    if row.role != "partner":
        raise Invalid("{} is of the house.", row.name)
    if _agreed(row, signed, now):
        seats.changed(row)
        ring_later(session, SEATS)
        organisation = await session.get_one(Organisation, row.organisation_id)
        _tell(session, viewer, organisation, "partner.person_nda_recorded", now,
              member=row.name, member_id=row.id, **_of(row))  # fmt: skip
    return row


async def end(
    session: WriteSession, viewer: Viewer, partner_id: int, *, version: int, now: datetime
) -> Organisation:
    """Nobody of it is let in from now on, in no open page either; what it did stays, with its name."""
    row = await _to_change(session, viewer, partner_id, version)
    if row.ended_at is not None:
        raise Conflict("The partnership with {} has ended.", row.name)
    row.ended_at = now
    _changed(session, row)
    for member_id in await session.scalars(select(Member.id).where(Member.organisation_id == row.id)):
        await seats.shut_out(session, viewer, member_id, now)
    _tell(session, viewer, row, "partner.ended", now)
    return row


async def resume(
    session: WriteSession, viewer: Viewer, partner_id: int, *, version: int, now: datetime
) -> Organisation:
    """It goes on: its people come in again with their passwords, while its agreement is valid."""
    row = await _to_change(session, viewer, partner_id, version)
    if row.ended_at is None:
        raise Conflict("The partnership with {} goes on.", row.name)
    row.ended_at = None
    _changed(session, row)
    _tell(session, viewer, row, "partner.resumed", now)
    return row


async def put(session: WriteSession, name: str, wish: Wish, signed: Signed, *, now: datetime) -> Organisation:
    """The partner of this name, made or brought to what a set-up file says. Conflict: it is the house."""
    kept = _line(name, "name")
    row = await session.scalar(select(Organisation).where(Organisation.name == kept))
    new = row is None
    if row is None:
        row = Organisation(name=kept, kind="partner", version=1)
        session.add(row)
    elif row.kind != "partner":
        raise Conflict("There is an organisation {!r} already.", kept, field="name")
    wished, agreed = await _wished(session, row, wish), _agreed(row, signed, now)
    await session.flush()
    if new:
        _tell(session, None, row, "partner.added", now, **await _told_of(session, row))
    elif wished:
        _tell(session, None, row, "partner.changed", now, **await _told_of(session, row))
    if agreed:
        _tell(session, None, row, "partner.nda_recorded", now, **_of(row))
    if wished or agreed:
        ring_later(session, SEATS)
    return row


def agree(row: Member, signed: Signed, *, now: datetime) -> None:
    """A person's own agreement as a set-up file has it."""
    _agreed(row, signed, now)


async def _to_change(session: WriteSession, viewer: Viewer, partner_id: int, version: int) -> Organisation:
    await seats.lock_admins(session, viewer)
    row = _known(
        await session.get(
            Organisation, partner_id, with_for_update={"key_share": True}, populate_existing=True
        )
    )
    if row.version != version:
        raise Conflict("Somebody has changed this partner meanwhile. Look at it again, then decide.")
    return row


def _known(row: Organisation | None) -> Organisation:
    if row is None or row.kind != "partner":
        raise NotFound("There is no such partner organisation.")
    return row


def _changed(session: WriteSession, row: Organisation) -> None:
    """Whoever of it has a page open is looked at again."""
    row.version, row.by_hand = row.version + 1, True
    ring_later(session, SEATS)


def _tell(
    session: WriteSession, viewer: Viewer | None, row: Organisation, kind: str, now: datetime, **data: Any
) -> None:
    tell(session, viewer, kind, now=now, organisation=row.name, organisation_id=row.id, **data)


async def _wished(session: ReadSession, row: Organisation, wish: Wish) -> bool:
    """Bring it to the wish; whether anything is otherwise than before. Invalid names the field."""
    brands = None if wish.brand_ids is None else sorted(set(wish.brand_ids))
    if brands:
        known = await session.scalars(select(Brand.id).where(Brand.id.in_(brands)))
        if set(known) != set(brands):
            raise Invalid("There is no such brand.", field="brandIds")
    values = {
        "brand_ids": brands,
        "each_signs": wish.each_signs,
        "declared_clients": _clients(wish.declared_clients),
    }
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _clients(names: Sequence[str]) -> list[str]:
    """Each once, as it was written first."""
    kept: dict[str, str] = {}
    for name in names:
        if name.strip():
            line = _line(name, "declaredClients")
            kept.setdefault(line.casefold(), line)
    if len(kept) > MOST_CLIENTS:
        raise Invalid("Name at most {} clients.", MOST_CLIENTS, field="declaredClients")
    return list(kept.values())


def _agreed(row: Agreement, signed: Signed, now: datetime) -> bool:
    """Bring the agreement to this; whether anything is otherwise than before. Invalid names the field."""
    given = (signed.document_sha256 or "").strip().lower() or None
    if given is not None and not SHA256.fullmatch(given):
        raise Invalid("A SHA-256 has 64 signs: digits, and letters from a to f.", field="documentSha256")
    if signed.signed_on is None and (signed.expires_on or given):
        raise Invalid("Say on which day it was signed.", field="signedOn")
    if signed.signed_on is not None and signed.signed_on < EARLIEST:
        raise Invalid("Say on which day it was signed.", field="signedOn")
    if signed.signed_on and signed.expires_on and signed.expires_on < signed.signed_on:
        raise Invalid("It cannot end before it is signed.", field="expiresOn")
    before = row.nda_signed_on, row.nda_expires_on, row.nda_document_sha256
    after = signed.signed_on, signed.expires_on, given
    row.nda_signed_on, row.nda_expires_on, row.nda_document_sha256 = after
    if before != after:
        row.nda_remind_at = next_reminder(signed.expires_on, now)
    return before != after


def _of(row: Agreement) -> dict[str, Any]:
    """An agreement for the log."""
    signed, expires = row.nda_signed_on, row.nda_expires_on
    return {
        "signed_on": signed.isoformat() if signed else None,
        "expires_on": expires.isoformat() if expires else None,
        "sha256": row.nda_document_sha256,
    }


async def _told_of(session: ReadSession, row: Organisation) -> dict[str, Any]:
    """What a partner may do and has declared, for the log."""
    names = select(Brand.name).where(Brand.id.in_(row.brand_ids or [])).order_by(Brand.name)
    brands = None if row.brand_ids is None else list(await session.scalars(names))
    return {"brands": brands, "each_signs": row.each_signs, "declared_clients": row.declared_clients}


def _line(text: str, field: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > LONGEST or not kept.isprintable():
        raise Invalid("Give a name of at most {} characters.", LONGEST, field=field)
    return kept
