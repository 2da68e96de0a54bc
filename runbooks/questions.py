"""A way to ask: whoever has a step asks on it, and those who lead the incident answer there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from incident import wording
from incident.incident import Incident
from incident.swap import swap
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden, NotFound
from kit.events import Event
from people.members import Member
from people.permissions import RESPONDERS, Viewer, require_responder
from runbooks import letters
from runbooks.access import MAX_LISTED, get_step
from runbooks.moving import let_act, still_open, tell_step
from runbooks.question import StepQuestion
from runbooks.run import Step

MAX_OPEN = 5
"""Questions that may wait for an answer on one step."""


async def ask(session: WriteSession, viewer: Viewer, step_id: int, *, text: str, now: datetime) -> Step:
    """Ask those who lead; the same text again, while it waits for an answer, is the same question.

    NotFound behind a shut door, Forbidden for who has not the step, Conflict when the step or the incident
    is over or too much waits already.
    """
    await session.execute(select(Step.id).where(Step.id == step_id).with_for_update())  # they are counted
    step, incident = await let_act(session, viewer, step_id, "ask", now=now)
    if not (viewer.is_partner or step.owner_id == viewer.member_id):
        raise Forbidden("Whoever has the step asks on it; you may write a note in the war room.")
    words = wording.required(text, field="text", limit=wording.REASON)
    waiting = await _waiting(session, step)
    if any(one.text == words and one.asked_by == viewer.member_id for one in waiting):
        return step
    if len(waiting) >= MAX_OPEN:
        raise Conflict("{} questions wait for an answer on this step: wait for one first.", MAX_OPEN)
    question = StepQuestion(
        step_id=step.id,
        organisation_id=viewer.organisation_id,
        text=words,
        asked_by=viewer.member_id,
        asked_at=now,
    )
    session.add(question)
    await session.flush()
    tell_step(session, viewer, incident, step, "step.asked", now=now, question_id=question.id, question=words)
    meant = await session.execute(_meant().where(StepQuestion.id == question.id))
    to = [one.member_id for one in meant]
    await letters.asked(session, incident, step, to=to, question=words, now=now)
    return step


async def answer(
    session: WriteSession, viewer: Viewer, step_id: int, question_id: int, *, text: str, now: datetime
) -> Step:
    """By somebody of the house, once: Conflict for a second answer, unless it is the same one again."""
    step = await get_step(session, viewer, step_id, now=now)
    require_responder(viewer)
    incident = await still_open(session, step)
    question = await session.get(StepQuestion, question_id, populate_existing=True)
    if question is None or question.step_id != step.id:
        raise NotFound("There is no question {} on this step.", question_id)
    words = wording.required(text, field="text", limit=wording.REASON)
    fresh = await swap(
        session, StepQuestion, question.id, {"answer": None},
        answer=words, answered_by=viewer.member_id, answered_at=now,
    )  # fmt: skip
    if fresh is None:
        await session.refresh(question)
        if (question.answer, question.answered_by) == (words, viewer.member_id):
            return step
        by = await session.get_one(Member, question.answered_by)
        raise Conflict("{} has answered this already.", by.name)
    tell_step(session, viewer, incident, step, "step.answered", now=now, question_id=fresh.id, answer=words)
    await letters.answered(
        session, incident, step, to=fresh.asked_by, by=viewer.member_id,
        question=fresh.text, answer=words, now=now,
    )  # fmt: skip
    return step


async def list_waiting(session: ReadSession, viewer: Viewer) -> list[StepQuestion]:
    """What waits for the viewer's answer, oldest first; whoever may answer finds the others in war rooms."""
    meant = _meant().where(StepQuestion.answer.is_(None), Incident.state != "closed").subquery()
    mine = select(meant.c.question_id).where(meant.c.member_id == viewer.member_id)
    query = select(StepQuestion).where(StepQuestion.id.in_(mine)).order_by(StepQuestion.id)
    return list(await session.scalars(query.limit(MAX_LISTED)))


async def of_steps(session: ReadSession, step_ids: Collection[int]) -> dict[int, list[StepQuestion]]:
    """What was asked on each of these steps, in order."""
    query = select(StepQuestion).where(StepQuestion.step_id.in_(step_ids)).order_by(StepQuestion.id)
    found = defaultdict(list)
    for question in await session.scalars(query):
        found[question.step_id].append(question)
    return found


def readable(viewer: Viewer, questions: Sequence[StepQuestion]) -> list[StepQuestion]:
    """Those that the viewer may read of a step that it sees: a partner what its own people asked."""
    if viewer.is_house:
        return list(questions)
    return [one for one in questions if one.organisation_id == viewer.organisation_id]


async def _waiting(session: ReadSession, step: Step) -> list[StepQuestion]:
    query = select(StepQuestion).where(StepQuestion.step_id == step.id, StepQuestion.answer.is_(None))
    return list(await session.scalars(query))


def _meant() -> Select[int, int]:
    """Questions, each with those of the house whom it is for: the lead, and who gave the step last; where
    none of them is here to answer, all who may."""
    one, another = aliased(Member), aliased(Member)
    somebody_leads = exists().where(_here(another), _leads(another)).correlate(StepQuestion, Step, Incident)
    return (
        select(StepQuestion.id.label("question_id"), one.id.label("member_id"))
        .join(Step, Step.id == StepQuestion.step_id)
        .join(Incident, Incident.id == Step.incident_id)
        .join(one, _here(one) & (_leads(one) | ~somebody_leads))
    )


def _here(member: type[Member]) -> ColumnElement[bool]:
    return and_(member.active, member.role.in_(RESPONDERS), member.id != StepQuestion.asked_by)


def _leads(member: type[Member]) -> ColumnElement[bool]:
    gave = (
        select(Event.actor_id)
        .where(Event.incident_id == Step.incident_id, Event.kind == "step.reassigned")
        .where(Event.data["step_id"].as_integer() == Step.id)
        .order_by(Event.seq.desc())
        .limit(1)
        .correlate(Step)
        .scalar_subquery()
    )
    return or_(member.id == Incident.lead_id, member.id == gave)
