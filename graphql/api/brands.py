"""What admins do with brands."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.listening import Brand
from people import brands as stored

BrandResult = Annotated[Brand | Problem, strawberry.union("BrandResult")]


@strawberry.type
class BrandMutation:
    @change(description="A new brand. Nothing is listened for until it has a monitor. Admins only.")
    async def add_brand(self, info: Info, name: str) -> BrandResult:
        async with info.context.change() as session:
            row = await stored.add(session, info.context.administrator, name, now=info.context.now)
        return Brand.of(row)

    @change(description="Call it otherwise; its slug, by which files find it, stays. Admins only.")
    async def rename_brand(self, info: Info, id: strawberry.ID, version: int, name: str) -> BrandResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.rename(
                session, info.context.administrator, key, name, version=version, now=info.context.now
            )
        return Brand.of(row)
