"""Changes of schedules and their layers, and overrides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.on_call import Schedule, ScheduleOverride
from kit.errors import Invalid
from people.on_call import editing, overrides
from people.rota.windows import windows_of


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


@strawberry.type
class ScheduleMutation:
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
