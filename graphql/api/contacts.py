"""My contacts, the rules by which they are tried, and my quiet hours."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from alerts.channels.web_push import Keys
from alerts.channels.wiring import KINDS, available
from alerts.contacts import contact as stored
from alerts.contacts import store
from alerts.contacts.notes import title_of
from alerts.wording.phrases import CONTACTS, PHRASES
from api.context import Info
from api.errors import Problem, change, number
from api.shape import shape
from kit.errors import Invalid
from kit.languages import Sentence
from people.permissions import can_administer, require_house


@strawberry.type(description="One thing that is filled in to be reached by a channel.")
class ChannelField:
    name: str
    label: str
    help: str
    kind: str = strawberry.field(description="Of an HTML input: text, email, tel, url.")
    secret: bool = strawberry.field(description="Not shown again once it is saved.")


@strawberry.type(description="A way to be reached.")
class ChannelKind:
    name: str
    title: str
    available: bool = strawberry.field(description="Whether the operator has set up what it needs.")
    typed: bool = strawberry.field(
        description="Proved by a code; otherwise a browser fills in what it knows of itself."
    )
    fields: list[ChannelField]


@strawberry.type(description="One way to reach me. Used once it is verified, until it is disabled.")
class Contact:
    id: strawberry.ID
    channel: str
    own: bool = strawberry.field(description="The mail address of the account; it stays.")
    verified_at: datetime | None
    disabled_at: datetime | None
    note_kind: str = strawberry.field(description="What was sent to prove or try it: code, test, told.")
    note_state: str = strawberry.field(description="Empty, due, sending, sent or failed.")
    led_inside: strawberry.Private[bool]
    stored_title: strawberry.Private[str]
    stored_reason: strawberry.Private[str | None]
    stored_error: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: stored.Contact) -> Contact:
        return shape(
            cls,
            row,
            stored_title=title_of(row),
            stored_reason=row.disabled_reason,
            stored_error=row.note_error,
        )

    @strawberry.field(description="Added as an admin, who I am no more: it may lead to no inner machine.")
    def outside_only(self, info: Info) -> bool:
        return self.led_inside and not can_administer(info.context.viewer)

    @strawberry.field(description="In words of the reader's language, without what is secret of it.")
    def title(self, info: Info) -> str:
        return CONTACTS.told(self.stored_title, info.context.language)

    @strawberry.field(description="In the reader's language.")
    def disabled_reason(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_reason, info.context.language)

    @strawberry.field(description="In the reader's language.")
    def note_error(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_error, info.context.language)


@strawberry.type(description="Use this contact for pages of this level, so long after it was decided.")
class ContactRule:
    contact_id: strawberry.ID
    level: str = strawberry.field(description="amber (which green counts as) or red.")
    after_minutes: int


@strawberry.type(description="By my own clock, what is not red waits for their end.")
class QuietHours:
    starts: str
    ends: str


@strawberry.input
class ContactValue:
    name: str
    value: str


@strawberry.input
class ContactRuleInput:
    contact_id: strawberry.ID
    level: str
    after_minutes: int


@strawberry.type
class MyRules:
    rules: list[ContactRule]


ContactResult = Annotated[Contact | Problem, strawberry.union("ContactResult")]
RulesResult = Annotated[MyRules | Problem, strawberry.union("RulesResult")]


@strawberry.type
class MyQuietHours:
    quiet_hours: QuietHours | None


QuietHoursResult = Annotated[MyQuietHours | Problem, strawberry.union("QuietHoursResult")]


def _rules(rows: object) -> list[ContactRule]:
    assert isinstance(rows, list | tuple)
    return [shape(ContactRule, row, contact_id=strawberry.ID(str(row.contact_id))) for row in rows]


@strawberry.type
class ContactQuery:
    @strawberry.field(description="The ways in which people can be reached here.")
    def channel_kinds(self, info: Info) -> list[ChannelKind]:
        require_house(info.context.viewer)
        settings = info.context.core.settings
        return [
            shape(
                ChannelKind,
                kind,
                available=available(kind.name, settings),
                fields=[shape(ChannelField, field) for field in kind.fields],
            )
            for kind in KINDS.values()
        ]

    @strawberry.field(description="The public key that a browser subscribes to our messages with.")
    def push_key(self, info: Info) -> str:
        require_house(info.context.viewer)
        return Keys(info.context.core.settings.signing_key).public

    @strawberry.field(description="The account's own mail first; it appears when it is first needed.")
    async def my_contacts(self, info: Info) -> list[Contact]:
        async with info.context.read() as session:
            return [Contact.of(row) for row in await store.my_contacts(session, info.context.house)]

    @strawberry.field
    async def my_contact_rules(self, info: Info) -> list[ContactRule]:
        async with info.context.read() as session:
            return _rules(await store.my_rules(session, info.context.house))

    @strawberry.field
    async def my_quiet_hours(self, info: Info) -> QuietHours | None:
        async with info.context.read() as session:
            row = await store.my_quiet_hours(session, info.context.house)
        return shape(QuietHours, row) if row is not None else None


@strawberry.type
class ContactMutation:
    @change(description="A new way to reach me; a code is sent there.")
    async def add_contact(self, info: Info, channel: str, values: list[ContactValue]) -> ContactResult:
        given = {one.name: one.value for one in values}
        async with info.context.change() as session:
            row = await store.add_contact(session, info.context.house, channel, given, now=info.context.now)
        return Contact.of(row)

    @change(description="Forget it, with its rules.")
    async def remove_contact(self, info: Info, id: strawberry.ID) -> ContactResult:
        async with info.context.change() as session:
            row = await store.remove_contact(
                session, info.context.house, number(id, "contact"), now=info.context.now
            )
        return Contact.of(row)

    @change(description="Send a test to it; a new code while it is not proved.")
    async def test_contact(self, info: Info, id: strawberry.ID) -> ContactResult:
        async with info.context.change() as session:
            row = await store.test_contact(
                session, info.context.house, number(id, "contact"), now=info.context.now
            )
        return Contact.of(row)

    @change(description="Prove it by the code that was sent there.")
    async def verify_contact(self, info: Info, id: strawberry.ID, code: str) -> ContactResult:
        context = info.context
        async with context.change() as session:
            found = await store.verify_contact(
                session,
                context.house,
                number(id, "contact"),
                code,
                key=context.core.settings.signing_key,
                now=context.now,
            )
        if isinstance(found, Sentence):
            raise Invalid(found, field="code")
        return Contact.of(found)

    @change(description="Replace all my rules. Without any for a level, the account's mail is used at once.")
    async def set_contact_rules(self, info: Info, rules: list[ContactRuleInput]) -> RulesResult:
        wanted = [
            store.RuleInput(number(one.contact_id, "contact"), one.level, one.after_minutes) for one in rules
        ]
        viewer = info.context.house
        async with info.context.change() as session:
            await store.set_rules(session, viewer, wanted, now=info.context.now)
            rows = await store.my_rules(session, viewer)
        return MyRules(rules=_rules(rows))

    @change(description="From `22:00` to `07:00` by my clock, hold what is not red; null for both: never.")
    async def set_quiet_hours(
        self, info: Info, starts: str | None = None, ends: str | None = None
    ) -> QuietHoursResult:
        async with info.context.change() as session:
            row = await store.set_quiet_hours(session, info.context.house, starts, ends, now=info.context.now)
        return MyQuietHours(quiet_hours=shape(QuietHours, row) if row is not None else None)
