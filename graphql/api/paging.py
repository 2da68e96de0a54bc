"""Whom an alert pages: its way up through a policy, and each try to reach somebody."""

from __future__ import annotations

from datetime import datetime

import strawberry

from alerts import page
from alerts.escalating import upcoming
from alerts.wording.phrases import PHRASES
from api.context import Info
from api.people import Person, known_person
from api.shape import shape


@strawberry.type(description="Who is paged next if nobody acknowledges, as the rotas stand now.")
class Upcoming:
    names: list[str]
    at: datetime

    @classmethod
    def of(cls, found: upcoming.Upcoming | None) -> Upcoming | None:
        return cls(names=list(found.names), at=found.at) if found is not None else None


@strawberry.type(description="The alert's way up through the levels of its policy.")
class Escalation:
    state: str
    step: int
    due_at: datetime
    alert_id: strawberry.Private[int]
    stored_trouble: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: page.Escalation) -> Escalation:
        return shape(cls, row, stored_trouble=row.trouble)

    @strawberry.field(description="Null: nobody is paged any more.")
    async def upcoming(self, info: Info) -> Upcoming | None:
        async with info.context.read() as session:
            return Upcoming.of(await upcoming.upcoming(session, self.alert_id))

    @strawberry.field(description="Why nobody could be paged, where that is so, in the reader's language.")
    def trouble(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_trouble, info.context.language)


@strawberry.type(description="One try to reach one person.")
class Page:
    id: strawberry.ID
    channel: str
    step: int
    state: str
    created_at: datetime
    sent_at: datetime | None
    member_id: strawberry.Private[int]
    stored_reason: strawberry.Private[str]
    stored_error: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: page.Page) -> Page:
        return shape(cls, row, stored_reason=row.reason, stored_error=row.error)

    @strawberry.field(description="Why this person, in the reader's language.")
    def reason(self, info: Info) -> str:
        return PHRASES.told(self.stored_reason, info.context.language)

    @strawberry.field(description="Why it did not leave, or not yet, in the reader's language.")
    def error(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_error, info.context.language)

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.member_id)
