"""Digests: what happened, once a day or a week, in the reader's language; and who gets which."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.departments import Department, department
from api.errors import Problem, change, number
from api.shape import shape
from incident.digest import digest as stored
from incident.digest import subscriptions
from incident.digest.compose import Stretch, read
from incident.digest.figures import from_json
from incident.digest.making import texts_of
from kit.errors import NotFound
from kit.zones import zone_of


@strawberry.type
class DigestFact:
    label: str
    value: str
    note: str


@strawberry.type
class DigestPart:
    heading: str
    facts: list[DigestFact]
    lines: list[str]
    paths: list[str] = strawberry.field(
        description="Of each line the path of the page on which more is seen; empty where there is none."
    )


@strawberry.type(description="One digest, in the words of whoever reads it.")
class Digest:
    id: strawberry.ID
    cadence: str
    since: datetime
    until: datetime
    subject: str
    covers: str
    quiet: bool
    parts: list[DigestPart]
    subscription_id: strawberry.Private[int]

    @strawberry.field(description="Whose it is; null: mine.")
    async def department(self, info: Info) -> Department | None:
        row = await info.context.loaders.digest_subscription.load(self.subscription_id)
        return await department(info, row.department_id) if row and row.department_id else None


@strawberry.type
class DigestSubscription:
    cadence: str
    enabled: bool
    hour: int
    brands: list[strawberry.ID] = strawberry.field(description="Empty: all of them.")
    due_at: datetime

    @classmethod
    def of(cls, row: stored.DigestSubscription) -> DigestSubscription:
        return shape(cls, row, brands=[strawberry.ID(str(one)) for one in row.brands])


DigestResult = Annotated[DigestSubscription | Problem, strawberry.union("DigestResult")]


async def _digest(info: Info, row: stored.Digest) -> Digest:
    viewer, figures = info.context.viewer, from_json(row.figures)
    async with info.context.read() as session:
        texts = await texts_of(session, figures)
    stretch = Stretch(row.cadence, row.since, row.until)
    reading = read(figures, stretch, texts=texts, language=viewer.language, zone=zone_of(viewer.time_zone))
    parts = [
        DigestPart(
            heading=part.heading,
            facts=[shape(DigestFact, fact) for fact in part.facts],
            lines=[line.text for line in part.lines],
            paths=[line.path for line in part.lines],
        )
        for part in reading.parts
    ]
    return shape(
        Digest, row, subject=reading.subject, covers=reading.covers, quiet=reading.quiet, parts=parts
    )


@strawberry.type
class DigestQuery:
    @strawberry.field(description="Null when there is none, or the asker may not know of it.")
    async def digest(self, info: Info, id: strawberry.ID) -> Digest | None:
        try:
            async with info.context.read() as session:
                row = await subscriptions.get_digest(session, info.context.viewer, number(id, "digest"))
        except NotFound:
            return None
        return await _digest(info, row)

    @strawberry.field(description="Those made for me or a department of mine, the newest first.")
    async def my_digests(self, info: Info) -> list[Digest]:
        async with info.context.read(cost=5) as session:
            rows = await subscriptions.my_digests(session, info.context.viewer)
        return [await _digest(info, row) for row in rows]

    @strawberry.field
    async def my_digest_subscriptions(self, info: Info) -> list[DigestSubscription]:
        async with info.context.read() as session:
            return [
                DigestSubscription.of(row) for row in await subscriptions.mine(session, info.context.viewer)
            ]


@strawberry.type
class DigestMutation:
    @change(description="Get a digest at this hour by my own clock, or no longer. No brands: all of them.")
    async def choose_digest(
        self,
        info: Info,
        cadence: str,
        enabled: bool,
        hour: int = subscriptions.HOUR,
        brand_ids: list[strawberry.ID] | None = None,
    ) -> DigestResult:
        keys = [number(one, "brand") for one in brand_ids or []]
        async with info.context.change() as session:
            row = await subscriptions.choose(
                session,
                info.context.viewer,
                cadence,
                enabled=enabled,
                hour=hour,
                brand_ids=keys,
                now=info.context.now,
            )
        return DigestSubscription.of(row)

    @change(description="Let a whole department get a digest at its mail address. Admins only.")
    async def choose_department_digest(
        self, info: Info, department_id: strawberry.ID, cadence: str, enabled: bool
    ) -> DigestResult:
        key = number(department_id, "department")
        async with info.context.change() as session:
            row = await subscriptions.choose_for_department(
                session, info.context.viewer, key, cadence, enabled=enabled, now=info.context.now
            )
        return DigestSubscription.of(row)
