"""What people do with cases. Two who try the same at once: exactly one does it, the other is told who.

A claim is a lock with an end: whoever has it answers, nobody else can. When its time is over, or with a
reason before that, somebody else may take it over. Every step is an event, so that the history is whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update
from sqlalchemy.sql.elements import ColumnElement

from kit.db import WriteSession
from kit.errors import Conflict, Invalid
from kit.languages import Sentence
from kit.zones import zone_of
from mentions.triage import checks
from mentions.triage.access import get_case
from mentions.triage.case import OPEN, WAITING, Case
from mentions.triage.reporting import report_back
from people.departments import Department
from people.members import Member
from people.permissions import Viewer, require_responder
from people.telling import tell

CLAIMED_FOR = timedelta(minutes=30)
FARTHEST = timedelta(days=365)


async def claim(session: WriteSession, viewer: Viewer, case_id: int, *, now: datetime) -> Case:
    """Have it for half an hour; claiming one's own again makes it longer. Conflict: somebody has it."""
    before = await _case(session, viewer, case_id)
    free = or_(
        Case.state.in_(WAITING),
        and_(
            Case.state == "claimed",
            or_(Case.owner_id == viewer.member_id, Case.claim_ends_at <= now),
        ),
    )
    case = await _set(session, case_id, free, **_claimed(viewer, now))
    if case is None:
        raise await _second(session, viewer, case_id)
    if before.owner_id not in (None, viewer.member_id):
        await _tell_taken(session, viewer, case, before.owner_id, "the claim had ended", now)
    elif before.owner_id is None:
        _tell(session, viewer, case, "case.claimed", now=now)
    return case


async def take_over(
    session: WriteSession, viewer: Viewer, case_id: int, *, owner_id: int, reason: str, now: datetime
) -> Case:
    """Have it although the claim of `owner_id` is still good; they are named in the history.

    Conflict: by now somebody else has it, of whom the viewer did not know.
    """
    before = await _case(session, viewer, case_id)
    why = checks.required(reason, field="reason")
    if before.owner_id is None or before.owner_id == viewer.member_id:
        return await claim(session, viewer, case_id, now=now)
    same = and_(Case.state == "claimed", Case.owner_id == owner_id)
    case = await _set(session, case_id, same, **_claimed(viewer, now))
    if case is None:
        raise await _second(session, viewer, case_id)
    await _tell_taken(session, viewer, case, owner_id, why, now)
    return case


async def release(session: WriteSession, viewer: Viewer, case_id: int, *, now: datetime) -> Case:
    """Give it back to the inbox unanswered."""
    await _case(session, viewer, case_id)
    case = await _set(session, case_id, _mine(viewer), state="new", **_nobodys())
    if case is None:
        raise await _second(session, viewer, case_id)
    _tell(session, viewer, case, "case.released", now=now)
    return case


async def answer(
    session: WriteSession, viewer: Viewer, case_id: int, *, reply: str, url: str | None = None, now: datetime
) -> Case:
    """Note what was replied. Only who has the claim answers, so no one is answered twice."""
    await _case(session, viewer, case_id)
    said = checks.required(reply, field="reply")
    address = checks.web_address(url, field="url")
    case = await _set(
        session,
        case_id,
        _mine(viewer),
        state="answered",
        reply=said,
        reply_url=address,
        answered_at=now,
        answered_by=viewer.member_id,
    )
    if case is None:
        raise await _second(session, viewer, case_id)
    _tell(session, viewer, case, "case.answered", now=now, reply=said, url=address or "")
    await report_back(session, viewer, case, "answered", now=now)
    return case


async def hand_over(
    session: WriteSession, viewer: Viewer, case_id: int, *, department_id: int, note: str, now: datetime
) -> Case:
    """To another department, with all that was said and done; it waits there for somebody to claim it.

    Who raised it is told.
    """
    before = await _case(session, viewer, case_id)
    why = checks.required(note, field="note")
    target = await session.get(Department, department_id)
    if target is None or target.archived_at is not None or target.id == before.department_id:
        raise Invalid("Choose another department.", field="departmentId")
    free = or_(Case.state.in_((*WAITING, "answered")), _mine(viewer))
    here = and_(free, Case.department_id == before.department_id)
    reason = f"{viewer.name}: {why}"
    there = {"department_id": target.id, "reason": reason, "rule_id": None}
    values = {"state": "handed_over", **there, **_nobodys()}
    case = await _set(session, case_id, here, **values, answered_at=None)
    if case is None:
        raise await _second(session, viewer, case_id)
    origin = await session.get_one(Department, before.department_id)
    _tell(session, viewer, case, "case.handed_over", now=now, before=origin.name, after=target.name, note=why)
    await report_back(session, viewer, case, "handed_over", now=now)
    return case


