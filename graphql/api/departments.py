"""Departments of the house, and the rules by which mentions reach them; admins change both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.monitors import Caught, Monitor
from api.people import Person, person
from api.shape import shape
from incident import archiving
from incident.digest import subscriptions
from mentions.triage import rehearsal, ruling
from mentions.triage import routing as stored
from people import departments, organising
from people.permissions import require_house

if TYPE_CHECKING:
    from api.listening import Brand

REHEARSAL_COST = 200  # of an operation's allowance: it reads up to ten thousand mentions


@strawberry.type(description="A part of the house that answers from one inbox. Never has partners in it.")
class Department:
    id: strawberry.ID
    slug: str = strawberry.field(description="Its address in links; some labels go to some by themselves.")
    name: str
    email: str | None
    language: str
    time_zone: str
    answer_minutes: int
    watches_sources: bool = strawberry.field(
        description="Its people are told when a source falls silent or fails."
    )
    takes_opportunities: bool = strawberry.field(
        description="Its people are told when a brand is praised more than usual."
    )
    version: int
    archived_at: datetime | None = strawberry.field(description="Since when nothing new comes to it.")
    successor_id: strawberry.Private[int | None]

    @strawberry.field
    async def members(self, info: Info) -> list[Person]:
        keys = await info.context.loaders.members_of_department.load(int(self.id))
        found = [await person(info, key) for key in keys]
        return [one for one in found if one is not None]

    @strawberry.field(description="Of an archived one: who has its cases.")
    async def successor(self, info: Info) -> Department | None:
        return await department(info, self.successor_id) if self.successor_id is not None else None

    @strawberry.field(description="The digests that go to its mail address.")
    async def digests(self, info: Info) -> list[str]:
        async with info.context.read() as session:
            return await subscriptions.of_department(session, info.context.viewer, int(self.id))

    @strawberry.field(description="Labels and tags that come to it where no rule speaks.")
    def by_itself(self) -> list[str]:
        return [label for label, slug in stored.DEFAULTS.items() if slug == self.slug]


async def department(info: Info, key: int) -> Department:
    row = await info.context.loaders.department.load(key)
    assert row is not None  # a foreign key led here
    return shape(Department, row)


@strawberry.type(description="Where what fits goes. What it leaves open fits everything.")
class RoutingRule:
    id: strawberry.ID
    position: int = strawberry.field(description="The first that fits counts.")
    label: str = strawberry.field(description="A label or tag; empty: any.")
    lang: str = strawberry.field(description="ISO 639-1; empty: any.")
    terms: str = strawberry.field(description="Words and phrases between commas, one is enough; empty: any.")
    reason: str
    hint: str = strawberry.field(description="How such a thing is answered; empty: as its label is.")
    answer_minutes: int | None = strawberry.field(description="Null: as long as its department says.")
    brand_id: strawberry.Private[int | None]
    monitor_id: strawberry.Private[int | None]
    department_id: strawberry.Private[int | None]
    owner_id: strawberry.Private[int | None]

    @strawberry.field(description="Null: any.")
    async def brand(self, info: Info) -> Annotated[Brand, strawberry.lazy("api.listening")] | None:
        from api.listening import brand

        return await brand(info, self.brand_id) if self.brand_id is not None else None

    @strawberry.field(description="Null: whichever found it.")
    async def monitor(self, info: Info) -> Monitor | None:
        if self.monitor_id is None:
            return None
        row = await info.context.loaders.monitor.load(self.monitor_id)
        return Monitor.of(row) if row is not None else None

    @strawberry.field(description="Null: it becomes no case.")
    async def department(self, info: Info) -> Department | None:
        return await department(info, self.department_id) if self.department_id is not None else None

    @strawberry.field(description="For whom it is meant; anybody may claim it all the same.")
    async def owner(self, info: Info) -> Person | None:
        return await person(info, self.owner_id)


@strawberry.type
class Routing:
    version: int = strawberry.field(description="Of the whole list.")
    rules: list[RoutingRule]


@strawberry.type(description="Where labels go when no rule speaks.")
class DefaultRoute:
    label: str
    slug: str = strawberry.field(description="Of the department; there may be none of that name here.")


@strawberry.input
class DepartmentInput:
    name: str
    email: str | None = None
    language: str = "en"
    time_zone: str = "UTC"
    answer_minutes: int = departments.DEFAULT_ANSWER_MINUTES
    watches_sources: bool = False
    takes_opportunities: bool = False


@strawberry.input(description="As `RoutingRule`; null or empty: open.")
class RoutingRuleInput:
    label: str = ""
    brand_id: strawberry.ID | None = None
    monitor_id: strawberry.ID | None = None
    lang: str = ""
    terms: str = ""
    department_id: strawberry.ID | None = None
    reason: str = ""
    hint: str = ""
    owner_id: strawberry.ID | None = None
    answer_minutes: int | None = None

    def draft(self) -> ruling.Draft:
        given = vars(self)
        keys = {
            name: optional_number(given[name], name)
            for name in ("brand_id", "monitor_id", "department_id", "owner_id")
        }
        return ruling.Draft(**{**given, **keys})


@strawberry.type(description="How many mentions go elsewhere by the other version of the rules.")
class OtherPlace:
    count: int
    department_id: strawberry.Private[int | None]

    @strawberry.field(description="Null: they become no case.")
    async def department(self, info: Info) -> Department | None:
        return await department(info, self.department_id) if self.department_id is not None else None


@strawberry.type
class RehearsalSide:
    count: int
    places: list[OtherPlace] = strawberry.field(description="Most first.")
    examples: list[Caught] = strawberry.field(description="The newest, at most 5.")

    @classmethod
    def of(cls, side: rehearsal.Taken) -> RehearsalSide:
        places = [OtherPlace(count=count, department_id=key) for key, count in side.places.most_common()]
        return cls(count=side.count, places=places, examples=[Caught.of(row) for row in side.examples])


@strawberry.type(description="What a rule would have sent over the last week, of what asks by itself.")
class RouteRehearsal:
    looked_at: int
    since: datetime
    complete: bool = strawberry.field(description="Whether that is all of the week.")
    taken: int = strawberry.field(description="Mentions that the rule would have sent.")
    fresh: RehearsalSide = strawberry.field(description="Of these, what the saved rule does not send.")
    lost: RehearsalSide = strawberry.field(description="What the saved rule sends, and would not.")


DepartmentResult = Annotated[Department | Problem, strawberry.union("DepartmentResult")]
RoutingResult = Annotated[Routing | Problem, strawberry.union("RoutingResult")]


async def _routing(info: Info) -> Routing:
    async with info.context.read() as session:
        found = await ruling.routing(session, info.context.viewer)
    return Routing(version=found.version, rules=[shape(RoutingRule, row) for row in found.rules])


@strawberry.type
class DepartmentQuery:
    @strawberry.field(description="All by name, archived ones too.")
    async def departments(self, info: Info) -> list[Department]:
        async with info.context.read() as session:
            rows = await departments.departments(session, info.context.viewer)
        return [shape(Department, row) for row in rows]

    @strawberry.field
    async def department(self, info: Info, slug: str) -> Department:
        async with info.context.read() as session:
            return shape(Department, await departments.department(session, info.context.viewer, slug))

    @strawberry.field
    async def routing(self, info: Info) -> Routing:
        return await _routing(info)

    @strawberry.field
    def default_routes(self, info: Info) -> list[DefaultRoute]:
        require_house(info.context.viewer)
        return [DefaultRoute(label=label, slug=slug) for label, slug in stored.DEFAULTS.items()]

    @strawberry.field(description="Try a rule on the last week, in the place of a saved one or as the last.")
    async def rehearse_route(
        self, info: Info, rule: RoutingRuleInput, id: strawberry.ID | None = None
    ) -> RouteRehearsal:
        require_house(info.context.viewer)
        key = optional_number(id, "rule")
        async with info.context.read(cost=REHEARSAL_COST) as session:
            found = await rehearsal.rehearse(session, rule.draft(), key, now=info.context.now)
        sides = {"fresh": RehearsalSide.of(found.fresh), "lost": RehearsalSide.of(found.lost)}
        return shape(RouteRehearsal, found, **sides)


@strawberry.type
class DepartmentMutation:
    @change(
        description="`slug`: as `defaultRoutes` names it, where something is to come by itself. Admins only."
    )
    async def add_department(
        self, info: Info, department: DepartmentInput, slug: str | None = None
    ) -> DepartmentResult:
        wish = organising.Wish(**vars(department))
        async with info.context.change() as session:
            row = await organising.add(
                session, info.context.administrator, wish, slug=slug, now=info.context.now
            )
        return shape(Department, row)

    @change(description="Change or rename it; its address in links stays. Admins only.")
    async def edit_department(
        self, info: Info, id: strawberry.ID, version: int, department: DepartmentInput
    ) -> DepartmentResult:
        wish, key = organising.Wish(**vars(department)), number(id, "department")
        async with info.context.change() as session:
            row = await organising.edit(
                session, info.context.administrator, key, wish, version=version, now=info.context.now
            )
        return shape(Department, row)

    @change(description="Nothing new comes to it; the successor gets its cases. Admins only.")
    async def archive_department(
        self, info: Info, id: strawberry.ID, version: int, successor_id: strawberry.ID | None = None
    ) -> DepartmentResult:
        successor = optional_number(successor_id, "successorId")
        async with info.context.change() as session:
            row = await archiving.archive(
                session, info.context.administrator, number(id, "department"), successor_id=successor,
                version=version, now=info.context.now,
            )  # fmt: skip
        return shape(Department, row)

    @change(description="An archived one works again. Admins only.")
    async def bring_back_department(self, info: Info, id: strawberry.ID, version: int) -> DepartmentResult:
        key = number(id, "department")
        async with info.context.change() as session:
            row = await organising.bring_back(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return shape(Department, row)

    @change(description="Put somebody of the house into a department. Admins only.")
    async def join_department(
        self, info: Info, id: strawberry.ID, member_id: strawberry.ID
    ) -> DepartmentResult:
        keys = number(id, "department"), number(member_id, "memberId")
        async with info.context.change() as session:
            row = await organising.put_in(session, info.context.administrator, *keys, now=info.context.now)
        return shape(Department, row)

    @change(description="Take somebody out of a department. Admins only.")
    async def leave_department(
        self, info: Info, id: strawberry.ID, member_id: strawberry.ID
    ) -> DepartmentResult:
        keys = number(id, "department"), number(member_id, "memberId")
        async with info.context.change() as session:
            row = await organising.take_out(session, info.context.administrator, *keys, now=info.context.now)
        return shape(Department, row)

    @change(description="Change a rule, or without an id add one, the last. Admins only.")
    async def save_routing_rule(
        self, info: Info, version: int, rule: RoutingRuleInput, id: strawberry.ID | None = None
    ) -> RoutingResult:
        key = optional_number(id, "rule")
        async with info.context.change() as session:
            await ruling.save(
                session, info.context.administrator, rule.draft(), rule_id=key, version=version,
                now=info.context.now,
            )  # fmt: skip
        return await _routing(info)

    @change(description="Let a rule change places with the one before it, or after it. Admins only.")
    async def move_routing_rule(self, info: Info, version: int, id: strawberry.ID, up: bool) -> RoutingResult:
        key = number(id, "rule")
        async with info.context.change() as session:
            await ruling.move(
                session, info.context.administrator, key, up=up, version=version, now=info.context.now
            )
        return await _routing(info)

    @change(description="Take a rule out; the cases that it brought stay where they are. Admins only.")
    async def remove_routing_rule(self, info: Info, version: int, id: strawberry.ID) -> RoutingResult:
        key = number(id, "rule")
        async with info.context.change() as session:
            await ruling.remove(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return await _routing(info)
