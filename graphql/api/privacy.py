"""Forgetting an author on request."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change
from api.shape import shape
from incident import erasure
from mentions.waiting import set_aside


@strawberry.type(description="From how much an author's words were taken out.")
class Erased:
    mentions: int
    copies: int = strawberry.field(description="Of what others repeated of them word for word.")
    corrections: int
    alerts: int
    digests: int


@strawberry.type
class AuthorName:
    name: str
    mentions: int


@strawberry.type(description="What there is of an author, before it is erased.")
class FoundAuthor:
    names: list[AuthorName] = strawberry.field(description="As the mentions have it.")
    copies: int = strawberry.field(description="Mentions in which others repeat them word for word.")


EraseResult = Annotated[Erased | Problem, strawberry.union("EraseResult")]


@strawberry.type
class PrivacyQuery:
    @strawberry.field(description="What `eraseAuthor` would take the words of, by its arguments; for admins.")
    async def author_to_erase(self, info: Info, author: str, copies: bool = False) -> FoundAuthor:
        async with info.context.read(cost=5) as session:
            found = await erasure.find_author(session, info.context.viewer, author, copies=copies)
        names = [AuthorName(name=name, mentions=count) for name, count in found.names.items()]
        return FoundAuthor(names=names, copies=found.copies)


@strawberry.type
class PrivacyMutation:
    @change(
        description="Wipes what this author wrote, in every source and whatever the capitals, out of"
        " mentions, corrections, evidence, digests and batches that were set aside. Counts stay."
        " `copies`: also what others repeat of it word for word, where this author was the first we know."
        " It cannot be undone; for admins."
    )
    async def erase_author(self, info: Info, author: str, copies: bool = False) -> EraseResult:
        viewer, now = info.context.viewer, info.context.now
        async with info.context.change() as session:
            erased = await erasure.erase_author(session, viewer, author, now=now, copies=copies)
        await set_aside.forget(info.context.core.bell.redis, erased.names)
        return shape(Erased, erased)
