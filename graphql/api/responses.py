"""Public statements: drafted (also by a partner), approved and published in-house."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, known_person, person
from api.shape import shape
from incident import decision, decisions, differences, response, responses
from runbooks import statements


@strawberry.type(description="A stretch of a text, or of the one before it.")
class TextPart:
    text: str
    change: str = strawberry.field(description="same, added or removed.")


@strawberry.type(description="One approval or return of a version.")
class ResponseDecision:
    version: int
    verdict: str = strawberry.field(description="approved or returned.")
    reason: str | None = strawberry.field(description="What should change; of a return.")
    decided_at: datetime
    decider_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: decision.ResponseDecision) -> ResponseDecision:
        return shape(cls, row, decider_id=row.decided_by)

    @strawberry.field
    async def decided_by(self, info: Info) -> Person:
        return await known_person(info, self.decider_id)


@strawberry.type(description="A public statement or reply: draft, submitted, returned, approved, published.")
class Response:
    id: strawberry.ID
    text: str
    state: str
    version: int = strawberry.field(description="Counts the edits; an approval names the one that was read.")
    published_url: str | None
    updated_at: datetime
    published_at: datetime | None
    incident_id: strawberry.Private[int]
    author_id: strawberry.Private[int]
    approver_id: strawberry.Private[int | None]
    publisher_id: strawberry.Private[int | None]
    stored_reason: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: response.Response) -> Response:
        return shape(
            cls,
            row,
            approver_id=row.approved_by,
            publisher_id=row.published_by,
            stored_reason=row.return_reason,
        )

    @strawberry.field(description="Why it came back last; a partner is told this of a text that it had.")
    async def return_reason(self, info: Info) -> str | None:
        made = await info.context.loaders.decisions_of_response.load(int(self.id))
        return decisions.return_reason(info.context.viewer, self.stored_reason, made)

    @strawberry.field
    async def author(self, info: Info) -> Person:
        return await known_person(info, self.author_id)

    @strawberry.field
    async def approved_by(self, info: Info) -> Person | None:
        return await person(info, self.approver_id)

    @strawberry.field
    async def published_by(self, info: Info) -> Person | None:
        return await person(info, self.publisher_id)

    @strawberry.field(
        description="Whether the asker may approve it as it stands: handed in, in an incident that is not"
        " closed, and nobody approves a text of which they wrote a version. Who may not is refused."
    )
    async def may_approve(self, info: Info) -> bool:
        if self.state != "submitted":
            return False
        incident = await info.context.loaders.incident.load(self.incident_id)
        writers = await info.context.loaders.writers_of_response.load(int(self.id))
        lasts = incident is not None and incident.state != "closed"
        return lasts and responses.may_approve(info.context.viewer, self.state, writers)

    @strawberry.field(
        description="The decision that `changes` compares with: of a text that is handed in the asker's own"
        " last one, where there is one; else the last of all. A partner's only if it had the text then."
    )
    async def compared_with(self, info: Info) -> ResponseDecision | None:
        found = await self._compared_with(info)
        return ResponseDecision.of(found) if found is not None else None

    @strawberry.field(
        description="What the text says against that of `comparedWith`, word by word: same and added parts"
        " joined are the text, same and removed ones the one before. Where words repeat so often that it"
        " would take long, by whole paragraphs. Null where there is nothing to compare with."
    )
    async def changes(self, info: Info) -> list[TextPart] | None:
        before = await self._compared_with(info)
        if before is None:
            return None
        parts = await asyncio.to_thread(differences.differences, before.text, self.text)
        return [TextPart(text=part.text, change=part.change) for part in parts]

    async def _compared_with(self, info: Info) -> decision.ResponseDecision | None:
        made = await info.context.loaders.decisions_of_response.load(int(self.id))
        return decisions.compared_with(info.context.viewer, self.state, made)


ResponseResult = Annotated[Response | Problem, strawberry.union("ResponseResult")]


@strawberry.type
class ResponseMutation:
    @change(description="By somebody of the house who did not write it, for the version that was read.")
    async def approve_response(self, info: Info, id: strawberry.ID, version: int) -> ResponseResult:
        async with info.context.change() as session:
            row = await statements.approve(
                session,
                info.context.viewer,
                number(id, "response"),
                version=version,
                now=info.context.now,
            )
        return Response.of(row)

    @change(description="Back to the author, with a reason.")
    async def return_response(self, info: Info, id: strawberry.ID, reason: str) -> ResponseResult:
        async with info.context.change() as session:
            row = await statements.return_(
                session, info.context.viewer, number(id, "response"), reason=reason, now=info.context.now
            )
        return Response.of(row)

    @change(description="Records that the house has published it, and where; completes its step.")
    async def publish_response(self, info: Info, id: strawberry.ID, url: str | None = None) -> ResponseResult:
        async with info.context.change() as session:
            row = await statements.publish(
                session, info.context.viewer, number(id, "response"), url=url, now=info.context.now
            )
        return Response.of(row)
