"""The door to cases: for people of the house; to a partner none of them exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, desc, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from kit.db import ReadSession
from kit.errors import Invalid, NotFound
from kit.events import Event
from mentions.mention import Mention
from mentions.triage.case import OPEN, STATES, WAITING, Case, CaseMention, Notice, Raiser
from people.departments import Department
from people.permissions import Viewer, require_house

MAX_LISTED = 100
MAX_MENTIONS = 200


async def get_case(session: ReadSession, viewer: Viewer, case_id: int) -> Case:
    """The case as it is now; NotFound when there is none, or the asker is a partner."""
    found = await session.get(Case, case_id, populate_existing=True) if viewer.is_house else None
    if found is None:
        raise NotFound("There is no case {}.", case_id)
    return found


async def said(session: ReadSession, case_id: int) -> Sequence[Mention]:
    """The case's mentions that are still kept, oldest first."""
    query = (
        select(Mention)
        .join(
            CaseMention,
            and_(CaseMention.mention_id == Mention.id, CaseMention.arrived_at == Mention.arrived_at),
        )
        .where(CaseMention.case_id == case_id)
        .order_by(Mention.arrived_at, Mention.id)
        .limit(MAX_MENTIONS)
    )
    return (await session.scalars(query)).all()


async def first_said(session: ReadSession, case_ids: Sequence[int]) -> dict[int, Mention]:
    """For each case the newest mention that is still kept: what a list shows of it."""
    query = (
        select(CaseMention.case_id, Mention)
        .join(
            Mention, and_(CaseMention.mention_id == Mention.id, CaseMention.arrived_at == Mention.arrived_at)
        )
        .where(CaseMention.case_id.in_(case_ids))
        .ext(distinct_on(CaseMention.case_id))
        .order_by(CaseMention.case_id, Mention.arrived_at.desc(), Mention.id.desc())
    )
    return dict((await session.execute(query)).all())


STEPS = tuple(
    f"case.{step}"
    for step in (
        "raised", "claimed", "taken_over", "released", "handed_over", "decided", "due_set", "answered",
        "closed", "reopened", "turned",
    )
)  # fmt: skip
"""Kinds of events that are about one case."""


async def history(session: ReadSession, case_id: int) -> Sequence[Event]:
    """What was done with the case, in order, also with many at once."""
    alone = and_(Event.kind.in_(STEPS), Event.data["case_id"].astext == str(case_id))
    many = Event.kind.in_(("cases.closed", "cases.moved"))
    among = and_(many, Event.data["cases"].contains([case_id]))
    query = select(Event).where(or_(alone, among)).order_by(Event.seq)
    return (await session.scalars(query)).all()


@dataclass(frozen=True)
class Inbox:
    """A department and how much waits in it."""

    department: Department
    waiting: int
    claimed: int
    late: int
    mine: int


async def inboxes(session: ReadSession, viewer: Viewer, *, now: datetime) -> list[Inbox]:
    """Every department that works with its counts, by name. Forbidden to partners."""
    require_house(viewer)
    late = and_(Case.state.in_(OPEN), Case.due_at < now)
    counts = (
        select(
            Case.department_id,
            func.count().filter(Case.state.in_(WAITING)),
            func.count().filter(Case.state == "claimed"),
            func.count().filter(late),
            func.count().filter(and_(Case.state == "claimed", Case.owner_id == viewer.member_id)),
        )
        .where(Case.state.in_(OPEN))
        .group_by(Case.department_id)
    )
    found = {row[0]: row[1:] for row in await session.execute(counts)}
    working = select(Department).where(Department.archived_at.is_(None))
    departments = await session.scalars(working.order_by(Department.name))
    return [Inbox(one, *found.get(one.id, (0, 0, 0, 0))) for one in departments]


_URGENCY = case((Case.label == "threat", 0), (Case.label == "media", 1), else_=2)
"""Threats first, then the press."""


async def list_cases(
    session: ReadSession,
    viewer: Viewer,
    *,
    department_id: int | None = None,
    states: Sequence[str] = OPEN,
    label: str | None = None,
    numbers: Sequence[int] | None = None,
    owner_id: int | None = None,
    limit: int = 50,
) -> Sequence[Case]:
    """Open ones by urgency and due time, others the newest first. Invalid: there is no such state."""
    require_house(viewer)
    if unknown := set(states) - set(STATES):
        raise Invalid("{!r} is no state of a case.", sorted(unknown)[0], field="states")
    query = select(Case).where(Case.state.in_(states))
    wanted = {
        Case.department_id: department_id,
        Case.label: label,
        Case.owner_id: owner_id,
    }
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if numbers is not None:
        query = query.where(Case.id.in_(numbers))
    order = (
        (_URGENCY, Case.due_at, desc(Case.reach), Case.id) if set(states) <= set(OPEN) else (desc(Case.id),)
    )
    return (await session.scalars(query.order_by(*order).limit(max(1, min(limit, MAX_LISTED))))).all()


async def copies(session: ReadSession, story_ids: Sequence[int]) -> dict[int, int]:
    """How many copies of each story there are: they make no case, but they count."""
    query = (
        select(Mention.story_id, func.count())
        .where(Mention.story_id.in_(story_ids), Mention.copy)
        .group_by(Mention.story_id)
    )
    return {story or 0: count for story, count in (await session.execute(query))}


async def my_desk(session: ReadSession, viewer: Viewer) -> Sequence[Case]:
    """Cases that this person has claimed, by due time."""
    return await list_cases(session, viewer, states=("claimed",), owner_id=viewer.member_id, limit=MAX_LISTED)


async def raised_by_me(session: ReadSession, viewer: Viewer, limit: int = 20) -> Sequence[Case]:
    """Cases that this person sent to a department, the newest first."""
    require_house(viewer)
    theirs = select(Raiser.case_id).where(Raiser.member_id == viewer.member_id)
    # the second as in `raisers`
    query = select(Case).where(or_(Case.id.in_(theirs), Case.raised_by == viewer.member_id))
    return (await session.scalars(query.order_by(Case.id.desc()).limit(limit))).all()


async def raisers(session: ReadSession, case_id: int) -> Sequence[Raiser]:
    """Who sent the case to the department by hand, in their order.

    The version before notes them in the case alone: until none runs beside this one, for one release, who
    stands there and has no row is one of them, too.
    """
    query = select(Raiser).where(Raiser.case_id == case_id).order_by(Raiser.at, Raiser.member_id)
    rows = list(await session.scalars(query))
    noted = select(Case.raised_by, Case.raised_note, Case.opened_at).where(Case.id == case_id)
    for member_id, note, at in await session.execute(noted.where(Case.raised_by.is_not(None))):
        if member_id not in {row.member_id for row in rows}:
            rows.insert(0, Raiser(case_id=case_id, member_id=member_id, note=note, at=at))
    return rows


async def notices(session: ReadSession, viewer: Viewer) -> Sequence[Notice]:
    """What this person has not seen yet of the cases they raised, the newest first."""
    require_house(viewer)
    query = select(Notice).where(Notice.member_id == viewer.member_id, Notice.seen_at.is_(None))
    return (await session.scalars(query.order_by(Notice.id.desc()).limit(MAX_LISTED))).all()


async def cases_of_mentions(session: ReadSession, mention_ids: Sequence[int]) -> dict[int, Case]:
    """The newest case of each of these mentions, where there is one."""
    query = (
        select(CaseMention.mention_id, Case)
        .join(Case, Case.id == CaseMention.case_id)
        .where(CaseMention.mention_id.in_(mention_ids))
        .order_by(Case.id)
    )
    return dict((await session.execute(query)).all())
