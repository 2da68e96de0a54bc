"""Departments of the house: who answers together, from one inbox and one mail address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from kit.db import Base, ReadSession, Row, WriteSession
from kit.errors import Invalid, NotFound
from people.members import Member
from people.permissions import Viewer, require_house

DEFAULT_ANSWER_MINUTES = 24 * 60
LONGEST_WAIT = 60 * 24 * 60  # minutes, two months


class Department(Row):
    """A part of the house that mentions are handed to. Partners never belong to one."""

    __tablename__ = "department"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]
    """Where its digests and reminders go; None: nowhere."""
    language: Mapped[str] = mapped_column(default="en")
    """en, es, ca or fr: of what is sent to the whole department."""
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """IANA name."""
    answer_minutes: Mapped[int] = mapped_column(default=DEFAULT_ANSWER_MINUTES)
    """How long a case may wait for its answer before it counts as late."""
    watches_sources: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Its people are told when a source falls silent or fails; where none watches, the admins are."""
    takes_opportunities: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Its people are told when a brand is praised more than usual; where none does, who watches sources."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change by hand, so that of two who edit at once the second is told."""
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Somebody made or changed it on its page: a set-up file leaves it as it is."""
    archived_at: Mapped[datetime | None]
    """Since when nothing new comes to it; None: it works."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    """Of an archived one: who has its cases, and takes what would come to it."""


class DepartmentMember(Base):
    """This person works here; one may belong to several."""

    __tablename__ = "department_member"

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    joined_at: Mapped[datetime]


def check_wait(minutes: int) -> None:
    """Invalid unless a case may wait so long for its answer."""
    if not 1 <= minutes <= LONGEST_WAIT:
        raise Invalid("A case waits 1 to {} minutes.", LONGEST_WAIT, field="answerMinutes")


async def departments(session: ReadSession, viewer: Viewer) -> Sequence[Department]:
    """All, by name, archived ones too. Forbidden to partners."""
    require_house(viewer)
    return (await session.scalars(select(Department).order_by(Department.name))).all()


async def department(session: ReadSession, viewer: Viewer, slug: str) -> Department:
    """One by its slug; NotFound when there is none, or the asker is a partner."""
    found = None
    if viewer.is_house and slug.isprintable():
        found = await session.scalar(select(Department).where(Department.slug == slug))
    if found is None:
        raise NotFound("There is no such department.")
    return found


async def departments_of(session: ReadSession, member_id: int) -> set[int]:
    """The ids of the departments that this person belongs to."""
    query = select(DepartmentMember.department_id).where(DepartmentMember.member_id == member_id)
    return set(await session.scalars(query))


async def set_members(
    session: WriteSession, department_id: int, member_ids: Collection[int], *, now: datetime
) -> None:
    """These people belong to the department, and nobody else. Invalid for partners and unknown people."""
    await require_house_members(session, member_ids)
    gone = delete(DepartmentMember).where(DepartmentMember.department_id == department_id)
    await session.execute(gone.where(DepartmentMember.member_id.not_in(member_ids)))
    query = select(DepartmentMember.member_id).where(DepartmentMember.department_id == department_id)
    there = set(await session.scalars(query))
    session.add_all(
        DepartmentMember(department_id=department_id, member_id=one, joined_at=now)
        for one in sorted(set(member_ids) - there)
    )
    await session.flush()


async def require_house_members(session: ReadSession, member_ids: Collection[int]) -> None:
    """Invalid unless all of these are people of the house."""
    rows = await session.execute(select(Member.id, Member.role).where(Member.id.in_(member_ids)))
    roles = dict(rows.all())
    if len(roles) < len(set(member_ids)):
        raise Invalid("There is no such person here.", field="members")
    if "partner" in roles.values():
        raise Invalid("Partners do not belong to a department of the house.", field="members")


async def who_watches(session: ReadSession) -> Sequence[Member]:
    """Who is told of silent sources: the people of the departments that watch them, else the admins."""
    return await _people_of(session, Department.watches_sources) or await admins(session)


async def who_takes_opportunities(session: ReadSession) -> Sequence[Member]:
    """Who is told of an opportunity: the people of the departments that take them, else who watches."""
    return await _people_of(session, Department.takes_opportunities) or await who_watches(session)


async def _people_of(session: ReadSession, which: InstrumentedAttribute[bool]) -> Sequence[Member]:
    """Of the departments that work."""
    own = (
        select(DepartmentMember.member_id)
        .join(Department, Department.id == DepartmentMember.department_id)
        .where(which, Department.archived_at.is_(None))
    )
    query = select(Member).where(Member.active, Member.id.in_(own)).order_by(Member.id)
    return (await session.scalars(query)).all()


async def admins(session: ReadSession) -> Sequence[Member]:
    """Everybody with an active seat as an admin."""
    query = select(Member).where(Member.active, Member.role == "admin").order_by(Member.id)
    return (await session.scalars(query)).all()
