"""Departments, their inboxes and cases, raising a mention, and what those who raised one are told."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.context import Info
from api.counted import People
from api.departments import Department, department
from api.errors import Problem, change, number, optional_number
from api.people import Person, person
from api.shape import shape
from kit import events
from mentions.triage import access, cases, raising, reporting, themes
from mentions.triage import case as stored
from people import departments
from people.permissions import require_house

if TYPE_CHECKING:
    from api.listening import Brand, Mention


@strawberry.type(description="A word that many waiting cases share, and how many.")
class Theme:
    term: str
    count: int


@strawberry.type(description="How much waits in a department.")
class Inbox:
    department: Department
    waiting: int = strawberry.field(description="Cases that nobody has claimed.")
    claimed: int
    late: int
    mine: int


@strawberry.type(description="One step in a case's history.")
class CaseEvent:
    seq: int
    at: datetime
    kind: str
    actor: str
    text: str = strawberry.field(description="All of it in English.")
    facts: list[list[str]] = strawberry.field(
        description="What the event holds: pairs of a name and a value."
    )


@strawberry.type(description="Somebody who sent a case to a department, and is told what comes of it.")
class Raiser:
    note: str
    at: datetime
    member_id: strawberry.Private[int]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await person(info, self.member_id)


@strawberry.type(description="What one author said in one thread, and who of us deals with it.")
class Case:
    id: strawberry.ID
    label: str
    reason: str = strawberry.field(
        description="Why it came to this department, in the house's words; empty: as its label does."
    )
    state: str = strawberry.field(description="new, claimed, answered, handed_over or closed.")
    opened_at: datetime
    due_at: datetime
    late: bool
    mentions: int = strawberry.field(description="How many of its author's mentions it holds.")
    reach: People
    claimed_at: datetime | None
    claim_ends_at: datetime | None
    claim_ended: bool = strawberry.field(description="Its owner's time is over: anybody may claim it.")
    decision: str
    reply: str
    reply_url: str | None
    answered_at: datetime | None
    outcome: str
    closed_at: datetime | None
    raised_note: str
    brand_id: strawberry.Private[int]
    department_id: strawberry.Private[int]
    owner_id: strawberry.Private[int | None]
    answerer_id: strawberry.Private[int | None]
    raiser_id: strawberry.Private[int | None]
    rule_id: strawberry.Private[int | None]
    story_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: stored.Case, now: datetime) -> Case:
        ended = row.state == "claimed" and row.claim_ends_at is not None and row.claim_ends_at <= now
        return shape(
            cls,
            row,
            late=row.state in stored.OPEN and row.due_at < now,
            claim_ended=ended,
            answerer_id=row.answered_by,
            raiser_id=row.raised_by,
        )

    @strawberry.field
    async def brand(self, info: Info) -> Annotated[Brand, strawberry.lazy("api.listening")]:
        from api.listening import brand

        return await brand(info, self.brand_id)

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return await department(info, self.department_id)

    @strawberry.field
    async def owner(self, info: Info) -> Person | None:
        return await person(info, self.owner_id)

    @strawberry.field(description="For whom the rule that brought it here means it; anybody may claim it.")
    async def meant_for(self, info: Info) -> Person | None:
        rule = await info.context.loaders.routing_rule.load(self.rule_id) if self.rule_id else None
        return await person(info, rule.owner_id) if rule is not None else None

    @strawberry.field(
        description="How to answer, in the words of that rule; empty: as its label is answered."
    )
    async def hint(self, info: Info) -> str:
        rule = await info.context.loaders.routing_rule.load(self.rule_id) if self.rule_id else None
        return rule.hint if rule is not None else ""

    @strawberry.field
    async def answered_by(self, info: Info) -> Person | None:
        return await person(info, self.answerer_id)

    @strawberry.field(description="All who sent it to the department by hand, in their order.")
    async def raisers(self, info: Info) -> list[Raiser]:
        async with info.context.read() as session:
            rows = await access.raisers(session, int(self.id))
        return [shape(Raiser, row) for row in rows]

    @strawberry.field(description="Who first sent it to the department by hand; null: a rule did.")
    async def raised_by(self, info: Info) -> Person | None:
        return await person(info, self.raiser_id)

    @strawberry.field(description="What was said last, null when it is no longer kept.")
    async def newest(self, info: Info) -> Annotated[Mention, strawberry.lazy("api.listening")] | None:
        from api.listening import Mention

        row = await info.context.loaders.newest_of_case.load(int(self.id))
        return Mention.of(row) if row is not None else None

    @strawberry.field(description="How many copies its story has: they make no case of their own.")
    async def copies(self, info: Info) -> int:
        if self.story_id is None:
            return 0
        return int(await info.context.loaders.copies_of_story.load(self.story_id))

    @strawberry.field(description="All that was said, oldest first, as far as it is still kept.")
    async def said(self, info: Info) -> list[Annotated[Mention, strawberry.lazy("api.listening")]]:
        from api.listening import Mention

        async with info.context.read(cost=5) as session:
            return [Mention.of(row) for row in await access.said(session, int(self.id))]

    @strawberry.field(description="What was done with it, in order.")
    async def history(self, info: Info) -> list[CaseEvent]:
        from incident.timeline import told

        async with info.context.read(cost=5) as session:
            rows = await access.history(session, int(self.id))
        return [
            CaseEvent(
                seq=row.seq,
                at=row.at,
                kind=row.kind,
                actor=row.actor,
                text=told(row.kind, row.data, info.context.language),
                facts=[[name, str(value)] for name, value in row.data.items() if name != "case_id"],
            )
            for row in rows
        ]


@strawberry.type(description="News of a case that I raised.")
class Notice:
    id: strawberry.ID
    kind: str = strawberry.field(description="due, decided, answered, closed or handed_over.")
    at: datetime
    case_id: strawberry.Private[int]

    @strawberry.field
    async def case(self, info: Info) -> Case:
        row = await info.context.loaders.case.load(self.case_id)
        assert row is not None  # a foreign key led here
        return Case.of(row, info.context.now)


CaseResult = Annotated[Case | Problem, strawberry.union("CaseResult")]


@strawberry.type(description="How many cases one decision closed.")
class Closed:
    count: int


@strawberry.type(description="A mention whose label a person has set.")
class Relabelled:
    label: str


ClosedResult = Annotated[Closed | Problem, strawberry.union("ClosedResult")]
RelabelledResult = Annotated[Relabelled | Problem, strawberry.union("RelabelledResult")]


@strawberry.type
class CaseQuery:
    @strawberry.field(description="Every department with what waits in it, by name.")
    async def inboxes(self, info: Info) -> list[Inbox]:
        async with info.context.read() as session:
            found = await access.inboxes(session, info.context.viewer, now=info.context.now)
        return [shape(Inbox, one, department=shape(Department, one.department)) for one in found]

    @strawberry.field(description="Departments that I belong to.")
    async def my_departments(self, info: Info) -> list[strawberry.ID]:
        async with info.context.read() as session:
            found = await departments.departments_of(session, info.context.house.member_id)
        return [strawberry.ID(str(one)) for one in sorted(found)]

    @strawberry.field(description="What the waiting cases of a department have in common.")
    async def themes(self, info: Info, department_id: strawberry.ID) -> list[Theme]:
        key = number(department_id, "department")
        async with info.context.read(cost=20) as session:
            return [shape(Theme, one) for one in await themes.themes(session, info.context.viewer, key)]

    @strawberry.field(description="Open ones by urgency and due time; answered and closed ones newest first.")
    async def cases(
        self,
        info: Info,
        department_id: strawberry.ID | None = None,
        states: list[str] | None = None,
        label: str | None = None,
        theme: str | None = None,
        limit: int = 50,
    ) -> list[Case]:
        key = optional_number(department_id, "department")
        async with info.context.read(cost=20 if theme else 1) as session:
            numbers = await themes.about(session, key, theme) if theme and key is not None else None
            rows = await access.list_cases(
                session,
                info.context.viewer,
                department_id=key,
                states=states or stored.OPEN,
                label=label,
                numbers=numbers,
                limit=limit,
            )
        return [Case.of(row, info.context.now) for row in rows]

    @strawberry.field
    async def case(self, info: Info, id: strawberry.ID) -> Case:
        async with info.context.read() as session:
            row = await access.get_case(session, info.context.viewer, number(id, "case"))
        return Case.of(row, info.context.now)

    @strawberry.field(description="Cases that I have claimed, by due time.")
    async def my_cases(self, info: Info) -> list[Case]:
        if info.context.viewer.is_partner:
            return []
        async with info.context.read() as session:
            rows = await access.my_desk(session, info.context.viewer)
        return [Case.of(row, info.context.now) for row in rows]

    @strawberry.field(description="Cases that I sent to a department, the newest first.")
    async def raised_cases(self, info: Info) -> list[Case]:
        async with info.context.read() as session:
            rows = await access.raised_by_me(session, info.context.viewer)
        return [Case.of(row, info.context.now) for row in rows]

    @strawberry.field(description="News of cases that I raised and have not looked at since.")
    async def notices(self, info: Info) -> list[Notice]:
        if info.context.viewer.is_partner:
            return []
        async with info.context.read() as session:
            return [shape(Notice, row) for row in await access.notices(session, info.context.viewer)]


async def _changed(info: Info, act: Any, id: strawberry.ID, **arguments: Any) -> Case:
    """Run one step on a case in a unit of work of its own."""
    context = info.context
    async with context.change() as session:
        row = await act(session, context.viewer, number(id, "case"), now=context.now, **arguments)
    return Case.of(row, context.now)


@strawberry.type
class CaseMutation:
    @change(description="Send a mention to a department; null: to the one that the rules name.")
    async def raise_mention(
        self,
        info: Info,
        mention_id: strawberry.ID,
        label: str,
        department_id: strawberry.ID | None = None,
        note: str | None = None,
    ) -> CaseResult:
        context = info.context
        key = optional_number(department_id, "department")
        async with context.change() as session:
            row = await raising.raise_case(
                session,
                context.viewer,
                number(mention_id, "mention"),
                label=label,
                department_id=key,
                note=note or "",
                now=context.now,
            )
        return Case.of(row, context.now)

    @change(description="A person's word on what a mention asks of us; empty: nothing.")
    async def correct_label(self, info: Info, mention_id: strawberry.ID, label: str) -> RelabelledResult:
        context = info.context
        async with context.change() as session:
            row = await raising.correct_label(
                session, context.viewer, number(mention_id, "mention"), label=label, now=context.now
            )
        return Relabelled(label=row.triage)

    @change(description="Have it for half an hour. A Problem names who has it already.")
    async def claim_case(self, info: Info, id: strawberry.ID) -> CaseResult:
        return await _changed(info, cases.claim, id)

    @change(description="Have it although the claim of `owner` is good. A Problem names who has it by now.")
    async def take_over_case(
        self, info: Info, id: strawberry.ID, owner: strawberry.ID, reason: str
    ) -> CaseResult:
        return await _changed(info, cases.take_over, id, owner_id=number(owner, "member"), reason=reason)

    @change(description="Give it back to the inbox.")
    async def release_case(self, info: Info, id: strawberry.ID) -> CaseResult:
        return await _changed(info, cases.release, id)

    @change(description="Note what was replied, once: only who has the claim may.")
    async def answer_case(
        self, info: Info, id: strawberry.ID, reply: str, url: str | None = None
    ) -> CaseResult:
        return await _changed(info, cases.answer, id, reply=reply, url=url)

    @change(description="To another department, with everything that was said and done.")
    async def hand_over_case(
        self, info: Info, id: strawberry.ID, department_id: strawberry.ID, note: str
    ) -> CaseResult:
        key = number(department_id, "department")
        return await _changed(info, cases.hand_over, id, department_id=key, note=note)

    @change(description="What will be done about it; who raised it is told.")
    async def decide_case(self, info: Info, id: strawberry.ID, decision: str) -> CaseResult:
        return await _changed(info, cases.decide, id, decision=decision)

    @change(description="Until when it is to be dealt with.")
    async def set_case_due(self, info: Info, id: strawberry.ID, due_at: datetime) -> CaseResult:
        return await _changed(info, cases.set_due, id, due_at=due_at)

    @change(description="Done, and this is what came of it; who raised it is told.")
    async def close_case(self, info: Info, id: strawberry.ID, outcome: str) -> CaseResult:
        return await _changed(info, cases.close, id, outcome=outcome)

    @change(description="Close what nobody has claimed of one theme in a department, by one decision.")
    async def close_theme(
        self, info: Info, department_id: strawberry.ID, theme: str, outcome: str
    ) -> ClosedResult:
        context, key = info.context, number(department_id, "department")
        async with context.change() as session:
            count = await themes.close_theme(
                session, context.viewer, key, theme, outcome=outcome, now=context.now
            )
        return Closed(count=count)

    @strawberry.mutation(description="I have looked at this case: its news leave my desk.")
    async def saw_case(self, info: Info, id: strawberry.ID) -> bool:
        async with info.context.change() as session:
            await reporting.seen(session, info.context.house, number(id, "case"), now=info.context.now)
        return True


@strawberry.type
class CaseSubscription:
    @strawberry.subscription(
        description="A sequence number whenever a case came, or something was done to one."
    )
    async def cases(self, info: Info, after: int) -> AsyncGenerator[int, None]:
        require_house(info.context.viewer)
        seq = after
        async for _ in info.context.looks():
            async with info.context.read() as session:
                fresh = await events.after(session, seq)
            if fresh:
                seq = fresh[-1].seq
            if any(event.kind.startswith(("case.", "cases.")) for event in fresh):
                yield seq