async def decide(
    session: WriteSession, viewer: Viewer, case_id: int, *, decision: str, now: datetime
) -> Case:
    """Write down what will be done about it; who raised it is told. The same once more changes nothing."""
    await _case(session, viewer, case_id)
    words = checks.required(decision, field="decision")
    free = and_(Case.state != "closed", or_(Case.state != "claimed", _mine(viewer)))
    case = await _set(session, case_id, and_(free, Case.decision != words), decision=words)
    if case is None:
        same = await _set(session, case_id, and_(free, Case.decision == words), decision=words)
        if same is None:
            raise await _second(session, viewer, case_id)
        return same
    _tell(session, viewer, case, "case.decided", now=now, decision=words)
    await report_back(session, viewer, case, "decided", now=now)
    return case


async def set_due(
    session: WriteSession, viewer: Viewer, case_id: int, *, due_at: datetime, now: datetime
) -> Case:
    """Until when it is to be dealt with; a time to come, within a year. Who raised it is told."""
    before = await _case(session, viewer, case_id)
    if not now < due_at <= now + FARTHEST:
        raise Invalid("The due date lies in the future, at most a year away.", field="dueAt")
    case = await _set(session, case_id, Case.state != "closed", due_at=due_at, late_told_at=None)
    if case is None:
        raise await _second(session, viewer, case_id)
    if due_at != before.due_at:
        _tell(session, viewer, case, "case.due_set", now=now, due_at=due_at.isoformat())
        await report_back(session, viewer, case, "due", now=now)
    return case


async def close(session: WriteSession, viewer: Viewer, case_id: int, *, outcome: str, now: datetime) -> Case:
    """Done with it, and this is what came of it; who raised it is told."""
    await _case(session, viewer, case_id)
    words = checks.required(outcome, field="outcome")
    free = and_(Case.state != "closed", or_(Case.state != "claimed", _mine(viewer)))
    case = await _set(session, case_id, free, state="closed", outcome=words, closed_at=now)
    if case is None:
        raise await _second(session, viewer, case_id)
    _tell(session, viewer, case, "case.closed", now=now, outcome=words)
    await report_back(session, viewer, case, "closed", now=now)
    return case


# What the steps above share


async def _case(session: WriteSession, viewer: Viewer, case_id: int) -> Case:
    """The case, for somebody who may act. A copy of how it was: `_set` brings the row up to date."""
    case = await get_case(session, viewer, case_id)
    require_responder(viewer)
    session.expunge(case)
    return case


def _mine(viewer: Viewer) -> ColumnElement[bool]:
    return and_(Case.state == "claimed", Case.owner_id == viewer.member_id)


def _claimed(viewer: Viewer, now: datetime) -> dict[str, Any]:
    return {
        "state": "claimed",
        "owner_id": viewer.member_id,
        "claimed_at": now,
        "claim_ends_at": now + CLAIMED_FOR,
    }


def _nobodys() -> dict[str, None]:
    return dict.fromkeys(("owner_id", "claimed_at", "claim_ends_at"))


async def _set(
    session: WriteSession, case_id: int, condition: ColumnElement[bool], **values: Any
) -> Case | None:
    """Compare and swap: of two who try at once the second waits for the first one's commit, and gets None."""
    changed = (
        update(Case)
        .where(Case.id == case_id, condition)
        .values(**values)
        .returning(Case)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.execute(changed)).scalar_one_or_none()


async def _second(session: WriteSession, viewer: Viewer, case_id: int) -> Conflict:
    """What to tell somebody who came too late: by whom, and since when."""
    case = await get_case(session, viewer, case_id)
    if case.state == "closed" and case.closed_at is not None:
        return Conflict("The case was closed at {}: {}", _clock(case.closed_at, viewer), case.outcome)
    if case.state == "answered" and case.answered_at is not None:
        who = await _name(session, case.answered_by)
        return Conflict("{} answered at {}: “{}”", who, _clock(case.answered_at, viewer), case.reply)
    if case.state == "claimed" and case.claimed_at is not None and case.owner_id != viewer.member_id:
        who = await _name(session, case.owner_id)
        return Conflict("{} has had this case since {}.", who, _clock(case.claimed_at, viewer))
    if case.state in OPEN:
        return Conflict("Claim the case first: nobody answers without a claim.")
    return Conflict("The case has changed meanwhile. Look at it again.")


async def _name(session: WriteSession, member_id: int | None) -> str:
    member = await session.get(Member, member_id) if member_id is not None else None
    return member.name if member is not None else Sentence("Somebody")


def _clock(moment: datetime, viewer: Viewer) -> str:
    """`2026-03-10 03:10` by the viewer's clock."""
    return f"{moment.astimezone(zone_of(viewer.time_zone)):%Y-%m-%d %H:%M}"


def _tell(
    session: WriteSession, viewer: Viewer, case: Case, kind: str, *, now: datetime, **data: Any
) -> None:
    tell(session, viewer, kind, now=now, brand_id=case.brand_id, case_id=case.id, **data)


async def _tell_taken(
    session: WriteSession, viewer: Viewer, case: Case, owner_id: int | None, reason: str, now: datetime
) -> None:
    owner = await _name(session, owner_id)
    _tell(session, viewer, case, "case.taken_over", now=now, owner=owner, reason=reason)
