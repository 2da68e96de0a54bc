"""A lesson proposes a change to a step; accepting it writes the next version of the runbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from incident import firsts, wording
from incident.access import get_incident, get_lesson, get_review
from incident.incident import Incident
from incident.review import Lesson
from incident.swap import swap
from incident.telling import tell
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid
from kit.languages import Sentence
from people.members import Member
from people.permissions import Viewer, require_responder
from runbooks.access import get_proposal, get_runbook
from runbooks.changes import FieldDiff, checked, field_diffs, same
from runbooks.owners import named_members
from runbooks.proposal import Proposal
from runbooks.runbook import Runbook, StepPlan, Version
from runbooks.versions import newest, step_of, steps_of

NOTE_LENGTH = 200


async def propose(
    session: WriteSession,
    viewer: Viewer,
    lesson_id: int,
    *,
    runbook: str,
    step_key: str,
    changes: Mapping[str, Any],
    now: datetime,
) -> Proposal:
    """Propose new values for one step of the runbook (by slug), on top of its newest version.

    A lesson has one proposal; after a rejection it may make another.
    """
    lesson = await get_lesson(session, viewer, lesson_id)
    plan = await get_runbook(session, viewer, runbook)
    require_responder(viewer)
    base = await newest(session, plan.id)
    step = await step_of(session, base.id, step_key) if wording.can_be_stored(step_key) else None
    if step is None:
        raise Invalid("“{}” has no step {!r}.", plan.name, step_key, field="stepKey")
    cleaned = checked(changes, step)
    await _require_people(session, cleaned)
    proposal = await _insert(session, viewer, lesson, base, step, cleaned, now)
    incident = await _incident(session, viewer, lesson)
    _tell(session, viewer, incident, proposal, "proposal.made", now, title=step.title, runbook=plan.name)
    return proposal


async def _require_people(session: ReadSession, changes: Mapping[str, Any]) -> None:
    for member_id in named_members([changes.get("owner", "")]):
        member = await session.get(Member, member_id)
        if member is None or not member.active:
            raise Invalid("There is no such person here.", field="owner")


async def _insert(
    session: WriteSession,
    viewer: Viewer,
    lesson: Lesson,
    base: Version,
    step: StepPlan,
    changes: Mapping[str, Any],
    now: datetime,
) -> Proposal:
    """The lesson's proposal: new, or in the place of one that was rejected."""
    values = {
        "lesson_id": lesson.id,
        "runbook_id": base.runbook_id,
        "base_version_id": base.id,
        "step_key": step.key,
        "changes": dict(changes),
        "state": "open",
        "author_id": viewer.member_id,
        "created_at": now,
        "decided_by": None,
        "decided_at": None,
        "decision_reason": None,
    }
    row = insert(Proposal).values(values)
    anew = row.on_conflict_do_update(
        index_elements=["lesson_id"], set_=values, where=Proposal.state == "rejected"
    )
    options = {"populate_existing": True}
    made = await session.execute(anew.returning(Proposal).execution_options(**options))
    proposal = made.scalar_one_or_none()
    if proposal is None:
        raise Conflict("This lesson has made its proposal already.")
    return proposal


async def diff(session: ReadSession, proposal: Proposal) -> list[FieldDiff]:
    """Field by field, what the step said when the proposal was written, and what it would say."""
    step = await step_of(session, proposal.base_version_id, proposal.step_key)
    assert step is not None  # versions never change, and `propose` found it there
    return field_diffs(step, proposal.changes)


async def accept(session: WriteSession, viewer: Viewer, proposal_id: int, *, now: datetime) -> Proposal:
    """Write version n+1 from the newest, with the one step changed and marked with the lesson.

    Conflict when that step was changed since the proposal was written; other steps may have been.
    """
    proposal = await get_proposal(session, viewer, proposal_id)
    require_responder(viewer)
    lesson = await get_lesson(session, viewer, proposal.lesson_id)
    incident = await _incident(session, viewer, lesson)
    # one after the other per runbook: the second is written on top of the first one's version
    runbook = await session.get_one(Runbook, proposal.runbook_id, with_for_update=True)
    fresh = await _decide(session, viewer, incident, proposal, "accepted", now)
    top = await newest(session, runbook.id)
    step = await _unchanged_step(session, proposal, top)
    version = await _next_version(session, viewer, top, lesson, now)
    await _copy_steps(session, top, version, fresh, lesson)
    fresh.version_id = version.id
    await session.flush()
    _tell(
        session, viewer, incident, fresh, "proposal.accepted", now,
        title=step.title, runbook=runbook.name, version=version.number,
    )  # fmt: skip
    return fresh


