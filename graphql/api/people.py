"""Me, the people of the house and its partners, who is on call, and signing in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.cookie import csrf_token
from api.errors import Problem, change
from api.shape import shape
from kit.numbers import natural
from people import directory, organisations, passwords, reading, signin
from people.on_call.duty import Duty, duties
from people.permissions import (
    Viewer,
    can_administer,
    can_respond,
    partner_allowed,
    require_house,
)
from runbooks.available import partners_on


@strawberry.type(
    description="The house, or a partner organisation (agency). Its agreement and clients are told to the"
    " house and to its own people; to others they are null or empty."
)
class Organisation:
    id: strawberry.ID
    name: str
    kind: str
    nda_signed_on: date | None
    nda_expires_on: date | None
    nda_valid: bool | None = strawberry.field(
        description="Whether it may be let in: no partnership that ended is."
    )
    ended_at: datetime | None = strawberry.field(description="Since when the partnership is over.")
    declared_clients: list[str]

    @classmethod
    def of(cls, row: organisations.Organisation, viewer: Viewer, today: date) -> Organisation:
        if viewer.is_partner and row.id != viewer.organisation_id:
            hidden = dict.fromkeys(("nda_signed_on", "nda_expires_on", "nda_valid", "ended_at"))
            return shape(cls, row, **hidden, declared_clients=[])
        return shape(cls, row, nda_valid=row.kind == "house" or partner_allowed(row, today))


async def organisation(info: Info, key: int) -> Organisation:
    row = await info.context.loaders.organisation.load(key)
    assert row is not None  # a foreign key led here
    return Organisation.of(row, info.context.viewer, info.context.now.date())


@strawberry.type
class Person:
    id: strawberry.ID
    name: str
    job: str
    role: str
    organisation_id: strawberry.Private[int]

    @strawberry.field
    async def organisation(self, info: Info) -> Organisation:
        return await organisation(info, self.organisation_id)


async def person(info: Info, key: int | None) -> Person | None:
    """The person behind a foreign key, None where it is empty."""
    row = await info.context.loaders.member.load(key) if key is not None else None
    return shape(Person, row) if row is not None else None


async def known_person(info: Info, key: int) -> Person:
    found = await person(info, key)
    assert found is not None  # a foreign key that is never empty led here
    return found


@strawberry.type(description="Who is signed in, and what they may do.")
class Me:
    id: strawberry.ID
    name: str
    email: str
    role: str
    language: str
    time_zone: str
    can_respond: bool
    can_administer: bool
    is_partner: bool
    csrf: str = strawberry.field(description="Token that this sign-in's forms carry.")
    organisation_id: strawberry.Private[int]

    @strawberry.field
    async def organisation(self, info: Info) -> Organisation:
        return await organisation(info, self.organisation_id)


async def me(info: Info) -> Me:
    viewer, key = info.context.viewer, info.context.core.settings.signing_key
    row = await info.context.loaders.member.load(viewer.member_id)
    return shape(
        Me,
        row,
        role=viewer.role,
        can_respond=can_respond(viewer),
        can_administer=can_administer(viewer),
        is_partner=viewer.is_partner,
        csrf=csrf_token(key, info.context.token, viewer.member_id),
    )


@strawberry.type(description="One schedule: who has it now, until when, and who is next.")
class OnCall:
    schedule: str
    time_zone: str
    from_: datetime = strawberry.field(name="from")
    until: datetime
    next_from: datetime | None
    person_id: strawberry.Private[int]
    next_id: strawberry.Private[int | None]

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.person_id)

    @strawberry.field
    async def next(self, info: Info) -> Person | None:
        return await person(info, self.next_id)


MeResult = Annotated[Me | Problem, strawberry.union("MeResult")]
SignInResult = Annotated[Me | Problem, strawberry.union("SignInResult")]


@strawberry.type
class PeopleQuery:
    @strawberry.field(description="Null when nobody is signed in.")
    async def me(self, info: Info) -> Me | None:
        return await me(info) if info.context.maybe_viewer else None

    @strawberry.field(description="Everybody with a seat, for reassigning.")
    async def members(self, info: Info) -> list[Person]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return [shape(Person, row) for row in await directory.members(session)]

    @strawberry.field(
        description="All partners, by name; with an incident’s number, those that may be given its steps."
    )
    async def partners(self, info: Info, incident: strawberry.ID | None = None) -> list[Organisation]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            if incident is None:
                rows = await directory.partners(session)
            else:
                rows = await partners_on(session, natural(incident) or 0, info.context.now)
        return [Organisation.of(row, info.context.viewer, info.context.now.date()) for row in rows]

    @strawberry.field(description="The schedules that have somebody on call, by name.")
    async def on_call(self, info: Info) -> list[OnCall]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            found = await duties(session, info.context.now)
        return [_on_call(duty) for duty in found if duty.now]


def _on_call(duty: Duty) -> OnCall:
    (holder, shift), after = duty.now[0], duty.next
    return OnCall(
        schedule=duty.schedule.name,
        time_zone=duty.schedule.time_zone,
        from_=shift.starts_at,
        until=shift.ends_at,
        next_from=after[1].starts_at if after else None,
        person_id=holder.id,
        next_id=after[0].id if after else None,
    )


@strawberry.type
class PeopleMutation:
    @change(description="Signs this browser in; the answer sets the cookie.")
    async def sign_in(self, info: Info, email: str, password: str) -> SignInResult:
        context = info.context
        token, viewer = await signin.sign_in(
            context.core, email=email, password=password, client=context.client
        )
        context.new_token(token, viewer)
        return await me(info)

    @change(description="In which language, and by which clock, I read pages and mails; an IANA zone.")
    async def choose_reading(self, info: Info, language: str, time_zone: str) -> MeResult:
        async with info.context.change() as session:
            await reading.choose(session, info.context.viewer, language=language, time_zone=time_zone)
        return await me(info)

    @change(
        description="Gives me a new password, of 12 characters or more, and ends my other sign-ins."
        " `endTokens`: my access tokens, too."
    )
    async def change_password(self, info: Info, current: str, new: str, end_tokens: bool = False) -> MeResult:
        context = info.context
        await passwords.change(
            context.core, context.viewer, current=current, new=new, token=context.token,
            client=context.client, end_tokens=end_tokens,
        )  # fmt: skip
        return await me(info)

    @strawberry.mutation
    async def sign_out(self, info: Info) -> bool:
        if info.context.token is not None:
            async with info.context.change() as session:
                await signin.sign_out(session, info.context.token)
        info.context.new_token(None, None)
        return True
