"""Access tokens of programs: made and revoked by people, never by a program."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, known_person
from api.shape import shape
from people import tokens


@strawberry.type(description="With which a program asks in somebody's name: `Authorization: Bearer …`.")
class AccessToken:
    id: strawberry.ID
    name: str
    role: str = strawberry.field(description="observer reads; never more than its owner may do at that time.")
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = strawberry.field(description="Last, to the minute.")
    revoked_at: datetime | None
    stands: bool = strawberry.field(description="Neither expired nor revoked.")
    member_id: strawberry.Private[int]

    @strawberry.field
    async def owner(self, info: Info) -> Person:
        return await known_person(info, self.member_id)


@strawberry.type(description="A new token with its text, which is told this once.")
class MadeToken:
    token: AccessToken
    text: str


MadeTokenResult = Annotated[MadeToken | Problem, strawberry.union("MadeTokenResult")]
TokenResult = Annotated[AccessToken | Problem, strawberry.union("TokenResult")]


def _token(info: Info, row: tokens.AccessToken) -> AccessToken:
    return shape(AccessToken, row, stands=row.revoked_at is None and row.expires_at > info.context.now)


@strawberry.type
class TokenQuery:
    @strawberry.field(description="Mine, and for admins everybody's; the newest first.")
    async def access_tokens(self, info: Info) -> list[AccessToken]:
        async with info.context.read() as session:
            found = await tokens.tokens(session, info.context.viewer)
        return [_token(info, one.token) for one in found]


@strawberry.type
class TokenMutation:
    @change(
        description="A token of mine, for 1 to 365 days. `role`: observer (reads), responder or"
        " admin, and no more than mine."
    )
    async def make_token(self, info: Info, name: str, days: int, role: str = "observer") -> MadeTokenResult:
        async with info.context.change() as session:
            row, text = await tokens.make(
                session, info.context.viewer, name=name, role=role, days=days, now=info.context.now
            )
        return MadeToken(token=_token(info, row), text=text)

    @change(description="It is of no use from now on. Mine, or for admins anybody's.")
    async def revoke_token(self, info: Info, id: strawberry.ID) -> TokenResult:
        async with info.context.change() as session:
            row = await tokens.revoke(session, info.context.viewer, number(id, "id"), now=info.context.now)
        return _token(info, row)
