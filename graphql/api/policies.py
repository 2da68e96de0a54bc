"""Escalation policies, and the chain of decisions that led to a page or to none."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import select

from alerts import page
from alerts.chain import read
from alerts.escalating import policies
from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.listening import Brand, brand
from api.people import Person, person
from api.shape import shape
from people.departments import Department
from people.members import Member
from people.schedules import Schedule

NAMED: dict[str, Any] = {"schedule": Schedule, "department": Department, "member": Member}


@strawberry.type(description="Whom a level pages: a schedule's people on call, a department, or one person.")
class PolicyTarget:
    kind: str = strawberry.field(description="schedule, department or member.")
    id: strawberry.ID
    name: str = strawberry.field(description="Empty when it does not exist any more.")


@strawberry.type(description="Who is paged together, and how long is waited for an acknowledgement.")
class PolicyLevel:
    position: int
    wait_minutes: float
    everyone: bool = strawberry.field(description="It takes everybody who is paged to acknowledge.")
    awake_first: bool = strawberry.field(
        description="Those of its targets for whom it is between 8 and 22 o'clock are paged before it."
    )
    severities: list[str] = strawberry.field(description="Of the alerts that it is for; empty: of all.")
    targets: list[PolicyTarget]


@strawberry.type(
    description="Whom to page and how long to wait. The admins always come after the last level."
)
class EscalationPolicy:
    id: strawberry.ID
    name: str
    repeats: int = strawberry.field(description="How often it begins again after the last level.")
    quiet_minutes: int | None = strawberry.field(
        description="After how long without anything done an acknowledgement is asked about; null: never."
    )
    version: int
    levels: list[PolicyLevel]
    brand_id: strawberry.Private[int | None]

    @strawberry.field(description="Null: it is for every brand without one of its own.")
    async def brand(self, info: Info) -> Brand | None:
        return await brand(info, self.brand_id) if self.brand_id is not None else None


@strawberry.type(
    description="One sentence of why somebody was paged, or was not, recorded when it was decided."
)
class PagingDecision:
    at: datetime
    step: int = strawberry.field(description="How many levels had been paged by then, this one included.")
    kind: str
    text: str = strawberry.field(description="In the asker's language.")
    member_id: strawberry.Private[int | None]

    @strawberry.field(description="Null: it is about the alert as a whole.")
    async def person(self, info: Info) -> Person | None:
        return await person(info, self.member_id)


@strawberry.input
class PolicyLevelInput:
    targets: list[str] = strawberry.field(description="`schedule:1`, `department:2`, `member:3`.")
    wait_minutes: float
    everyone: bool = False
    awake_first: bool = False
    severities: list[str] = strawberry.field(default_factory=list)


PolicyResult = Annotated[EscalationPolicy | Problem, strawberry.union("PolicyResult")]


async def _shaped(info: Info, row: page.EscalationPolicy) -> EscalationPolicy:
    names = await _names(info, [target for level in row.levels for target in level.get("targets", ())])
    levels = [_level(position, level, names) for position, level in enumerate(row.levels, start=1)]
    return shape(EscalationPolicy, row, levels=levels)


def _level(position: int, level: dict[str, Any], names: dict[tuple[str, int], str]) -> PolicyLevel:
    targets = [
        PolicyTarget(kind=kind, id=strawberry.ID(str(key)), name=names.get((kind, key), ""))
        for kind, key in (_pair(target) for target in level.get("targets", ()))
    ]
    return PolicyLevel(
        position=position,
        wait_minutes=float(level.get("wait_minutes", 5)),
        everyone=bool(level.get("everyone")),
        awake_first=bool(level.get("awake_first")),
        severities=list(level.get("severities", [])),
        targets=targets,
    )


def _pair(target: dict[str, Any]) -> tuple[str, int]:
    return next(((kind, int(target[kind])) for kind in NAMED if kind in target), ("unknown", 0))


async def _names(info: Info, targets: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """The names of all targets, one look per kind."""
    wanted = [_pair(target) for target in targets]
    found: dict[tuple[str, int], str] = {}
    for kind, table in NAMED.items():
        ids = {key for one, key in wanted if one == kind}
        if ids:
            async with info.context.read() as session:
                rows = await session.execute(select(table.id, table.name).where(table.id.in_(ids)))
                found |= {(kind, key): name for key, name in rows}
    return found


@strawberry.type
class PolicyQuery:
    @strawberry.field(description="Everybody's first, then those of brands.")
    async def escalation_policies(self, info: Info) -> list[EscalationPolicy]:
        async with info.context.read() as session:
            rows = await policies.list_policies(session, info.context.viewer)
        return [await _shaped(info, row) for row in rows]

    @strawberry.field(
        description="Why people were paged about an alert, or one was or was not, in the order of time."
    )
    async def paging_decisions(
        self, info: Info, alert: strawberry.ID, person: strawberry.ID | None = None
    ) -> list[PagingDecision]:
        member_id = optional_number(person, "person")
        async with info.context.read(cost=4) as session:
            links = await read.chain(session, info.context.viewer, number(alert, "alert"), member_id)
        return [shape(PagingDecision, link) for link in links]


@strawberry.type
class PolicyMutation:
    @change(description="A policy for a brand, or for every brand without one. Admins only.")
    async def create_policy(self, info: Info, name: str, brand: strawberry.ID | None = None) -> PolicyResult:
        brand_id = optional_number(brand, "brand")
        async with info.context.change() as session:
            row = await policies.create_policy(
                session, info.context.administrator, name=name, brand_id=brand_id, now=info.context.now
            )
        return await _shaped(info, row)

    @change(description="What holds for all levels. Escalations under way keep their copy. Admins only.")
    async def edit_policy(
        self,
        info: Info,
        id: strawberry.ID,
        version: int,
        name: str,
        repeats: int,
        quiet_minutes: int | None = None,
    ) -> PolicyResult:
        async with info.context.change() as session:
            row = await policies.edit_policy(
                session, info.context.administrator, number(id, "policy"), version=version, name=name,
                repeats=repeats, quiet_minutes=quiet_minutes, now=info.context.now,
            )  # fmt: skip
        return await _shaped(info, row)

    @change(description="The level at this place, from 1; one behind the last makes a new one. Admins only.")
    async def save_policy_level(
        self, info: Info, policy: strawberry.ID, version: int, position: int, level: PolicyLevelInput
    ) -> PolicyResult:
        draft = policies.LevelDraft(**vars(level))
        async with info.context.change() as session:
            row = await policies.save_level(
                session, info.context.administrator, number(policy, "policy"), version=version,
                position=position, draft=draft, now=info.context.now,
            )  # fmt: skip
        return await _shaped(info, row)

    @change(description="Takes a level out. Admins only.")
    async def remove_policy_level(
        self, info: Info, policy: strawberry.ID, version: int, position: int
    ) -> PolicyResult:
        async with info.context.change() as session:
            row = await policies.remove_level(
                session, info.context.administrator, number(policy, "policy"), version=version,
                position=position, now=info.context.now,
            )  # fmt: skip
        return await _shaped(info, row)
