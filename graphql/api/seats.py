"""Who has a seat, and what admins do with seats; and the link by which somebody sets a password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import select

from alerts.channels import wiring
from alerts.contacts.reach import reachable
from alerts.contacts.trouble import no_admin_any_more
from alerts.escalating import policies
from alerts.wording.compose import lasting
from api.context import Info
from api.departments import Department, department
from api.errors import Problem, change, number, optional_number
from api.people import Organisation, organisation
from api.shape import shape
from kit.db import WriteSession
from kit.errors import Expired
from people import invitations, leaving, organisations
from people import seats as stored
from people.departments import DepartmentMember
from people.members import Member
from people.permissions import READERS, let_in
from runbooks import held

SEATS_COST = 20  # of an operation's allowance


@strawberry.type(description="A time in which nobody would be on call without this person.")
class EmptyShift:
    schedule_id: strawberry.ID
    schedule: str
    starts_at: datetime
    ends_at: datetime


@strawberry.type(description="Something to do that somebody else must take over.")
class HeldStep:
    id: strawberry.ID
    title: str


@strawberry.type(description="An incident that is not closed, in which this person or partner has a part.")
class HeldIncident:
    number: strawberry.ID
    title: str
    brand_id: strawberry.ID
    leads: bool
    steps: list[HeldStep]

    @classmethod
    def of(cls, one: held.Held, language: str) -> HeldIncident:
        return cls(
            number=strawberry.ID(str(one.incident.id)),
            title=lasting(one.incident.title, language),
            brand_id=strawberry.ID(str(one.incident.brand_id)),
            leads=one.leads,
            steps=[shape(HeldStep, step) for step in one.steps],
        )


@strawberry.type(description="What hangs on a person, to be handed over before they leave.")
class Held:
    shifts: list[EmptyShift] = strawberry.field(description="Of the coming four weeks.")
    incidents: list[HeldIncident]
    policies: list[str] = strawberry.field(description="Escalation policies that page them by name.")


@strawberry.type(description="Somebody who has a seat here, or had one. For admins.")
class Seat:
    id: strawberry.ID
    name: str
    email: str
    job: str
    role: str
    active: bool
    version: int
    by_hand: bool = strawberry.field(description="Changed here: the set-up file leaves it as it is.")
    signed_in_at: datetime | None
    has_password: bool
    invited_until: datetime | None = strawberry.field(description="Until when a link for a password works.")
    can_be_paged: bool | None = strawberry.field(
        description="Whether a way to reach them is proved and set up here; null: nobody pages them."
    )
    let_in: bool | None = strawberry.field(
        description="Whether somebody of a partner may come in today; null for the house."
    )
    organisation_id: strawberry.Private[int]
    department_ids: strawberry.Private[list[int]]

    @strawberry.field
    async def organisation(self, info: Info) -> Organisation:
        return await organisation(info, self.organisation_id)

    @strawberry.field
    async def departments(self, info: Info) -> list[Department]:
        return [await department(info, key) for key in self.department_ids]

    @strawberry.field
    async def held(self, info: Info) -> Held:
        key = int(self.id)
        async with info.context.read(cost=SEATS_COST) as session:
            shifts = await leaving.empty_without(session, key, info.context.now)
            incidents = await held.held_by(session, key)
            named = await policies.naming(session, key)
        return Held(
            shifts=[shape(EmptyShift, one, schedule_id=str(one.schedule_id)) for one in shifts],
            incidents=[HeldIncident.of(one, info.context.language) for one in incidents],
            policies=named,
        )


@strawberry.type(
    description="A seat, and where no mail server carries it, the link to hand over, shown once."
)
class Invited:
    seat: Seat
    link: str | None


@strawberry.type(description="What the link of an invitation is for.")
class InvitationLink:
    name: str
    email: str
    language: str


@strawberry.type
class Accepted:
    email: str


@strawberry.input
class SeatInput:
    name: str
    role: str = strawberry.field(description="admin, responder, executive, observer or partner.")
    job: str = ""
    partner_id: strawberry.ID | None = strawberry.field(default=None, description="Of a partner: its agency.")
    department_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def wish(self) -> stored.Wish:
        return stored.Wish(
            name=self.name,
            role=self.role,
            job=self.job,
            partner_id=optional_number(self.partner_id, "role"),
            department_ids=[number(one, "departmentIds") for one in self.department_ids],
        )


SeatResult = Annotated[Seat | Problem, strawberry.union("SeatResult")]
InvitedResult = Annotated[Invited | Problem, strawberry.union("InvitedResult")]
AcceptedResult = Annotated[Accepted | Problem, strawberry.union("AcceptedResult")]


async def _seats(info: Info, rows: Sequence[Member]) -> list[Seat]:
    keys = [row.id for row in rows]
    async with info.context.read(cost=SEATS_COST) as session:
        paged = await reachable(session, info.context.core.settings, keys)
        invited = await invitations.standing(session, keys, info.context.now)
        query = select(DepartmentMember.member_id, DepartmentMember.department_id)
        pairs = (await session.execute(query.where(DepartmentMember.member_id.in_(keys)))).all()
        own = select(organisations.Organisation).where(organisations.Organisation.kind == "partner")
        partners = {one.id: one for one in await session.scalars(own)}
    today = info.context.now.date()
    return [
        shape(
            Seat,
            row,
            let_in=let_in(row, partners[row.organisation_id], today) if row.role == "partner" else None,
            has_password=row.password_hash is not None,
            invited_until=invited.get(row.id),
            can_be_paged=row.id in paged if row.active and row.role not in READERS else None,
            department_ids=sorted(place for member, place in pairs if member == row.id),
        )
        for row in rows
    ]


async def _seat(info: Info, row: Member) -> Seat:
    (found,) = await _seats(info, [row])
    return found


async def _invite(info: Info, session: WriteSession, row: Member) -> str | None:
    """Make a link and send it; the link itself where there is no mail server."""
    context = info.context
    made = await invitations.make(session, context.administrator, row, now=context.now)
    settings = context.core.settings
    if not wiring.available("mail", settings):
        return settings.public_url + invitations.path_of(settings.signing_key, made.id)
    await invitations.write_to(session, context.administrator, row, made, now=context.now)
    return None


@strawberry.type
class SeatQuery:
    @strawberry.field(description="Everybody who has or had a seat, by name. For admins.")
    async def seats(self, info: Info) -> list[Seat]:
        async with info.context.read() as session:
            rows = await stored.seats(session, info.context.administrator)
        return await _seats(info, rows)

    @strawberry.field(description="For admins.")
    async def seat(self, info: Info, id: strawberry.ID) -> Seat:
        async with info.context.read() as session:
            row = await stored.seat(session, info.context.administrator, number(id, "id"))
        return await _seat(info, row)

    @strawberry.field(description="Whose password a link sets; null where it may not be used any more.")
    async def invitation_link(self, info: Info, token: str) -> InvitationLink | None:
        context = info.context
        async with context.read() as session:
            try:
                row = await invitations.found(session, context.core.settings.signing_key, token, context.now)
            except Expired:
                return None
        return shape(InvitationLink, row) if row is not None else None


@strawberry.type
class SeatMutation:
    @change(description="Give somebody a seat and invite them to choose a password. Admins only.")
    async def add_person(
        self, info: Info, email: str, person: SeatInput, language: str = "en", time_zone: str = "UTC"
    ) -> InvitedResult:
        async with info.context.change() as session:
            row = await stored.add(
                session, info.context.administrator, person.wish(), email=email, language=language,
                time_zone=time_zone, now=info.context.now,
            )  # fmt: skip
            link = await _invite(info, session, row)
        return Invited(seat=await _seat(info, row), link=link)

    @change(
        description="`moves`: yes, they are to belong to another organisation, and see what it sees. Nobody"
        " changes their own role. Admins only."
    )
    async def edit_person(
        self, info: Info, id: strawberry.ID, version: int, person: SeatInput, moves: bool = False
    ) -> SeatResult:
        key = number(id, "id")
        async with info.context.change() as session:
            was_admin = (await stored.seat(session, info.context.administrator, key)).role == "admin"
            row = await stored.edit(
                session, info.context.administrator, key, person.wish(), version=version, moves=moves,
                now=info.context.now,
            )  # fmt: skip
            if was_admin and row.role != "admin":
                await no_admin_any_more(session, row, info.context.now)
        return await _seat(info, row)

    @change(description="Take their seat: they are signed out everywhere at once and not paged. Admins only.")
    async def deactivate_person(self, info: Info, id: strawberry.ID, version: int) -> SeatResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.deactivate(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return await _seat(info, row)

    @change(description="Give a seat back, as it was. Admins only.")
    async def reactivate_person(self, info: Info, id: strawberry.ID, version: int) -> SeatResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.reactivate(
                session, info.context.administrator, key, version=version, now=info.context.now
            )
        return await _seat(info, row)

    @change(description="A new link by which somebody sets a password, once; earlier ones end. Admins only.")
    async def invite_person(self, info: Info, id: strawberry.ID) -> InvitedResult:
        key = number(id, "id")
        async with info.context.change() as session:
            row = await stored.to_invite(session, info.context.administrator, key)
            link = await _invite(info, session, row)
        return Invited(seat=await _seat(info, row), link=link)

    @change(description="Sets the password of whose invitation it is; the link is used up by it.")
    async def accept_invitation(self, info: Info, token: str, new: str) -> AcceptedResult:
        row = await invitations.accept(info.context.core, token, new)
        return Accepted(email=row.email)
