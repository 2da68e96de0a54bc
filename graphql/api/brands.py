"""What admins do with brands, and what they are shown first."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.listening import Brand
from people import brands as stored
from people.permissions import require_house

BrandResult = Annotated[Brand | Problem, strawberry.union("BrandResult")]


@strawberry.type
class BrandQuery:
    @strawberry.field(description="That most brands have; without brands, one's own.")
    async def usual_time_zone(self, info: Info) -> str:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return await stored.usual_zone(session, info.context.viewer)


@strawberry.type
class BrandMutation:
    @change(
        description="A new brand; no time zone: `usualTimeZone`. "
        "Nothing is listened for until it has a monitor. Admins only."
    )
    async def add_brand(self, info: Info, name: str, time_zone: str | None = None) -> BrandResult:
        async with info.context.change() as session:
            row = await stored.add(
                session, info.context.administrator, name, zone=time_zone, now=info.context.now
            )
        return Brand.of(row)

    @change(description="Call it otherwise; its slug, by which files find it, stays. Admins only.")
    async def rename_brand(self, info: Info, id: strawberry.ID, version: int, name: str) -> BrandResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.rename(
                session, info.context.administrator, key, name, version=version, now=info.context.now
            )
        return Brand.of(row)
