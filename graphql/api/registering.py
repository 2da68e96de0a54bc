"""Mentions registered by hand: a phone call, a letter, a complaint at the counter."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.listening import Brand, Mention, brand
from mentions.by_hand import register as by_hand
from mentions.by_hand.registration import Registration


@strawberry.type(description="A mention that somebody of the house heard, and what became of it.")
class RegisteredMention:
    key: strawberry.ID
    kind: str
    registered_at: datetime
    brand_id: strawberry.Private[int]
    mention: Mention | None = strawberry.field(description="Null until it is judged, a second later or so.")

    @classmethod
    def of(cls, row: Registration, mention: Mention | None = None) -> RegisteredMention:
        return cls(
            key=strawberry.ID(row.key),
            kind=row.kind,
            registered_at=row.registered_at,
            brand_id=row.brand_id,
            mention=mention,
        )

    @strawberry.field
    async def brand(self, info: Info) -> Brand:
        return await brand(info, self.brand_id)


RegisteredMentionResult = Annotated[RegisteredMention | Problem, strawberry.union("RegisteredMentionResult")]


@strawberry.type
class RegisteringQuery:
    @strawberry.field(description="What the asker registered under this key; null for anything else.")
    async def registered_mention(self, info: Info, key: str) -> RegisteredMention | None:
        async with info.context.read() as session:
            found = await by_hand.registered(session, info.context.viewer, key)
        if found is None:
            return None
        row, mention = found
        return RegisteredMention.of(row, Mention.of(mention) if mention is not None else None)


@strawberry.type
class RegisteringMutation:
    @change(
        description="Registers a mention that no source brings: `kind` is call, letter, visit, or any other "
        "kind of mention. It is judged and counted like all others, for this brand in any case. The same "
        "key again registers nothing new. For everyone of the house."
    )
    async def register_mention(
        self,
        info: Info,
        brand_id: strawberry.ID,
        kind: str,
        text: str,
        author: str | None = None,
        place: str | None = None,
        heard_at: datetime | None = None,
        url: str | None = None,
        lang: str | None = None,
        key: str | None = None,
    ) -> RegisteredMentionResult:
        heard = by_hand.Heard(text, kind, author, place, url, lang, heard_at)
        await info.context.close()  # what is asked of the answer is read behind the change
        row = await by_hand.register(
            info.context.core,
            info.context.viewer,
            number(brand_id, "brand"),
            heard,
            key=token_urlsafe(16) if key is None else key,
        )
        return RegisteredMention.of(row)
