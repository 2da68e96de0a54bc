"""The runbook library and its versions."""

from __future__ import annotations

from datetime import datetime

import strawberry
from sqlalchemy import select

from api.context import Info
from api.incidents import CrisisType, crisis_type
from api.people import Person, person
from api.reviews import Lesson, Proposal
from api.shape import shape
from kit.errors import NotFound
from runbooks import access, proposal, versions
from runbooks import runbook as tables


@strawberry.type(description="One thing to do, as planned.")
class StepPlan:
    key: str
    position: int
    title: str
    body: str
    kind: str
    owner: str
    due_minutes: int = strawberry.field(description="Deadline in minutes from detection.")
    needs_approval: bool
    lesson_id: strawberry.Private[int | None]

    @strawberry.field(description="The lesson that last changed this step.")
    async def from_lesson(self, info: Info) -> Lesson | None:
        row = await info.context.loaders.lesson.load(self.lesson_id) if self.lesson_id else None
        return shape(Lesson, row) if row is not None else None


@strawberry.type(description="One edition; it never changes once written.")
class RunbookVersion:
    number: int
    note: str
    created_at: datetime
    version_id: strawberry.Private[int]
    creator_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: tables.Version) -> RunbookVersion:
        return shape(cls, row, version_id=row.id, creator_id=row.created_by)

    @strawberry.field
    async def created_by(self, info: Info) -> Person | None:
        return await person(info, self.creator_id)

    @strawberry.field
    async def steps(self, info: Info) -> list[StepPlan]:
        async with info.context.read() as session:
            rows = await versions.steps_of(session, self.version_id)
        return [shape(StepPlan, row) for row in rows]


@strawberry.type(description="The plan for one crisis type.")
class Runbook:
    id: strawberry.ID
    slug: str
    name: str
    summary: str
    type_key: strawberry.Private[str]

    @classmethod
    def of(cls, row: tables.Runbook) -> Runbook:
        return shape(cls, row, type_key=row.crisis_type)

    @strawberry.field
    def crisis_type(self, info: Info) -> CrisisType:
        return crisis_type(info, self.type_key)

    @strawberry.field(description="Newest first.")
    async def versions(self, info: Info) -> list[RunbookVersion]:
        async with info.context.read() as session:
            rows = await versions.history(session, int(self.id))
        return [RunbookVersion.of(row) for row in rows]

    @strawberry.field(description="The version that the next incident runs.")
    async def newest(self, info: Info) -> RunbookVersion:
        async with info.context.read() as session:
            return RunbookVersion.of(await versions.newest(session, int(self.id)))

    @strawberry.field
    async def proposals(self, info: Info) -> list[Proposal]:
        table = proposal.Proposal
        query = select(table).where(table.runbook_id == int(self.id)).order_by(table.id.desc())
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [Proposal.of(row) for row in rows]


async def runbook(info: Info, key: int) -> Runbook:
    row = await info.context.loaders.runbook.load(key)
    assert row is not None  # a foreign key led here
    return Runbook.of(row)


@strawberry.type
class LibraryQuery:
    @strawberry.field
    async def runbooks(self, info: Info) -> list[Runbook]:
        async with info.context.read() as session:
            rows = await access.list_runbooks(session, info.context.viewer)
        return [Runbook.of(row) for row in rows]

    @strawberry.field(description="Null when there is none, or the asker may not know of it.")
    async def runbook(self, info: Info, slug: str) -> Runbook | None:
        try:
            async with info.context.read() as session:
                return Runbook.of(await access.get_runbook(session, info.context.viewer, slug))
        except NotFound:
            return None
