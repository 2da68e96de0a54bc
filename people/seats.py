"""What admins do with people: add them, change what they may do, take their seat, give it back.

Whoever does so is locked together with all admins, and looked at again under the lock: two who demote each
other at once take turns, and the second is no admin any more. Nobody changes their own seat. So there is
always an admin left, the one who acted last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from kit.bell import SEATS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.zones import known_zone
from people import organising, passwords, programs
from people.departments import Department, departments_of
from people.members import Member
from people.on_call.moving import moving, schedules_naming
from people.organisations import Organisation
from people.permissions import ROLES, Viewer, require_admin
from people.reading import known_language
from people.signin import end_sign_ins
from people.telling import tell

LONGEST = 100
"""Of a name, and of what somebody is called at work."""


@dataclass(frozen=True)
class Wish:
    """A seat as it was filled in."""

    name: str
    role: str
    job: str = ""
    partner_id: int | None = None
    """The partner organisation of who has the role `partner`; None for the house."""
    department_ids: Sequence[int] = ()


async def seats(session: ReadSession, viewer: Viewer) -> Sequence[Member]:
    """Everybody who has or had a seat, by name. Forbidden to all but admins."""
    require_admin(viewer)
    return (await session.scalars(select(Member).order_by(func.lower(Member.name), Member.id))).all()


async def seat(session: ReadSession, viewer: Viewer, member_id: int) -> Member:
    """One of them; NotFound when there is none."""
    require_admin(viewer)
    found = await session.get(Member, member_id)
    if found is None:
        raise NotFound("There is no such person here.")
    return found


async def add(
    session: WriteSession,
    viewer: Viewer,
    wish: Wish,
    *,
    email: str,
    language: str,
    time_zone: str,
    now: datetime,
) -> Member:
    """A new seat, without a password yet. Conflict: somebody has this address, with a seat or without."""
    await lock_admins(session, viewer)
    address = email.strip()
    if not (organising.MAIL.fullmatch(address) and len(address) <= 254 and address.isprintable()):
        raise Invalid("{!r} is no mail address.", address[:40], field="email")
    there = await session.scalar(select(Member).where(func.lower(Member.email) == address.lower()))
    if there is not None:
        raise Conflict("{} has this address already.", there.name, field="email")
    organisation = await _organisation(session, wish)
    _require_going_on(organisation)
    row = Member(
        organisation_id=organisation.id,
        name=_line(wish.name, "name"),
        email=address,
        role=wish.role,
        job=_line(wish.job, "job", needed=False),
        language=known_language(language, field="language"),
        time_zone=known_zone(time_zone, field="timeZone"),
        by_hand=True,
        version=1,
    )
    session.add(row)
    await session.flush()
    await _put_into(session, viewer, row, wish, now)
    tell(session, viewer, "person.added", now=now, member=row.name, role=row.role, member_id=row.id)
    return row


async def edit(
    session: WriteSession,
    viewer: Viewer,
    member_id: int,
    wish: Wish,
    *,
    version: int,
    moves: bool = False,
    now: datetime,
) -> Member:
    """Bring a seat to this. Conflict: somebody changed it meanwhile, or it would be one's own role.

    `moves`: yes, they are to belong to another organisation: an agency's person of the house sees everything,
    so nobody becomes that by one form. Invalid without it.
    """
    row = await to_change(session, viewer, member_id, version)
    organisation = await _organisation(session, wish)
    before, leaves = row.role, organisation.id != row.organisation_id
    if row.id == viewer.member_id and (leaves or wish.role != before):
        raise Conflict("Nobody changes their own role: ask another admin.", field="role")
    if leaves:
        _require_going_on(organisation)
    if leaves and not moves:
        own = await session.get_one(Organisation, row.organisation_id)
        raise Invalid(
            "{} is of {} and would be of {}. Look again at what they will see, then confirm it.",
            row.name, own.name, organisation.name, field="moves",
        )  # fmt: skip
    row.name, row.job = _line(wish.name, "name"), _line(wish.job, "job", needed=False)
    if wish.role != before or leaves:
        async with _on_call_anew(session, viewer, row.id, now):
            row.role, row.organisation_id = wish.role, organisation.id
        if leaves:
            await shut_out(session, viewer, row.id, now)
        ring_later(session, SEATS)
    await _put_into(session, viewer, row, wish, now)
    changed(row)
    tell(session, viewer, "person.changed", now=now, member=row.name, role=row.role, before=before,
         organisation=organisation.name, member_id=row.id)  # fmt: skip
    return row


async def deactivate(
    session: WriteSession, viewer: Viewer, member_id: int, *, version: int, now: datetime
) -> Member:
    """They cannot come in from now on, in no open page either, and are not paged; their name stays."""
    row = await to_change(session, viewer, member_id, version)
    if row.id == viewer.member_id:
        raise Conflict("Nobody takes their own seat: ask another admin.")
    if not row.active:
        raise Conflict("{} has no active seat any more.", row.name)
    async with _on_call_anew(session, viewer, row.id, now):
        row.active = False
    await shut_out(session, viewer, row.id, now)
    changed(row)
    tell(session, viewer, "person.deactivated", now=now, member=row.name, member_id=row.id)
    return row


async def reactivate(
    session: WriteSession, viewer: Viewer, member_id: int, *, version: int, now: datetime
) -> Member:
    """They come in again with the password they had, and have the shifts that their layers give them."""
    row = await to_change(session, viewer, member_id, version)
    if row.active:
        raise Conflict("{} has an active seat.", row.name)
    async with _on_call_anew(session, viewer, row.id, now):
        row.active = True
    changed(row)
    tell(session, viewer, "person.reactivated", now=now, member=row.name, member_id=row.id)
    return row


async def to_invite(session: WriteSession, viewer: Viewer, member_id: int) -> Member:
    """The person for whom an admin makes a link, locked."""
    return await _locked_one(session, viewer, member_id)


async def lock_admins(
    session: WriteSession, viewer: Viewer, member_id: int | None = None
) -> dict[int, Member]:
    """All admins with a seat, and this person; Forbidden unless the viewer is still one of them.

    Not against rows that refer to them: pages go on.
    """
    require_admin(viewer)
    admins = (Member.role == "admin") & Member.active
    query = select(Member).where(or_(admins, Member.id == member_id)).order_by(Member.id)
    rows = await session.scalars(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    own = found.get(viewer.member_id)
    if own is None or own.role != "admin" or not own.active:
        raise Forbidden("Only admins may do this.")
    return found


async def _locked_one(session: WriteSession, viewer: Viewer, member_id: int) -> Member:
    row = (await lock_admins(session, viewer, member_id)).get(member_id)
    if row is None:
        raise NotFound("There is no such person here.")
    return row


async def to_change(session: WriteSession, viewer: Viewer, member_id: int, version: int) -> Member:
    """Somebody's seat, locked. Conflict: it is not as the admin saw it any more."""
    row = await _locked_one(session, viewer, member_id)
    if row.version != version:
        raise Conflict("Somebody has changed this person’s seat meanwhile. Look at it again, then decide.")
    return row


