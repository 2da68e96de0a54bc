"""Partner organisations: what was agreed with each, who of them may come in, and what admins do with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import select

from api.context import Info
from api.errors import Problem, change, number
from api.seats import HeldIncident
from api.shape import shape
from mentions.rivals import rivals
from people import organisations
from people import partners as stored
from people.members import Member
from people.permissions import let_in, nda_standing, partner_allowed, require_admin
from runbooks.held import held_by_partner

HELD_COST = 20  # of an operation's allowance
STANDING = "valid, missing, ahead (it has not begun) or over."


@strawberry.type(description="Somebody of a partner who has a seat, with their own agreement.")
class PartnerPerson:
    id: strawberry.ID
    name: str
    email: str
    version: int
    nda_signed_on: date | None
    nda_expires_on: date | None
    nda_document_sha256: str | None
    nda: str = strawberry.field(description=STANDING)
    let_in: bool = strawberry.field(description="Whether they may come in today.")


@strawberry.type(description="A client whom the partner declared, and our monitor of that competitor.")
class ClientConflict:
    client: str
    monitor: str


@strawberry.type(
    description="A partner organisation and what was agreed with it. For admins and for its people."
)
class Partnership:
    id: strawberry.ID
    name: str
    version: int
    by_hand: bool = strawberry.field(description="Changed here: the set-up file leaves it as it is.")
    nda_signed_on: date | None
    nda_expires_on: date | None
    nda_document_sha256: str | None
    nda: str = strawberry.field(description=STANDING)
    let_in: bool = strawberry.field(description="Whether it may be given work today.")
    each_signs: bool = strawberry.field(description="Each of its people needs an agreement of their own.")
    brand_ids: list[strawberry.ID] | None = strawberry.field(
        description="It works on these; null: on every one."
    )
    brand_names: list[str] | None
    declared_clients: list[str]
    ended_at: datetime | None
    people: list[PartnerPerson]
    conflicts: list[ClientConflict] = strawberry.field(description="Told to the house alone.")

    @strawberry.field(description="Its steps that are still to be done. For admins.")
    async def held(self, info: Info) -> list[HeldIncident]:
        require_admin(info.context.viewer)
        async with info.context.read(cost=HELD_COST) as session:
            rows = await held_by_partner(session, int(self.id))
        return [HeldIncident.of(one, info.context.language) for one in rows]


@strawberry.input
class PartnerInput:
    brand_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The brands it may work on; null: every one, later ones too."
    )
    each_signs: bool = False
    declared_clients: list[str] = strawberry.field(default_factory=list)

    def wish(self) -> stored.Wish:
        ids = None if self.brand_ids is None else [number(one, "brandIds") for one in self.brand_ids]
        return stored.Wish(ids, self.each_signs, self.declared_clients)


@strawberry.input(description="A signed non-disclosure agreement. Its document is never sent here.")
class NdaInput:
    signed_on: date
    expires_on: date | None = strawberry.field(default=None, description="Its last day; null: it has none.")
    document_sha256: str | None = strawberry.field(default=None, description="64 hexadecimal digits.")

    def signed(self) -> stored.Signed:
        return stored.Signed(self.signed_on, self.expires_on, self.document_sha256)


PartnershipResult = Annotated[Partnership | Problem, strawberry.union("PartnershipResult")]
PartnerPersonResult = Annotated[PartnerPerson | Problem, strawberry.union("PartnerPersonResult")]


def _person(row: Member, partner: organisations.Organisation, today: date) -> PartnerPerson:
    return shape(PartnerPerson, row, nda=nda_standing(row, today), let_in=let_in(row, partner, today))


async def _partnerships(info: Info, rows: Sequence[organisations.Organisation]) -> list[Partnership]:
    today, viewer = info.context.now.date(), info.context.viewer
    async with info.context.read() as session:
        people = await stored.people_of(session, [row.id for row in rows])
        names = dict((await session.execute(select(organisations.Brand.id, organisations.Brand.name))).all())
        clients = {name for row in rows for name in row.declared_clients} if viewer.is_house else set()
        ours = await rivals(session, sorted(clients))
    return [
        shape(
            Partnership,
            row,
            nda=nda_standing(row, today),
            let_in=partner_allowed(row, today),
            brand_ids=None if row.brand_ids is None else [str(key) for key in row.brand_ids],
            brand_names=None if row.brand_ids is None else sorted(names[key] for key in row.brand_ids),
            people=[_person(one, row, today) for one in people if one.organisation_id == row.id],
            conflicts=[
                ClientConflict(client=name, monitor=ours[name])
                for name in row.declared_clients
                if name in ours
            ],
        )
        for row in rows
    ]


async def _partnership(info: Info, row: organisations.Organisation) -> Partnership:
    (found,) = await _partnerships(info, [row])
    return found


@strawberry.type
class PartnerQuery:
    @strawberry.field(description="All partners, by name, also those that have ended. For admins.")
    async def partnerships(self, info: Info) -> list[Partnership]:
        async with info.context.read() as session:
            rows = await stored.partners(session, info.context.administrator)
        return await _partnerships(info, rows)

    @strawberry.field(description="For admins.")
    async def partnership(self, info: Info, id: strawberry.ID) -> Partnership:
        async with info.context.read() as session:
            row = await stored.partner(session, info.context.administrator, number(id, "id"))
        return await _partnership(info, row)

    @strawberry.field(description="What is recorded of the partner that I am of; null for the house.")
    async def my_partnership(self, info: Info) -> Partnership | None:
        if info.context.viewer.is_house:
            return None
        async with info.context.read() as session:
            row = await stored.own(session, info.context.viewer)
        return await _partnership(info, row)


@strawberry.type
class PartnerMutation:
    @change(description="A new partner. Nobody of it is let in until its NDA is recorded. Admins only.")
    async def add_partner(self, info: Info, name: str, partner: PartnerInput) -> PartnershipResult:
        async with info.context.change() as session:
            row = await stored.add(
                session, info.context.administrator, name, partner.wish(), now=info.context.now
            )
        return await _partnership(info, row)

    @change(description="On which brands it works, what it has declared; its name stays. Admins only.")
    async def edit_partner(
        self, info: Info, id: strawberry.ID, version: int, partner: PartnerInput
    ) -> PartnershipResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.edit(
                session, info.context.administrator, key, partner.wish(), version=version,
                now=info.context.now,
            )  # fmt: skip
        return await _partnership(info, row)

    @change(description="Its NDA from now on, new or renewed; the log keeps the earlier one. Admins only.")
    async def record_nda(
        self, info: Info, id: strawberry.ID, version: int, nda: NdaInput
    ) -> PartnershipResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.record(
                session, info.context.administrator, key, nda.signed(), version=version, now=info.context.now
            )
        return await _partnership(info, row)

    @change(description="The NDA of one of a partner's people. Admins only.")
    async def record_person_nda(
        self, info: Info, id: strawberry.ID, version: int, nda: NdaInput
    ) -> PartnerPersonResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.record_own(
                session, info.context.administrator, key, nda.signed(), version=version, now=info.context.now
            )
            partner = await stored.partner(session, info.context.administrator, row.organisation_id)
        return _person(row, partner, info.context.now.date())

    @change(description="Nobody of it comes in from now on; its open steps wait for others. Admins only.")
    async def end_partnership(self, info: Info, id: strawberry.ID, version: int) -> PartnershipResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.end(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return await _partnership(info, row)

    @change(description="It goes on, under the NDA that is recorded. Admins only.")
    async def resume_partnership(self, info: Info, id: strawberry.ID, version: int) -> PartnershipResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.resume(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return await _partnership(info, row)
