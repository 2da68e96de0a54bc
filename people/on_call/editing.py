"""Editing schedules and their layers: by admins, and by set-up files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.languages import Sentence
from kit.zones import known_zone
from people.members import Member
from people.on_call.moving import moving
from people.on_call.plans import layer_of, layers_of, rows_of_windows
from people.permissions import RESPONDERS, Viewer, require_admin
from people.rota.windows import Window
from people.schedules import Schedule, ScheduleLayer
from people.telling import tell

LONGEST_TURN = {"hours": 24 * 62, "days": 366, "weeks": 52}
TURNS = {
    "hours": Sentence("A turn is 1 to {} hours long."),
    "days": Sentence("A turn is 1 to {} days long."),
    "weeks": Sentence("A turn is 1 to {} weeks long."),
}
LONGEST_NAME = 80
MOST_LAYERS = 12
MOST_PARTICIPANTS = 60


@dataclass(frozen=True)
class LayerDraft:
    """A layer as somebody wants it (`people.schedules.ScheduleLayer`)."""

    name: str
    time_zone: str | None
    handover: str
    starts_on: date
    ends_on: date | None
    every: int
    unit: str
    participants: Sequence[int]
    windows: Sequence[Window] = ()


async def create(
    session: WriteSession, viewer: Viewer, *, name: str, time_zone: str, now: datetime
) -> Schedule:
    """A schedule without layers: nobody is on call on it yet."""
    require_admin(viewer)
    schedule = Schedule(name=_name(name), time_zone=known_zone(time_zone, field="timeZone"), changed_at=now)
    await _refuse_double(session, schedule.name, None)
    session.add(schedule)
    await session.flush()
    _told(session, "schedule.made", viewer, schedule, now)
    return schedule


async def edit(
    session: WriteSession,
    viewer: Viewer,
    schedule_id: int,
    *,
    name: str,
    time_zone: str,
    version: int,
    now: datetime,
) -> Schedule:
    """Rename a schedule or move it to another zone. Conflict when it was edited since `version`."""
    require_admin(viewer)
    async with moving(session, [schedule_id], actor_id=viewer.member_id, now=now) as locked:
        schedule = _current(locked, version)
        schedule.name, schedule.time_zone = _name(name), known_zone(time_zone, field="timeZone")
        await _refuse_double(session, schedule.name, schedule.id)
        schedule.version += 1
    _told(session, "schedule.edited", viewer, schedule, now)
    return schedule


async def save_layer(
    session: WriteSession,
    viewer: Viewer,
    schedule_id: int,
    *,
    layer_id: int | None,
    draft: LayerDraft,
    version: int,
    now: datetime,
) -> Schedule:
    """Change a layer, or add one above all others. Conflict when the schedule was edited since `version`."""
    require_admin(viewer)
    async with moving(session, [schedule_id], actor_id=viewer.member_id, now=now) as locked:
        schedule = _current(locked, version)
        layers = await layers_of(session, schedule.id)
        if layer_id is None:
            await add_layer(
                session, schedule, draft, position=min((x.position for x in layers), default=1) - 1
            )
        else:
            await change_layer(session, schedule, _one(layers, layer_id), draft)
        schedule.version += 1
    _told(session, "schedule.edited", viewer, schedule, now, layer=draft.name)
    return schedule


async def remove_layer(
    session: WriteSession, viewer: Viewer, schedule_id: int, *, layer_id: int, version: int, now: datetime
) -> Schedule:
    """Take a layer away. Conflict when the schedule was edited since `version`."""
    require_admin(viewer)
    async with moving(session, [schedule_id], actor_id=viewer.member_id, now=now) as locked:
        schedule = _current(locked, version)
        layer = _one(await layers_of(session, schedule.id), layer_id)
        await session.delete(layer)
        schedule.version += 1
    _told(session, "schedule.edited", viewer, schedule, now, removed_layer=layer.name)
    return schedule


async def raise_layer(
    session: WriteSession, viewer: Viewer, schedule_id: int, *, layer_id: int, version: int, now: datetime
) -> Schedule:
    """Let a layer win over the one above it. Nothing changes for the uppermost."""
    require_admin(viewer)
    async with moving(session, [schedule_id], actor_id=viewer.member_id, now=now) as locked:
        schedule = _current(locked, version)
        layers = list(await layers_of(session, schedule.id))
        place = layers.index(_one(layers, layer_id))
        layers.insert(max(0, place - 1), layers.pop(place))
        for position, layer in enumerate(layers):
            layer.position = position
        schedule.version += 1
    _told(session, "schedule.edited", viewer, schedule, now, raised_layer_id=layer_id)
    return schedule


async def add_layer(
    session: WriteSession, schedule: Schedule, draft: LayerDraft, *, position: int
) -> ScheduleLayer:
    """Without asking who does it: for the functions above and for set-up files."""
    if len(await layers_of(session, schedule.id)) >= MOST_LAYERS:
        raise Invalid("A schedule has {} layers at most.", MOST_LAYERS)
    row = ScheduleLayer(schedule_id=schedule.id, position=position, **_values(draft))
    await _check(session, schedule, row)
    session.add(row)
    await session.flush()
    return row


async def change_layer(
    session: WriteSession, schedule: Schedule, row: ScheduleLayer, draft: LayerDraft
) -> None:
    """Without asking who does it, as above."""
    for column, value in _values(draft).items():
        setattr(row, column, value)
    await _check(session, schedule, row)
    await session.flush()


def same(row: ScheduleLayer, position: int, draft: LayerDraft) -> bool:
    """Whether a stored layer says what the draft says."""
    values = {**_values(draft), "position": position}
    return all(getattr(row, column) == value for column, value in values.items())


def _values(draft: LayerDraft) -> dict[str, Any]:
    values = asdict(draft)
    return {**values, "participants": list(draft.participants), "windows": rows_of_windows(draft.windows)}


async def _check(session: ReadSession, schedule: Schedule, row: ScheduleLayer) -> None:
    """Invalid names what a layer cannot be."""
    row.name = _name(row.name)
    if row.unit not in LONGEST_TURN:
        raise Invalid("A turn is counted in hours, days or weeks.", field="unit")
    if (
        isinstance(row.every, bool)
        or not isinstance(row.every, int)
        or not 1 <= row.every <= LONGEST_TURN[row.unit]
    ):
        raise Invalid(TURNS[row.unit], LONGEST_TURN[row.unit], field="every")
    if not date(2000, 1, 1) <= row.starts_on <= date(2100, 1, 1):
        raise Invalid("The first day must be between 2000 and 2100.", field="startsOn")
    if row.ends_on is not None and not row.starts_on < row.ends_on <= date(2200, 1, 1):
        raise Invalid("The last day must come after the first.", field="endsOn")
    try:
        layer_of(schedule, row)
    except (LookupError, ValueError, OSError) as error:
        raise Invalid(
            "The time zone or the hour of the hand-over cannot be read: {}", error, field="handover"
        ) from error
    await _check_people(session, row.participants)


async def _check_people(session: ReadSession, member_ids: Sequence[int]) -> None:
    if len(member_ids) > MOST_PARTICIPANTS:
        raise Invalid("A layer has {} participants at most.", MOST_PARTICIPANTS, field="participants")
    query = select(func.count()).where(Member.id.in_(member_ids), Member.role.in_(RESPONDERS))
    if await session.scalar(query) != len(set(member_ids)):
        raise Invalid("Only admins and responders can be on call.", field="participants")


async def _refuse_double(session: ReadSession, name: str, own_id: int | None) -> None:
    taken = await session.scalar(
        select(Schedule.id).where(Schedule.name == name, Schedule.id != (own_id or 0))
    )
    if taken is not None:
        raise Invalid("There is a schedule of this name already.", field="name")


def _current(locked: Sequence[Schedule], version: int) -> Schedule:
    if not locked:
        raise NotFound("There is no such schedule.")
    if locked[0].version != version:
        raise Conflict("Somebody has edited this schedule since you opened it. Look at it again.")
    return locked[0]


def _one(layers: Sequence[ScheduleLayer], layer_id: int) -> ScheduleLayer:
    found = next((layer for layer in layers if layer.id == layer_id), None)
    if found is None:
        raise NotFound("There is no such layer.")
    return found


def _name(name: str) -> str:
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
        raise Invalid("A name has 1 to {} characters.", LONGEST_NAME, field="name")
    return kept


def _told(
    session: WriteSession, kind: str, viewer: Viewer, schedule: Schedule, now: datetime, **data: Any
) -> None:
    tell(session, viewer, kind, now=now, schedule=schedule.name, version=schedule.version, **data)
