"""Letters about steps, in the transaction of what they tell: to owners, to who decides, wrote or asked.

A drill writes to nobody, as it pages nobody. A partner is written to while it may be let in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, or_, select

from incident.hush import is_hushed
from incident.incident import Incident
from kit.db import WriteSession
from kit.zones import zone_of
from people import letters
from people.members import Member
from people.organisations import Organisation
from people.permissions import RESPONDERS, let_in, may_work_on
from runbooks.run import Step
from runbooks.wording import Heading, News, paper


async def given(
    session: WriteSession, incident: Incident, steps: Sequence[Step], *, by: int | None, now: datetime
) -> None:
    """One letter to each who has some of these steps now, but not to who gave them."""
    await _to_owners(session, "given", incident, steps, by, now)


async def overdue(session: WriteSession, incident: Incident, steps: Sequence[Step], *, now: datetime) -> None:
    """One letter to each who has some of these steps still to do."""
    await _to_owners(session, "overdue", incident, [one for one in steps if one.state == "todo"], None, now)


async def waiting(
    session: WriteSession, incident: Incident, step: Step, *, but: Collection[int | None], now: datetime
) -> None:
    """To everybody who may decide upon it; `but` to those whose work it is."""
    others = Member.id.not_in([one for one in but if one is not None])
    await _write(session, "waiting", incident, [step], Member.role.in_(RESPONDERS) & others, now=now)


async def returned(
    session: WriteSession,
    incident: Incident,
    step: Step,
    *,
    to: Collection[int | None],
    by: int,
    reason: str,
    now: datetime,
) -> None:
    """To those whose work it is, as far as they may see the step still; not to who returned it."""
    readers = Member.id.in_([one for one in to if one not in (None, by)]) & _may_see(step)
    await _write(session, "returned", incident, [step], readers, written={"reason": reason}, now=now)


async def asked(
    session: WriteSession,
    incident: Incident,
    step: Step,
    *,
    to: Collection[int],
    question: str,
    now: datetime,
) -> None:
    """To those of the house who may answer."""
    readers = Member.id.in_(to)
    await _write(session, "asked", incident, [step], readers, written={"question": question}, now=now)


async def answered(
    session: WriteSession,
    incident: Incident,
    step: Step,
    *,
    to: int,
    by: int,
    question: str,
    answer: str,
    now: datetime,
) -> None:
    """To who asked, as long as they may see the step; not to who answers their own question."""
    readers = (Member.id == to) & (Member.id != by) & _may_see(step)
    written: dict[Heading, str] = {"question": question, "answer": answer}
    await _write(session, "answered", incident, [step], readers, written=written, now=now)


def _may_see(step: Step) -> ColumnElement[bool]:
    return or_(Member.role != "partner", Member.organisation_id == step.owner_organisation_id)


async def _to_owners(
    session: WriteSession,
    news: News,
    incident: Incident,
    steps: Sequence[Step],
    by: int | None,
    now: datetime,
) -> None:
    people = [step.owner_id for step in steps if step.owner_id is not None]
    partners = [step.owner_organisation_id for step in steps if step.owner_id is None]
    readers = or_(Member.id.in_(people), Member.organisation_id.in_([one for one in partners if one]))
    others = Member.id.is_distinct_from(by)
    await _write(session, news, incident, steps, readers & others, whose=_has, now=now)


def _has(reader: Member, step: Step) -> bool:
    """Whether it is the person's own, or their organisation's."""
    if step.owner_id is not None:
        return step.owner_id == reader.id
    return step.owner_organisation_id == reader.organisation_id


def _reached(reader: Member, organisation: Organisation, incident: Incident, now: datetime) -> bool:
    if reader.role == "partner" and not may_work_on(organisation, incident.brand_id, now.date()):
        return False
    return let_in(reader, organisation, now.date())


async def _write(
    session: WriteSession,
    news: News,
    incident: Incident,
    steps: Sequence[Step],
    readers: ColumnElement[bool],
    *,
    whose: Callable[[Member, Step], bool] = lambda _reader, _step: True,
    written: Mapping[Heading, str] = MappingProxyType({}),
    now: datetime,
) -> None:
    if incident.drill or not steps:
        return
    hushed = await is_hushed(session, incident)
    query = (
        select(Member, Organisation)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.active, readers)
        .order_by(Member.id)
    )
    for reader, organisation in (await session.execute(query)).all():
        if not _reached(reader, organisation, incident, now):
            continue
        theirs = [step for step in steps if whose(reader, step)]
        told = paper(news, theirs, reader.language, zone_of(reader.time_zone), hushed=hushed, written=written)
        key = f"step-{news}:{theirs[0].id}:{now:%Y%m%d%H%M%S%f}:{reader.id}"
        about = letters.About([incident.brand_id], incident.id, [step.id for step in theirs])
        await letters.write(session, told, key=key, member_id=reader.id, about=about, now=now)
