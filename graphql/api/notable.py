"""Who weighs for a brand: whose criticism opens an alert at once."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.counted import People
from api.errors import Problem, change, number
from api.listening import Brand, brand
from mentions import notable


@strawberry.type(description="Authors of whom one critical mention opens an alert at once.")
class Notable:
    names: list[str] = strawberry.field(
        description="Handles, and domains of media; a domain stands for those below it."
    )
    followers: People | None = strawberry.field(
        description="The audience from which any account weighs; null: none does by its audience."
    )
    brand_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: notable.Notable) -> Notable:
        followers = People(row.followers) if row.followers is not None else None
        return cls(names=list(row.names), followers=followers, brand_id=row.brand_id)

    @strawberry.field
    async def brand(self, info: Info) -> Brand:
        return await brand(info, self.brand_id)


NotableResult = Annotated[Notable | Problem, strawberry.union("NotableResult")]


@strawberry.type
class NotableQuery:
    @strawberry.field(description="A brand's list of authors who weigh.")
    async def notable(self, info: Info, brand_id: strawberry.ID) -> Notable:
        async with info.context.read() as session:
            row = await notable.get(session, info.context.viewer, number(brand_id, "brand"))
        return Notable.of(row)


@strawberry.type
class NotableMutation:
    @change(description="Replace a brand's list. It holds for what comes from now on.")
    async def set_notable(
        self, info: Info, brand_id: strawberry.ID, names: list[str], followers: People | None = None
    ) -> NotableResult:
        async with info.context.change() as session:
            row = await notable.put(
                session,
                info.context.viewer,
                number(brand_id, "brand"),
                names,
                followers,
                now=info.context.now,
            )
        return Notable.of(row)
