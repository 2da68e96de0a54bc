"""What admins do with departments on their pages: make, change, put people in, bring back.

Archiving is in `incident.archiving`, since cases, digests and the bell hang on it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.zones import known_zone
from people.departments import (
    DEFAULT_ANSWER_MINUTES,
    Department,
    DepartmentMember,
    check_wait,
    require_house_members,
)
from people.permissions import Viewer, require_admin
from people.reading import known_language
from people.telling import tell

LONGEST_NAME = 100
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True)
class Wish:
    """A department as it was filled in."""

    name: str
    email: str | None = None
    language: str = "en"
    time_zone: str = "UTC"
    answer_minutes: int = DEFAULT_ANSWER_MINUTES
    watches_sources: bool = False
    takes_opportunities: bool = False


async def add(
    session: WriteSession, viewer: Viewer, wish: Wish, *, slug: str | None = None, now: datetime
) -> Department:
    """A new department; `slug` says what comes to it by itself; None: nothing, it is made of the name."""
    require_admin(viewer)
    values = await _checked(session, wish, but=0)
    name = slug.strip() if slug else _slug(wish.name)
    if not SLUG.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Invalid("A short name has small letters, digits and hyphens.", field="slug")
    if await session.scalar(select(Department.id).where(Department.slug == name)) is not None:
        raise Conflict("There is a department {!r} already, perhaps archived.", name, field="slug")
    row = Department(**values, slug=name, by_hand=True, version=1)
    session.add(row)
    await session.flush()
    tell(session, viewer, "department.added", now=now, department=row.name)
    return row


async def edit(
    session: WriteSession, viewer: Viewer, department_id: int, wish: Wish, *, version: int, now: datetime
) -> Department:
    """Bring it to this; its address in links stays. Conflict: somebody changed it meanwhile."""
    row = await to_edit(session, viewer, department_id, version)
    for name, value in (await _checked(session, wish, but=row.id)).items():
        setattr(row, name, value)
    return await changed(session, viewer, row, now)


async def put_in(
    session: WriteSession, viewer: Viewer, department_id: int, member_id: int, *, now: datetime
) -> Department:
    """This person works there from now on; who does already goes on. Conflict: it is archived."""
    row = await _to_staff(session, viewer, department_id)
    if row.archived_at is not None:
        raise Conflict("{} is archived. Bring it back first.", row.name)
    await require_house_members(session, [member_id])
    joined = insert(DepartmentMember).values(department_id=row.id, member_id=member_id, joined_at=now)
    await session.execute(joined.on_conflict_do_nothing())
    return await _staffed(session, viewer, row, now)


async def take_out(
    session: WriteSession, viewer: Viewer, department_id: int, member_id: int, *, now: datetime
) -> Department:
    """This person works there no longer; what they have claimed stays theirs."""
    row = await _to_staff(session, viewer, department_id)
    theirs = DepartmentMember.department_id == row.id, DepartmentMember.member_id == member_id
    await session.execute(delete(DepartmentMember).where(*theirs))
    return await _staffed(session, viewer, row, now)


async def bring_back(
    session: WriteSession, viewer: Viewer, department_id: int, *, version: int, now: datetime
) -> Department:
    """An archived one works again; what its successor has by now stays there."""
    row = await to_edit(session, viewer, department_id, version)
    row.archived_at = row.successor_id = None
    return await changed(session, viewer, row, now)


async def to_edit(session: WriteSession, viewer: Viewer, department_id: int, version: int) -> Department:
    """The department, locked. Conflict: it is not as the admin saw it any more."""
    row = await _to_staff(session, viewer, department_id)
    if row.version != version:
        raise Conflict("Somebody has changed this department meanwhile. Look at it again, then decide.")
    return row


async def changed(session: WriteSession, viewer: Viewer, row: Department, now: datetime) -> Department:
    """Note a change by hand."""
    row.version += 1
    return await _staffed(session, viewer, row, now)


async def _to_staff(session: WriteSession, viewer: Viewer, department_id: int) -> Department:
    require_admin(viewer)
    row = await session.get(Department, department_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such department.")
    return row


async def _staffed(session: WriteSession, viewer: Viewer, row: Department, now: datetime) -> Department:
    """Who puts people in and takes them out is in nobody's way: the version stays."""
    row.by_hand = True
    tell(session, viewer, "department.changed", now=now, department=row.name)
    await session.flush()
    return row


async def _checked(session: ReadSession, wish: Wish, *, but: int) -> dict[str, object]:
    """The columns of the wish; Invalid or Conflict names the field that is wrong."""
    name, email = wish.name.strip(), (wish.email or "").strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid("Give the department a name of at most {} characters.", LONGEST_NAME, field="name")
    same = select(Department.id).where(func.lower(Department.name) == name.lower(), Department.id != but)
    if await session.scalar(same) is not None:
        raise Conflict("There is a department {!r} already, perhaps archived.", name, field="name")
    if email and not (MAIL.fullmatch(email) and len(email) <= 254 and email.isprintable()):
        raise Invalid("{!r} is no mail address.", email[:40], field="email")
    known_language(wish.language, field="language")
    known_zone(wish.time_zone, field="timeZone")
    check_wait(wish.answer_minutes)
    return {**vars(wish), "name": name, "email": email or None}


def plain(name: str) -> str:
    """`Atenció al client` as `atencio-al-client`; empty where nothing is left."""
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _slug(name: str) -> str:
    made = plain(name)
    if not made:
        raise Invalid("Say what comes to it by itself: no short name can be made of this name.", field="slug")
    return made
