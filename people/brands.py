"""What admins do with brands by page: add one, call it otherwise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.zones import known_zone
from people import organising, seats
from people.organisations import Brand, Organisation
from people.permissions import Viewer
from people.telling import tell

LONGEST = 100
"""Of a name."""


async def usual_zone(session: ReadSession, viewer: Viewer) -> str:
    """The time zone that most brands have; of who asks where there is no brand."""
    most = select(Brand.time_zone).group_by(Brand.time_zone).order_by(func.count().desc(), Brand.time_zone)
    return await session.scalar(most.limit(1)) or viewer.time_zone


async def add(
    session: WriteSession, viewer: Viewer, name: str, *, zone: str | None = None, now: datetime
) -> Brand:
    """A new brand; nothing is listened for until it has a monitor. `zone`: None for `usual_zone`."""
    await seats.lock_admins(session, viewer)
    kept = await _free(session, name, but=0)
    known = await usual_zone(session, viewer) if zone is None else known_zone(zone, field="timeZone")
    house = select(Organisation.id).where(Organisation.kind == "house").order_by(Organisation.id).limit(1)
    row = Brand(
        name=kept,
        slug=await _slug(session, kept),
        organisation_id=(await session.scalars(house)).one(),
        time_zone=known,
        by_hand=True,
        version=1,
    )
    session.add(row)
    await session.flush()
    tell(session, viewer, "brand.added", now=now, brand_id=row.id, brand=row.name)
    return row


async def rename(
    session: WriteSession, viewer: Viewer, brand_id: int, name: str, *, version: int, now: datetime
) -> Brand:
    """Its address in links and files stays. Conflict: the name is taken, or somebody changed it meanwhile."""
    await seats.lock_admins(session, viewer)
    locked = {"key_share": True}
    row = await session.get(Brand, brand_id, with_for_update=locked, populate_existing=True)
    if row is None:
        raise NotFound("There is no such brand.")
    if row.version != version:
        raise Conflict("Somebody has changed this brand meanwhile. Look at it again, then decide.")
    before, kept = row.name, await _free(session, name, but=row.id)
    if kept != before:
        row.name, row.version, row.by_hand = kept, row.version + 1, True
        await session.flush()
        tell(session, viewer, "brand.renamed", now=now, brand_id=row.id, brand=kept, before=before)
    return row


async def _free(session: ReadSession, name: str, *, but: int) -> str:
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST or not kept.isprintable():
        raise Invalid("Give a name of at most {} characters.", LONGEST, field="name")
    same = select(Brand.name).where(func.lower(Brand.name) == kept.lower(), Brand.id != but)
    there = await session.scalar(same)
    if there is not None:
        raise Conflict("There is a brand {!r} already.", there, field="name")
    return kept


async def _slug(session: ReadSession, name: str) -> str:
    """By which files and commands find it; numbered where another has it."""
    wanted, taken = organising.plain(name) or "brand", set(await session.scalars(select(Brand.slug)))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbered) if one not in taken)
