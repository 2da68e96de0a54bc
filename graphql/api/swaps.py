"""Who takes whose time: swaps between two people, and cover that all are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import or_, select

from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, known_person, person
from api.shape import shape
from kit.errors import Invalid
from people import schedules
from people.on_call import covers, duty, swaps
from people.permissions import Viewer


@strawberry.type(description="One person asks another to take a time, for another time or for nothing.")
class ShiftSwap:
    id: strawberry.ID
    state: str = strawberry.field(description="proposed, accepted, declined, withdrawn or undone.")
    schedule_id: strawberry.ID
    gives_from: datetime = strawberry.field(description="What the other takes of the asker's.")
    gives_until: datetime
    takes_from: datetime | None = strawberry.field(description="What the asker takes of the other's.")
    takes_until: datetime | None
    note: str
    mine: bool = strawberry.field(description="I asked.")
    for_me: bool = strawberry.field(description="I was asked.")
    asker_id: strawberry.Private[int]
    other_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: schedules.ShiftSwap, viewer: Viewer) -> ShiftSwap:
        mine, for_me = viewer.member_id == row.asker_id, viewer.member_id == row.other_id
        return shape(cls, row, mine=mine, for_me=for_me)

    @strawberry.field
    async def asker(self, info: Info) -> Person:
        return await known_person(info, self.asker_id)

    @strawberry.field
    async def other(self, info: Info) -> Person:
        return await known_person(info, self.other_id)

    @strawberry.field
    async def schedule_name(self, info: Info) -> str:
        return await _schedule_name(info, int(self.schedule_id))


@strawberry.type(description="Somebody asks all colleagues to take a time; the first who does has it.")
class CoverRequest:
    id: strawberry.ID
    state: str = strawberry.field(description="open, taken, withdrawn or undone.")
    schedule_id: strawberry.ID
    starts_at: datetime
    ends_at: datetime
    note: str
    mine: bool
    taken_by_me: bool
    asker_id: strawberry.Private[int]
    taker_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: schedules.CoverRequest, viewer: Viewer) -> CoverRequest:
        mine, taken = viewer.member_id == row.asker_id, viewer.member_id == row.taken_by
        return shape(cls, row, mine=mine, taken_by_me=taken, taker_id=row.taken_by)

    @strawberry.field
    async def asker(self, info: Info) -> Person:
        return await known_person(info, self.asker_id)

    @strawberry.field
    async def taker(self, info: Info) -> Person | None:
        return await person(info, self.taker_id)

    @strawberry.field
    async def schedule_name(self, info: Info) -> str:
        return await _schedule_name(info, int(self.schedule_id))


SwapResult = Annotated[ShiftSwap | Problem, strawberry.union("ShiftSwapResult")]
CoverResult = Annotated[CoverRequest | Problem, strawberry.union("CoverRequestResult")]


@strawberry.type
class SwapQuery:
    @strawberry.field(description="Swaps that wait for an answer or are still to come, mine or all's.")
    async def shift_swaps(self, info: Info, mine: bool = False) -> list[ShiftSwap]:
        viewer, table = info.context.house, schedules.ShiftSwap
        later = or_(table.gives_until > info.context.now, table.takes_until > info.context.now)
        query = select(table).where(table.state.in_(("proposed", "accepted")), later)
        if mine:
            query = query.where(or_(table.asker_id == viewer.member_id, table.other_id == viewer.member_id))
        async with info.context.read() as session:
            rows = await session.scalars(query.order_by(table.gives_from, table.id).limit(200))
            return [ShiftSwap.of(row, viewer) for row in rows]

    @strawberry.field(description="Requests for cover that are open, or taken and still to come.")
    async def cover_requests(self, info: Info) -> list[CoverRequest]:
        viewer, table = info.context.house, schedules.CoverRequest
        query = select(table).where(table.state.in_(("open", "taken")), table.ends_at > info.context.now)
        async with info.context.read() as session:
            rows = await session.scalars(query.order_by(table.starts_at, table.id).limit(200))
            return [CoverRequest.of(row, viewer) for row in rows]


@strawberry.type
class SwapMutation:
    @change(description="Ask a colleague to take a time of mine, for one of theirs or for nothing.")
    async def propose_swap(
        self,
        info: Info,
        schedule: strawberry.ID,
        other_id: strawberry.ID,
        gives_from: datetime,
        gives_until: datetime,
        takes_from: datetime | None = None,
        takes_until: datetime | None = None,
        note: str = "",
    ) -> SwapResult:
        if (takes_from is None) != (takes_until is None):
            raise Invalid("Say both from when and until when, or neither.", field="takesFrom")
        async with info.context.change() as session:
            row = await swaps.propose(
                session,
                info.context.responder,
                number(schedule, "schedule"),
                other_id=number(other_id, "otherId"),
                gives=(gives_from, gives_until),
                takes=(takes_from, takes_until) if takes_from and takes_until else None,
                note=note,
                now=info.context.now,
            )
        return ShiftSwap.of(row, info.context.viewer)

    @change(description="Agree to a swap that I was asked for.")
    async def accept_swap(self, info: Info, id: strawberry.ID) -> SwapResult:
        return await _swapped(info, swaps.accept, id)

    @change(description="Say no to a swap that I was asked for.")
    async def decline_swap(self, info: Info, id: strawberry.ID) -> SwapResult:
        return await _swapped(info, swaps.decline, id)

    @change(description="Ask no longer.")
    async def withdraw_swap(self, info: Info, id: strawberry.ID) -> SwapResult:
        return await _swapped(info, swaps.withdraw, id)

    @change(description="Take an accepted swap back, from now on.")
    async def undo_swap(self, info: Info, id: strawberry.ID) -> SwapResult:
        return await _swapped(info, swaps.undo, id)

    @change(description="Ask everybody to take a time of mine.")
    async def ask_for_cover(
        self, info: Info, schedule: strawberry.ID, starts_at: datetime, ends_at: datetime, note: str = ""
    ) -> CoverResult:
        async with info.context.change() as session:
            row = await covers.ask(
                session,
                info.context.responder,
                number(schedule, "schedule"),
                span=(starts_at, ends_at),
                note=note,
                now=info.context.now,
            )
        return CoverRequest.of(row, info.context.viewer)

    @change(description="Take it; a conflict when somebody was first.")
    async def take_cover(self, info: Info, id: strawberry.ID) -> CoverResult:
        return await _covered(info, covers.take, id)

    @change(description="Ask no longer.")
    async def withdraw_cover(self, info: Info, id: strawberry.ID) -> CoverResult:
        return await _covered(info, covers.withdraw, id)

    @change(description="Give back what was taken, from now on.")
    async def undo_cover(self, info: Info, id: strawberry.ID) -> CoverResult:
        return await _covered(info, covers.undo, id)


async def _swapped(info: Info, act: Any, id: strawberry.ID) -> ShiftSwap:
    async with info.context.change() as session:
        row = await act(session, info.context.responder, number(id, "swap"), now=info.context.now)
    return ShiftSwap.of(row, info.context.viewer)


async def _covered(info: Info, act: Any, id: strawberry.ID) -> CoverRequest:
    async with info.context.change() as session:
        row = await act(session, info.context.responder, number(id, "request"), now=info.context.now)
    return CoverRequest.of(row, info.context.viewer)


async def _schedule_name(info: Info, schedule_id: int) -> str:
    async with info.context.read() as session:
        return (await duty.schedule(session, schedule_id)).name
