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
from incident import differences, response
from runbooks import statements


@strawberry.type(description="A stretch of a text, or of the one before it.")
class TextPart:
    text: str
    change: str = strawberry.field(description="same, added or removed.")


@strawberry.type(description="A public statement or reply: draft, submitted, returned, approved, published.")
class Response:
    id: strawberry.ID
    text: str
    state: str
    version: int = strawberry.field(description="Counts the edits; an approval names the one that was read.")
    decided_version: int | None = strawberry.field(description="The one last approved or returned.")
    return_reason: str | None
    published_url: str | None
    updated_at: datetime
    published_at: datetime | None
    author_id: strawberry.Private[int]
    approver_id: strawberry.Private[int | None]
    decided_text: strawberry.Private[str | None]
    publisher_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: response.Response) -> Response:
        return shape(cls, row, approver_id=row.approved_by, publisher_id=row.published_by)

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
        description="What the text says against the version last approved or returned, word by word: same and"
        " added parts joined are the text, same and removed ones that version. Where words repeat so often"
        " that it would take long, by whole paragraphs. Null before the first decision. House only."
    )
    async def changes(self, info: Info) -> list[TextPart] | None:
        if self.decided_text is None or info.context.viewer.is_partner:
            return None
        parts = await asyncio.to_thread(differences.differences, self.decided_text, self.text)
        return [TextPart(text=part.text, change=part.change) for part in parts]


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
