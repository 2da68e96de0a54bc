"""Changes of on-call: overrides, swaps, covers, absences, feeds, and the schedules themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.on_call import CalendarFeed, CoverRequest, Holiday, Schedule, ScheduleOverride, ShiftSwap
from kit.errors import Invalid
from people.on_call import away, covers, editing, feeds, overrides, swaps
from people.rota.windows import windows_of


@strawberry.type(description="That something was done that leaves nothing to show.")
class Done:
    ok: bool = True


@strawberry.input(description="A layer as it should be.")
class LayerInput:
    name: str
    time_zone: str | None = None
    handover: str
    starts_on: date
    ends_on: date | None = None
    every: int
    unit: str
    participants: list[strawberry.ID]
    windows: list[str]


ScheduleResult = Annotated[Schedule | Problem, strawberry.union("ScheduleResult")]
OverrideResult = Annotated[ScheduleOverride | Problem, strawberry.union("ScheduleOverrideResult")]
SwapResult = Annotated[ShiftSwap | Problem, strawberry.union("ShiftSwapResult")]
CoverResult = Annotated[CoverRequest | Problem, strawberry.union("CoverRequestResult")]
HolidayResult = Annotated[Holiday | Problem, strawberry.union("HolidayResult")]
FeedResult = Annotated[CalendarFeed | Problem, strawberry.union("CalendarFeedResult")]
DoneResult = Annotated[Done | Problem, strawberry.union("DoneResult")]


@strawberry.type
class OnCallMutation:
    @change(description="Somebody else, somebody more, or nobody is on call for a time.")
    async def make_override(
        self,
        info: Info,
        schedule: strawberry.ID,
        kind: str,
        starts_at: datetime,
        ends_at: datetime,
        member_id: strawberry.ID | None = None,
        instead_of: strawberry.ID | None = None,
        note: str = "",
    ) -> OverrideResult:
        async with info.context.change() as session:
            row = await overrides.make(
                session,
                info.context.responder,
                number(schedule, "schedule"),
                kind=kind,
                member_id=optional_number(member_id, "memberId"),
                instead_of=optional_number(instead_of, "insteadOf"),
                starts_at=starts_at,
                ends_at=ends_at,
                note=note,
                now=info.context.now,
            )
        return ScheduleOverride.of(row, info.context.viewer)

    @change(description="The rota is as if it had not been, from now on.")
    async def remove_override(self, info: Info, id: strawberry.ID) -> OverrideResult:
        async with info.context.change() as session:
            row = await overrides.remove(
                session, info.context.responder, number(id, "override"), now=info.context.now
            )
        return ScheduleOverride.of(row, info.context.viewer)

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

    @change(description="Holidays of mine, or, for admins, of anybody.")
    async def add_holiday(
        self,
        info: Info,
        first_day: date,
        last_day: date,
        member_id: strawberry.ID | None = None,
        note: str = "",
    ) -> HolidayResult:
        viewer = info.context.house
        async with info.context.change() as session:
            row = await away.add_holiday(
                session,
                viewer,
                member_id=optional_number(member_id, "memberId") or viewer.member_id,
                first_day=first_day,
                last_day=last_day,
                note=note,
                now=info.context.now,
            )
        return Holiday.of(row, viewer)

    @change(description="Be there after all.")
    async def remove_holiday(self, info: Info, id: strawberry.ID) -> HolidayResult:
        async with info.context.change() as session:
            row = await away.remove_holiday(
                session, info.context.house, number(id, "holiday"), now=info.context.now
            )
        return Holiday.of(row, info.context.viewer)

    @change(description="Read my out-of-office calendar from this address; empty: no longer.")
    async def set_away_calendar(self, info: Info, url: str) -> DoneResult:
        async with info.context.change() as session:
            await away.set_calendar(session, info.context.house, url, now=info.context.now)
        return Done()

    @change(description="How many hours before a shift I am told; 0: never.")
    async def set_notice_hours(self, info: Info, hours: int) -> DoneResult:
        async with info.context.change() as session:
            await away.set_notice_hours(session, info.context.house, hours, now=info.context.now)
        return Done()

    @change(description="A secret address of a schedule's shifts, or, without one, of mine.")
    async def make_feed(self, info: Info, schedule: strawberry.ID | None = None) -> FeedResult:
        async with info.context.change() as session:
            row = await feeds.make(
                session,
                info.context.house,
                schedule_id=optional_number(schedule, "schedule"),
                now=info.context.now,
            )
        return CalendarFeed.of(row, info)

    @change(description="The address leads nowhere from now on.")
    async def revoke_feed(self, info: Info, id: strawberry.ID) -> FeedResult:
        async with info.context.change() as session:
            row = await feeds.revoke(session, info.context.house, number(id, "feed"), now=info.context.now)
        return CalendarFeed.of(row, info)

    @change(description="A schedule without layers. For admins.")
    async def create_schedule(self, info: Info, name: str, time_zone: str) -> ScheduleResult:
        async with info.context.change() as session:
            row = await editing.create(
                session, info.context.administrator, name=name, time_zone=time_zone, now=info.context.now
            )
        return Schedule.of(row)

    @change(description="Rename a schedule or move it to another zone. For admins.")
    async def edit_schedule(
        self, info: Info, id: strawberry.ID, name: str, time_zone: str, version: int
    ) -> ScheduleResult:
        async with info.context.change() as session:
            row = await editing.edit(
                session,
                info.context.administrator,
                number(id, "schedule"),
                name=name,
                time_zone=time_zone,
                version=version,
                now=info.context.now,
            )
        return Schedule.of(row)

    @change(description="Change a layer, or add one above all others. For admins.")
    async def save_layer(
        self,
        info: Info,
        schedule: strawberry.ID,
        layer: LayerInput,
        version: int,
        layer_id: strawberry.ID | None = None,
    ) -> ScheduleResult:
        async with info.context.change() as session:
            row = await editing.save_layer(
                session,
                info.context.administrator,
                number(schedule, "schedule"),
                layer_id=optional_number(layer_id, "layerId"),
                draft=_draft(layer),
                version=version,
                now=info.context.now,
            )
        return Schedule.of(row)

    @change(description="Take a layer away. For admins.")
    async def remove_layer(
        self, info: Info, schedule: strawberry.ID, layer_id: strawberry.ID, version: int
    ) -> ScheduleResult:
        return await _layer_moved(info, editing.remove_layer, schedule, layer_id, version)

    @change(description="Let a layer win over the one above it. For admins.")
    async def raise_layer(
        self, info: Info, schedule: strawberry.ID, layer_id: strawberry.ID, version: int
    ) -> ScheduleResult:
        return await _layer_moved(info, editing.raise_layer, schedule, layer_id, version)


async def _swapped(info: Info, act: Any, id: strawberry.ID) -> ShiftSwap:
    async with info.context.change() as session:
        row = await act(session, info.context.responder, number(id, "swap"), now=info.context.now)
    return ShiftSwap.of(row, info.context.viewer)


async def _covered(info: Info, act: Any, id: strawberry.ID) -> CoverRequest:
    async with info.context.change() as session:
        row = await act(session, info.context.responder, number(id, "request"), now=info.context.now)
    return CoverRequest.of(row, info.context.viewer)


async def _layer_moved(
    info: Info, act: Any, schedule: strawberry.ID, layer_id: strawberry.ID, version: int
) -> Schedule:
    async with info.context.change() as session:
        row = await act(
            session,
            info.context.administrator,
            number(schedule, "schedule"),
            layer_id=number(layer_id, "layerId"),
            version=version,
            now=info.context.now,
        )
    return Schedule.of(row)


def _draft(layer: LayerInput) -> editing.LayerDraft:
    try:
        windows = windows_of("\n".join(layer.windows[:50]))
    except ValueError as error:
        raise Invalid("A restriction cannot be read: {}", error, field="windows") from error
    values = {name: value for name, value in vars(layer).items() if name not in ("participants", "windows")}
    values["time_zone"] = values["time_zone"] or None
    people = [number(one, "participant") for one in layer.participants]
    return editing.LayerDraft(participants=people, windows=windows, **values)
