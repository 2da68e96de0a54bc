"""The look back: reviews, lessons, and the runbook changes that they propose."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import select
from strawberry.utils.str_converters import to_camel_case

from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, known_person, person
from api.shape import shape
from incident import review, reviewing
from runbooks import proposal, proposals, versions

if TYPE_CHECKING:
    from api.incidents import Incident, TimelineEntry
    from api.library import Runbook


@strawberry.type
class DiffLine:
    op: str = strawberry.field(description="`+`, `-`, or a space for what stays.")
    text: str


@strawberry.type
class FieldDiff:
    field: str = strawberry.field(description="As `StepChanges` names it.")
    before: str
    after: str
    lines: list[DiffLine]


@strawberry.type(description="A change to one step of a runbook: open, accepted or rejected.")
class Proposal:
    id: strawberry.ID
    state: str
    step_key: str
    decision_reason: str | None
    runbook_id: strawberry.Private[int]
    base_version_id: strawberry.Private[int]
    version_id: strawberry.Private[int | None]
    decider_id: strawberry.Private[int | None]
    row: strawberry.Private[proposal.Proposal]

    @classmethod
    def of(cls, row: proposal.Proposal) -> Proposal:
        return shape(cls, row, decider_id=row.decided_by, row=row)

    @strawberry.field
    async def step_title(self, info: Info) -> str:
        async with info.context.read() as session:
            steps = await versions.steps_of(session, self.base_version_id)
        return next(step.title for step in steps if step.key == self.step_key)

    @strawberry.field
    async def runbook(self, info: Info) -> Annotated[Runbook, strawberry.lazy("api.library")]:
        from api.library import runbook

        return await runbook(info, self.runbook_id)

    @strawberry.field(description="What it was learnt from.")
    async def lesson(self, info: Info) -> Lesson:
        row = await info.context.loaders.lesson.load(self.row.lesson_id)
        assert row is not None  # a foreign key led here
        return shape(Lesson, row)

    @strawberry.field
    async def base_version(self, info: Info) -> int:
        row = await info.context.loaders.version.load(self.base_version_id)
        assert row is not None
        return row.number

    @strawberry.field(description="The version that accepting it made.")
    async def new_version(self, info: Info) -> int | None:
        row = await info.context.loaders.version.load(self.version_id) if self.version_id else None
        return row.number if row is not None else None

    @strawberry.field
    async def decided_by(self, info: Info) -> Person | None:
        return await person(info, self.decider_id)

    @strawberry.field(description="Field by field, what the step says now and what it would say.")
    async def diff(self, info: Info) -> list[FieldDiff]:
        async with info.context.read() as session:
            fields = await proposals.diff(session, self.row)
        return [
            shape(
                FieldDiff,
                one,
                field=to_camel_case(one.field),
                lines=[DiffLine(op=line[:1], text=line[2:]) for line in one.lines],
            )
            for one in fields
        ]


@strawberry.type(description="One finding, blameless: what to `keep`, or what to `change`.")
class Lesson:
    id: strawberry.ID
    kind: str
    text: str
    created_at: datetime
    author_id: strawberry.Private[int]
    review_id: strawberry.Private[int]

    @strawberry.field
    async def author(self, info: Info) -> Person:
        return await known_person(info, self.author_id)

    @strawberry.field
    async def proposal(self, info: Info) -> Proposal | None:
        row = await info.context.loaders.proposal_of_lesson.load(int(self.id))
        return Proposal.of(row) if row is not None else None

    @strawberry.field
    async def incident_number(self, info: Info) -> strawberry.ID:
        row = await info.context.loaders.review.load(self.review_id)
        assert row is not None
        return strawberry.ID(str(row.incident_id))


@strawberry.type(description="Opens when the incident is resolved, with the timeline already in it.")
class Review:
    id: strawberry.ID
    state: str
    summary: str
    opened_at: datetime
    closed_at: datetime | None
    incident_id: strawberry.Private[int]

    @strawberry.field
    async def incident(self, info: Info) -> Annotated[Incident, strawberry.lazy("api.incidents")]:
        from api.incidents import Incident

        row = await info.context.loaders.incident.load(self.incident_id)
        assert row is not None
        return Incident.of(row)

    @strawberry.field
    async def timeline(self, info: Info) -> list[Annotated[TimelineEntry, strawberry.lazy("api.incidents")]]:
        from api.incidents import MAX_TIMELINE, TimelineEntry
        from incident import timeline

        async with info.context.read(cost=1 + MAX_TIMELINE // 100) as session:
            entries = await timeline.newest(session, self.incident_id, MAX_TIMELINE, info.context.language)
        return [shape(TimelineEntry, entry) for entry in entries]

    @strawberry.field
    async def lessons(self, info: Info) -> list[Lesson]:
        table = review.Lesson
        query = select(table).where(table.review_id == int(self.id)).order_by(table.id)
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [shape(Lesson, row) for row in rows]


async def review_of(info: Info, incident_id: int) -> Review | None:
    """The review of an incident that the asker has been let into."""
    query = select(review.Review).where(review.Review.incident_id == incident_id)
    async with info.context.read() as session:
        row = (await session.execute(query)).scalar_one_or_none()
    return shape(Review, row) if row is not None else None


@strawberry.input(description="New values by field; what is left out stays.")
class StepChanges:
    title: str | None = None
    body: str | None = None
    due_minutes: int | None = None
    owner: str | None = None
    needs_approval: bool | None = None


ReviewResult = Annotated[Review | Problem, strawberry.union("ReviewResult")]
LessonResult = Annotated[Lesson | Problem, strawberry.union("LessonResult")]
ProposalResult = Annotated[Proposal | Problem, strawberry.union("ProposalResult")]


@strawberry.type
class ReviewMutation:
    @change()
    async def set_review_summary(self, info: Info, review_id: strawberry.ID, summary: str) -> ReviewResult:
        async with info.context.change() as session:
            row = await reviewing.set_summary(
                session,
                info.context.viewer,
                number(review_id, "review"),
                summary=summary,
                now=info.context.now,
            )
        return shape(Review, row)

    @change(description="kind: keep or change.")
    async def add_lesson(self, info: Info, review_id: strawberry.ID, kind: str, text: str) -> LessonResult:
        async with info.context.change() as session:
            row = await reviewing.add_lesson(
                session,
                info.context.viewer,
                number(review_id, "review"),
                kind=kind,
                text=text,
                now=info.context.now,
            )
        return shape(Lesson, row)

    @change()
    async def close_review(self, info: Info, review_id: strawberry.ID) -> ReviewResult:
        async with info.context.change() as session:
            row = await reviewing.close_review(
                session, info.context.viewer, number(review_id, "review"), now=info.context.now
            )
        return shape(Review, row)

    @change(description="What the lesson would change in one step of a runbook.")
    async def propose_change(
        self,
        info: Info,
        lesson_id: strawberry.ID,
        runbook: str,
        step_key: str,
        changes: StepChanges,
    ) -> ProposalResult:
        given = {name: value for name, value in vars(changes).items() if value is not None}
        async with info.context.change() as session:
            row = await proposals.propose(
                session,
                info.context.viewer,
                number(lesson_id, "lesson"),
                runbook=runbook,
                step_key=step_key,
                changes=given,
                now=info.context.now,
            )
        return Proposal.of(row)

    @change(description="Writes the next version of the runbook, which the next incident of that type runs.")
    async def accept_proposal(self, info: Info, id: strawberry.ID) -> ProposalResult:
        async with info.context.change() as session:
            row = await proposals.accept(
                session, info.context.viewer, number(id, "proposal"), now=info.context.now
            )
        return Proposal.of(row)

    @change()
    async def reject_proposal(self, info: Info, id: strawberry.ID, reason: str) -> ProposalResult:
        async with info.context.change() as session:
            row = await proposals.reject(
                session, info.context.viewer, number(id, "proposal"), reason=reason, now=info.context.now
            )
        return Proposal.of(row)