def changed(row: Member) -> None:
    """Note a change by hand."""
    row.version, row.by_hand = row.version + 1, True


@asynccontextmanager
async def _on_call_anew(
    session: WriteSession, viewer: Viewer, member_id: int, now: datetime
) -> AsyncIterator[None]:
    """Who has other shifts by what happens inside is told, and calendars have them."""
    touched = await schedules_naming(session, member_id, now)
    async with moving(session, touched, actor_id=viewer.member_id, now=now):
        yield


async def shut_out(session: WriteSession, by: Viewer | None, member_id: int, now: datetime) -> None:
    """End their sign-ins, links, programs and the calendars that others' programs read in their name."""
    await end_sign_ins(session, member_id)
    await passwords.end_links(session, member_id, now)
    await programs.end_all(session, by, member_id, now)


async def _put_into(session: WriteSession, viewer: Viewer, row: Member, wish: Wish, now: datetime) -> None:
    """These departments of those that work, and no others; none for a partner."""
    wanted = set() if row.role == "partner" else set(wish.department_ids)
    there = await departments_of(session, row.id)
    working = set(await session.scalars(select(Department.id).where(Department.archived_at.is_(None))))
    for gone in sorted(there - wanted):
        if gone in working or row.role == "partner":
            await organising.take_out(session, viewer, gone, row.id, now=now)
    for new in sorted(wanted - there):
        await organising.put_in(session, viewer, new, row.id, now=now)


async def _organisation(session: ReadSession, wish: Wish) -> Organisation:
    """Where somebody of this role belongs. Invalid: a partner without an agency, or anybody else with one."""
    if wish.role not in ROLES:
        raise Invalid("There is no role {!r}.", wish.role[:30], field="role")
    if wish.role != "partner":
        if wish.partner_id is not None:
            raise Invalid("Somebody of an agency is a partner and nothing else.", field="role")
        house = select(Organisation).where(Organisation.kind == "house").order_by(Organisation.id).limit(1)
        return (await session.scalars(house)).one()
    found = await session.get(Organisation, wish.partner_id) if wish.partner_id is not None else None
    if found is None or found.kind != "partner":
        raise Invalid("Say of which agency they are.", field="role")
    return found


def _require_going_on(organisation: Organisation) -> None:
    if organisation.ended_at is not None:
        raise Conflict("The partnership with {} has ended.", organisation.name, field="role")


def _line(text: str, field: str, *, needed: bool = True) -> str:
    kept = " ".join(text.split())
    if (needed and not kept) or len(kept) > LONGEST or not kept.isprintable():
        raise Invalid("Give a name of at most {} characters.", LONGEST, field=field)
    return kept
