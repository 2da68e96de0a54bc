"""Choosing digests, and the door to those that were made: for everybody of the house, observers too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from incident.digest.digest import CADENCES, Digest, DigestSubscription
from incident.digest.due import last_due, next_due
from incident.digest.making import reader_of
from kit.db import ReadSession, WriteSession
from kit.errors import Invalid, NotFound
from people.departments import Department, departments_of
from people.organisations import Brand
from people.permissions import Viewer, require_admin, require_house

HOUR = 7
MAX_LISTED = 30


async def mine(session: ReadSession, viewer: Viewer) -> Sequence[DigestSubscription]:
    """What this person has chosen, daily before weekly. Forbidden to partners."""
    require_house(viewer)
    query = select(DigestSubscription).where(DigestSubscription.member_id == viewer.member_id)
    return (await session.scalars(query.order_by(DigestSubscription.cadence))).all()


async def of_department(session: ReadSession, viewer: Viewer, department_id: int) -> list[str]:
    """The cadences that a department gets at its mail address. Forbidden to partners."""
    require_house(viewer)
    own = DigestSubscription.department_id == department_id, DigestSubscription.enabled
    query = select(DigestSubscription.cadence).where(*own).order_by(DigestSubscription.cadence)
    return list(await session.scalars(query))


async def choose(
    session: WriteSession,
    viewer: Viewer,
    cadence: str,
    *,
    enabled: bool,
    hour: int = HOUR,
    brand_ids: Sequence[int] = (),
    now: datetime,
) -> DigestSubscription:
    """Get this digest at this hour by one's own clock, or no longer. No brands: all of them."""
    require_house(viewer)
    return await put(
        session, cadence, member_id=viewer.member_id, enabled=enabled, hour=hour, brand_ids=brand_ids, now=now
    )


async def choose_for_department(
    session: WriteSession, viewer: Viewer, department_id: int, cadence: str, *, enabled: bool, now: datetime
) -> DigestSubscription:
    """Let a whole department get this digest at its mail address. Admins only."""
    require_admin(viewer)
    if await session.get(Department, department_id) is None:
        raise NotFound("There is no such department.")
    return await put(session, cadence, department_id=department_id, enabled=enabled, now=now)


async def put(
    session: WriteSession,
    cadence: str,
    *,
    member_id: int | None = None,
    department_id: int | None = None,
    enabled: bool = True,
    hour: int = HOUR,
    brand_ids: Sequence[int] = (),
    now: datetime,
) -> DigestSubscription:
    """The reader's subscription, made or brought to this. One that begins covers a whole period at first."""
    if cadence not in CADENCES:
        raise Invalid("A digest is {}.", " or ".join(CADENCES), field="cadence")
    if not 0 <= hour <= 23:
        raise Invalid("The hour goes from 0 to 23.", field="hour")
    await _require_brands(session, brand_ids)
    query = select(DigestSubscription).where(
        DigestSubscription.cadence == cadence,
        DigestSubscription.member_id.is_not_distinct_from(member_id),
        DigestSubscription.department_id.is_not_distinct_from(department_id),
    )
    row = (await session.scalars(query.with_for_update())).one_or_none()
    fresh = row is None or not row.enabled
    if row is None:
        row = DigestSubscription(member_id=member_id, department_id=department_id, cadence=cadence)
    row.enabled, row.hour, row.brands = enabled, hour, sorted(set(brand_ids))
    zone = (await reader_of(session, row)).zone
    row.due_at = next_due(cadence, hour, zone, now)
    if fresh:
        row.covered_until = last_due(cadence, hour, zone, now)
    session.add(row)
    await session.flush()
    return row


async def _require_brands(session: ReadSession, brand_ids: Sequence[int]) -> None:
    known = set(await session.scalars(select(Brand.id)))
    if set(brand_ids) - known:
        raise Invalid("There is no such brand.", field="brandIds")


async def get_digest(session: ReadSession, viewer: Viewer, digest_id: int) -> Digest:
    """One digest; everybody of the house may read every one. NotFound for partners."""
    found = await session.get(Digest, digest_id) if viewer.is_house else None
    if found is None:
        raise NotFound("There is no digest {}.", digest_id)
    return found


async def my_digests(session: ReadSession, viewer: Viewer) -> Sequence[Digest]:
    """Those made for this person or for a department of theirs, the newest first."""
    require_house(viewer)
    departments = await departments_of(session, viewer.member_id)
    query = (
        select(Digest)
        .join(DigestSubscription, DigestSubscription.id == Digest.subscription_id)
        .where(
            or_(
                DigestSubscription.member_id == viewer.member_id,
                DigestSubscription.department_id.in_(departments),
            )
        )
        .order_by(Digest.id.desc())
        .limit(MAX_LISTED)
    )
    return (await session.scalars(query)).all()
