"""Steps of a running runbook: all that a partner's desk is made of."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from alerts.wording.compose import lasting
from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.people import Organisation, Person, known_person, organisation, person
from api.responses import Response
from api.reviews import Lesson
from api.shape import shape
from incident import incident
from kit import events
from kit.errors import NotFound
from runbooks import access, question, questions, run, statements, steps
from runbooks.states import OPEN, may_approve


@strawberry.type(description="All that whoever has a step there may know of an incident, partners included.")
class Briefing:
    number: strawberry.ID
    brand: str
    title: str = strawberry.field(description="In the reader's language, where an alert gave it.")
    severity: str
    state: str
    detected_at: datetime
    briefing: str


async def _briefing(info: Info, key: int) -> Briefing:
    row: incident.Incident | None = await info.context.loaders.incident.load(key)
    assert row is not None  # a foreign key led here
    brand = await info.context.loaders.brand.load(row.brand_id)
    assert brand is not None
    title = lasting(row.title, info.context.language)
    return shape(Briefing, row, number=strawberry.ID(str(row.id)), brand=brand.name, title=title)


@strawberry.type(
    description="The step that a question is about. Without its questions: they would lead back here."
)
class AskedStep:
    id: strawberry.ID
    title: str
    incident_id: strawberry.Private[int]

    @strawberry.field
    async def incident(self, info: Info) -> Briefing:
        return await _briefing(info, self.incident_id)


@strawberry.type(description="What whoever has the step asked those who lead the incident, and the answer.")
class StepQuestion:
    id: strawberry.ID
    text: str
    asked_at: datetime
    answer: str | None = strawberry.field(description="Null while it waits for one.")
    answered_at: datetime | None
    step_id: strawberry.Private[int]
    asker_id: strawberry.Private[int]
    answerer_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: question.StepQuestion) -> StepQuestion:
        return shape(cls, row, asker_id=row.asked_by, answerer_id=row.answered_by)

    @strawberry.field
    async def asked_by(self, info: Info) -> Person:
        return await known_person(info, self.asker_id)

    @strawberry.field
    async def answered_by(self, info: Info) -> Person | None:
        return await person(info, self.answerer_id)

    @strawberry.field
    async def step(self, info: Info) -> AskedStep:
        row = await info.context.loaders.step.load(self.step_id)
        assert row is not None  # a foreign key led here
        return shape(AskedStep, row)


@strawberry.type(description="One thing to do, by one owner, by a deadline counted from detection.")
class Step:
    id: strawberry.ID
    key: str
    position: int
    title: str
    body: str
    kind: str = strawberry.field(description="`task`, or `statement`: a step whose result is a response.")
    state: str = strawberry.field(description="todo, awaiting_approval, done or skipped.")
    due_at: datetime
    due_minutes: int
    overdue: bool
    needs_approval: bool
    completed_at: datetime | None
    skip_reason: str | None
    incident_id: strawberry.Private[int]
    owner_id: strawberry.Private[int | None]
    owner_organisation_id: strawberry.Private[int | None]
    response_id: strawberry.Private[int | None]
    completer_id: strawberry.Private[int | None]
    approver_id: strawberry.Private[int | None]
    lesson_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: run.Step, now: datetime) -> Step:
        late = row.state in OPEN and row.due_at < now
        return shape(cls, row, overdue=late, completer_id=row.completed_by, approver_id=row.approved_by)

    @strawberry.field
    async def owner(self, info: Info) -> Person | None:
        return await person(info, self.owner_id)

    @strawberry.field
    async def owner_organisation(self, info: Info) -> Organisation | None:
        key = self.owner_organisation_id
        return await organisation(info, key) if key is not None else None

    @strawberry.field
    async def response(self, info: Info) -> Response | None:
        row = await info.context.loaders.response.load(self.response_id) if self.response_id else None
        return Response.of(row) if row is not None else None

    @strawberry.field
    async def completed_by(self, info: Info) -> Person | None:
        return await person(info, self.completer_id)

    @strawberry.field
    async def approved_by(self, info: Info) -> Person | None:
        return await person(info, self.approver_id)

    @strawberry.field(
        description="Of a task: whether the asker may approve it as it stands; nobody approves what they did."
        " A statement has its own `mayApprove`."
    )
    async def may_approve(self, info: Info) -> bool:
        if self.kind != "task" or not may_approve(info.context.viewer, self.state, self.completer_id):
            return False
        row = await info.context.loaders.incident.load(self.incident_id)
        return row is not None and row.state != "closed"

    @strawberry.field(
        description="The lesson of an earlier incident that made this step what it is. House only."
    )
    async def from_lesson(self, info: Info) -> Lesson | None:
        if self.lesson_id is None or info.context.viewer.is_partner:
            return None
        row = await info.context.loaders.lesson.load(self.lesson_id)
        return shape(Lesson, row) if row is not None else None

    @strawberry.field(description="In order; a partner reads what its own people asked.")
    async def questions(self, info: Info) -> list[StepQuestion]:
        rows = await info.context.loaders.questions_of_step.load(int(self.id))
        return [StepQuestion.of(row) for row in questions.readable(info.context.viewer, rows)]

    @strawberry.field
    async def incident(self, info: Info) -> Briefing:
        return await _briefing(info, self.incident_id)


StepResult = Annotated[Step | Problem, strawberry.union("StepResult")]


@strawberry.type
class StepQuery:
    @strawberry.field(description="My steps; for a partner its organisation's. Open ones first, by deadline.")
    async def desk(self, info: Info) -> list[Step]:
        async with info.context.read() as session:
            rows = await access.list_my_steps(session, info.context.viewer, now=info.context.now)
        return [Step.of(row, info.context.now) for row in rows]

    @strawberry.field(
        description="What waits in open incidents for a decision that I may take, by deadline; never my own."
    )
    async def approvals(self, info: Info) -> list[Step]:
        async with info.context.read() as session:
            rows = await access.list_approvals(session, info.context.viewer)
        return [Step.of(row, info.context.now) for row in rows]

    @strawberry.field(
        description="What was asked on steps and waits for my answer, oldest first: I lead, or gave the step."
    )
    async def questions(self, info: Info) -> list[StepQuestion]:
        async with info.context.read() as session:
            rows = await questions.list_waiting(session, info.context.viewer)
        return [StepQuestion.of(row) for row in rows]

    @strawberry.field(description="Null when there is none, or the asker may not know of it.")
    async def step(self, info: Info, id: strawberry.ID) -> Step | None:
        context = info.context
        try:
            async with context.read() as session:
                row = await access.get_step(session, context.viewer, number(id, "step"), now=context.now)
        except NotFound:
            return None
        return Step.of(row, context.now)


@strawberry.type
class StepMutation:
    @change(description="To a person of the house, or to a partner organisation with a valid NDA.")
    async def reassign_step(
        self,
        info: Info,
        id: strawberry.ID,
        member_id: strawberry.ID | None = None,
        organisation_id: strawberry.ID | None = None,
    ) -> StepResult:
        async with info.context.change() as session:
            row = await steps.reassign(
                session,
                info.context.viewer,
                number(id, "step"),
                member_id=optional_number(member_id, "member"),
                organisation_id=optional_number(organisation_id, "organisation"),
                now=info.context.now,
            )
        return Step.of(row, info.context.now)

    @change(description="Done, or waiting for approval where the step needs one.")
    async def complete_step(self, info: Info, id: strawberry.ID, note: str | None = None) -> StepResult:
        async with info.context.change() as session:
            row = await steps.complete(
                session, info.context.viewer, number(id, "step"), note=note or "", now=info.context.now
            )
        return Step.of(row, info.context.now)

    @change()
    async def skip_step(self, info: Info, id: strawberry.ID, reason: str) -> StepResult:
        async with info.context.change() as session:
            row = await steps.skip(
                session, info.context.viewer, number(id, "step"), reason=reason, now=info.context.now
            )
        return Step.of(row, info.context.now)

    @change()
    async def approve_step(self, info: Info, id: strawberry.ID) -> StepResult:
        async with info.context.change() as session:
            row = await steps.approve(session, info.context.viewer, number(id, "step"), now=info.context.now)
        return Step.of(row, info.context.now)

    @change()
    async def return_step(self, info: Info, id: strawberry.ID, reason: str) -> StepResult:
        async with info.context.change() as session:
            row = await steps.return_step(
                session, info.context.viewer, number(id, "step"), reason=reason, now=info.context.now
            )
        return Step.of(row, info.context.now)

    @change(
        description="By whoever has the step, to those who lead the incident. Sent twice, it is one question."
    )
    async def ask_on_step(self, info: Info, id: strawberry.ID, text: str) -> StepResult:
        async with info.context.change() as session:
            row = await questions.ask(
                session, info.context.viewer, number(id, "step"), text=text, now=info.context.now
            )
        return Step.of(row, info.context.now)

    @change(description="By somebody of the house, once; who asked is told.")
    async def answer_on_step(
        self, info: Info, id: strawberry.ID, question_id: strawberry.ID, text: str
    ) -> StepResult:
        async with info.context.change() as session:
            row = await questions.answer(
                session,
                info.context.viewer,
                number(id, "step"),
                number(question_id, "question"),
                text=text,
                now=info.context.now,
            )
        return Step.of(row, info.context.now)

    @change(description="Writes or rewrites the step's statement; `version` is the one that was edited.")
    async def draft_statement(
        self, info: Info, step_id: strawberry.ID, text: str, version: int | None = None
    ) -> StepResult:
        async with info.context.change() as session:
            row = await statements.draft(
                session,
                info.context.viewer,
                number(step_id, "step"),
                text=text,
                version=version,
                now=info.context.now,
            )
        return Step.of(row, info.context.now)

    @change(description="Hands the statement to the house for approval.")
    async def submit_statement(self, info: Info, step_id: strawberry.ID) -> StepResult:
        async with info.context.change() as session:
            row = await statements.submit(
                session, info.context.viewer, number(step_id, "step"), now=info.context.now
            )
        return Step.of(row, info.context.now)


@strawberry.type
class StepSubscription:
    @strawberry.subscription(
        description="A sequence number whenever one of my desk's steps, statements or briefings has changed,"
        " or what waits for my decision or my answer."
    )
    async def desk(self, info: Info, after: int) -> AsyncGenerator[int, None]:
        viewer, seq, had = info.context.viewer, after, None
        async for _ in info.context.looks():
            async with info.context.read() as session:
                mine = await access.list_my_steps(session, viewer, now=info.context.now)
                mine += await access.list_approvals(session, viewer)
                asked = await questions.list_waiting(session, viewer)
                fresh = await events.after(session, seq)
            seq = fresh[-1].seq if fresh else seq
            has = {step.id for step in mine}, {question.id for question in asked}
            incidents = {step.incident_id for step in mine}
            taken = bool(fresh) if had is None else has != had
            had = has
            if taken or any(event.incident_id in incidents for event in fresh):
                yield seq