async def _unchanged_step(session: ReadSession, proposal: Proposal, top: Version) -> StepPlan:
    """The step in the newest version, if it still says what the proposal was written on."""
    base = await step_of(session, proposal.base_version_id, proposal.step_key)
    step = await step_of(session, top.id, proposal.step_key)
    if base is None or step is None or not same(base, step):
        raise Conflict(
            "Version {} has changed this step meanwhile: reject this, and propose it anew on top.", top.number
        )
    return step


async def _next_version(
    session: WriteSession, viewer: Viewer, top: Version, lesson: Lesson, now: datetime
) -> Version:
    version = Version(
        runbook_id=top.runbook_id,
        number=top.number + 1,
        note=lesson.text[:NOTE_LENGTH],
        created_by=viewer.member_id,
        created_at=now,
    )
    session.add(version)
    await session.flush()
    return version


async def _copy_steps(
    session: WriteSession, top: Version, version: Version, proposal: Proposal, lesson: Lesson
) -> None:
    """Numbered by their deadlines: the change may have moved one past another."""
    copies = []
    for step in await steps_of(session, top.id):
        values = {
            column.key: getattr(step, column.key)
            for column in StepPlan.__table__.columns
            if column.key != "id"
        }
        if step.key == proposal.step_key:
            values |= proposal.changes | {"lesson_id": lesson.id}
        copies.append(values)
    copies.sort(key=lambda values: values["due_minutes"])
    for position, values in enumerate(copies, start=1):
        session.add(StepPlan(**values | {"version_id": version.id, "position": position}))
    await session.flush()


async def reject(
    session: WriteSession, viewer: Viewer, proposal_id: int, *, reason: str, now: datetime
) -> Proposal:
    """Leave the runbook as it is, with a reason."""
    proposal = await get_proposal(session, viewer, proposal_id)
    require_responder(viewer)
    why = wording.required(reason, field="reason", limit=wording.REASON)
    incident = await _incident(session, viewer, await get_lesson(session, viewer, proposal.lesson_id))
    fresh = await _decide(session, viewer, incident, proposal, "rejected", now, decision_reason=why)
    runbook = await session.get_one(Runbook, fresh.runbook_id)
    step = await step_of(session, fresh.base_version_id, fresh.step_key)
    assert step is not None  # versions never change
    _tell(
        session, viewer, incident, fresh, "proposal.rejected", now,
        title=step.title, runbook=runbook.name, reason=why,
    )  # fmt: skip
    return fresh


async def _decide(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    proposal: Proposal,
    state: str,
    now: datetime,
    **values: Any,
) -> Proposal:
    fresh = await swap(
        session,
        Proposal,
        proposal.id,
        {"state": "open"},
        state=state,
        decided_by=viewer.member_id,
        decided_at=now,
        **values,
    )
    if fresh is None:
        kinds = ("proposal.accepted", "proposal.rejected")
        raise await firsts.conflict(
            session,
            incident.id,
            kinds,
            Sentence("The proposal was decided already."),
            proposal_id=proposal.id,
        )
    return fresh


async def _incident(session: ReadSession, viewer: Viewer, lesson: Lesson) -> Incident:
    """The incident that taught the lesson: its timeline tells what became of it."""
    review = await get_review(session, viewer, lesson.review_id)
    return await get_incident(session, viewer, review.incident_id)


def _tell(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    proposal: Proposal,
    kind: str,
    now: datetime,
    **data: Any,
) -> None:
    facts = {"proposal_id": proposal.id, "lesson_id": proposal.lesson_id, **data}
    tell(session, viewer, incident, kind, now=now, **facts)
