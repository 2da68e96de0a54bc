"""Looking up people, partners and brands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select

from kit.db import ReadSession
from kit.errors import NotFound
from people.members import Member
from people.organisations import Brand, Organisation


async def members(session: ReadSession) -> Sequence[Member]:
    """Everybody with an active seat, house and partners, by name."""
    query = select(Member).where(Member.active).order_by(Member.name, Member.id)
    return (await session.execute(query)).scalars().all()


async def anybody(session: ReadSession) -> bool:
    """Whether there is anybody who could sign in."""
    return bool(await session.scalar(select(exists().where(Member.active))))


async def member(session: ReadSession, member_id: int) -> Member:
    """One member, active or not; NotFound when there is none."""
    found = await session.get(Member, member_id)
    if found is None:
        raise NotFound("There is no such member.")
    return found


async def partners(session: ReadSession) -> Sequence[Organisation]:
    """The partner organisations, by name, whatever the state of their agreements."""
    query = select(Organisation).where(Organisation.kind == "partner").order_by(Organisation.name)
    return (await session.execute(query)).scalars().all()


async def brands(session: ReadSession) -> Sequence[Brand]:
    """All brands, by name."""
    return (await session.execute(select(Brand).order_by(Brand.name))).scalars().all()
