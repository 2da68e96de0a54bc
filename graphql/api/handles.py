"""What the author of something that was said is called today."""

from __future__ import annotations

import strawberry

from api.context import Info


@strawberry.type
class ByAuthor:
    author: str | None

    @strawberry.field(
        description="Of an account of Bluesky, whose `author` is a DID: what it calls itself now, as far as"
        " the network told it. Anybody may claim any handle."
    )
    async def handle(self, info: Info) -> str | None:
        return await info.context.loaders.handle_of_author.load(self.author) if self.author else None
