"""Opportunities: a brand is praised more than usual; who has it, what is decided and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.alerting import Alert
from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, person
from api.shape import shape
from incident import opportunities, opportunity


@strawberry.type(description="One for each alert of praise. It wakes nobody and is no incident.")
class Opportunity:
    id: strawberry.ID
    opened_at: datetime
    decision: str = strawberry.field(description="use, pass; empty: nobody has decided.")
    reason: str = strawberry.field(description="What will be done, or why not.")
    decided_at: datetime | None
    outcome: str
    closed_at: datetime | None = strawberry.field(description="Let pass, or its outcome is told.")
    can_take_over: bool = strawberry.field(
        description="Whether you may have it although somebody took it: they are gone, and have not decided."
    )
    owner_id: strawberry.Private[int | None]
    alert_id: strawberry.Private[int]

    @strawberry.field(description="Who has taken it.")
    async def owner(self, info: Info) -> Person | None:
        return await person(info, self.owner_id)

    @strawberry.field
    async def alert(self, info: Info) -> Alert:
        row = await info.context.loaders.alert.load(self.alert_id)
        assert row is not None  # a foreign key led here
        return Alert.of(row)


OpportunityResult = Annotated[Opportunity | Problem, strawberry.union("OpportunityResult")]


@strawberry.type
class OpportunityQuery:
    @strawberry.field(description="The newest first; only open ones, or with those that are settled.")
    async def opportunities(self, info: Info, open: bool = True) -> list[Opportunity]:
        async with info.context.read() as session:
            found = await opportunities.opportunities(session, info.context.viewer, open_only=open)
        return [shape(Opportunity, one.opportunity, can_take_over=one.can_take_over) for one in found]


@strawberry.type
class OpportunityMutation:
    @change(description="Have it. A Problem names who has it already and is still there.")
    async def take_opportunity(self, info: Info, id: strawberry.ID) -> OpportunityResult:
        key = number(id, "opportunity")
        async with info.context.change() as session:
            row = await opportunities.take(session, info.context.viewer, key, now=info.context.now)
        return _shaped(row)

    @change(description="`use` it or let it `pass`, and why.")
    async def decide_opportunity(
        self, info: Info, id: strawberry.ID, decision: str, reason: str
    ) -> OpportunityResult:
        key = number(id, "opportunity")
        async with info.context.change() as session:
            row = await opportunities.decide(
                session, info.context.viewer, key, decision=decision, reason=reason, now=info.context.now
            )
        return _shaped(row)

    @change(description="What came of using it; then it is settled.")
    async def conclude_opportunity(self, info: Info, id: strawberry.ID, outcome: str) -> OpportunityResult:
        key = number(id, "opportunity")
        async with info.context.change() as session:
            row = await opportunities.conclude(
                session, info.context.viewer, key, outcome=outcome, now=info.context.now
            )
        return _shaped(row)


def _shaped(row: opportunity.Opportunity) -> Opportunity:
    return shape(Opportunity, row, can_take_over=False)  # it is yours, or decided
