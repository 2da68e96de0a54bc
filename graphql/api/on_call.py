"""On call: schedules with their layers and overrides, who has duty when, and how good that is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry

from alerts.duty.received import pages_received
from api.context import Info
from api.errors import number
from api.people import Person, known_person, person
from api.shape import shape
from kit.errors import Invalid, NotFound
from people import schedules
from people.on_call import duty
from people.on_call.plans import layers_of, overrides_of, windows_of_rows
from people.on_call.report import BEHIND, Share, report
from people.permissions import Viewer, can_administer, can_respond, require_house
from people.rota import final, load, quality
from people.rota.windows import written

LONGEST_LOOK = timedelta(days=400)
READS = 12  # of the database, about: what a look at one schedule costs
UNREADABLE = (LookupError, TypeError, ValueError, NotFound)


@strawberry.type(description="One person on call without a break.")
class Shift:
    starts_at: datetime
    ends_at: datetime
    person_id: strawberry.Private[int]

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.person_id)


@strawberry.type(description="A time in which the same people are on call, or nobody is.")
class DutyStretch:
    starts_at: datetime
    ends_at: datetime
    planned: bool = strawberry.field(description="False: nobody is meant to be on call, so it is no gap.")
    gap: bool
    on_call: strawberry.Private[tuple[int, ...]]
    away_ids: strawberry.Private[tuple[int, ...]]

    @classmethod
    def of(cls, one: final.Stretch) -> DutyStretch:
        return shape(cls, one, gap=one.is_gap, away_ids=one.away)

    @strawberry.field(description="Who has it first, then who was added.")
    async def people(self, info: Info) -> list[Person]:
        return [await known_person(info, one) for one in self.on_call]

    @strawberry.field(description="Who would have it before them, but is on holiday or out of office.")
    async def away(self, info: Info) -> list[Person]:
        return [await known_person(info, one) for one in self.away_ids]


@strawberry.type(description="One rotation of a schedule; of several the upper one wins.")
class ScheduleLayer:
    id: strawberry.ID
    name: str
    time_zone: str | None = strawberry.field(description="Null: the schedule's.")
    handover: str = strawberry.field(description="HH:MM by the clocks of its zone.")
    starts_on: date
    ends_on: date | None
    every: int
    unit: str = strawberry.field(description="hours, days or weeks: with `every`, the length of a turn.")
    windows: list[str] = strawberry.field(
        description="When it counts, such as `mon,tue 22:00-06:00`; none: always."
    )
    participant_ids: strawberry.Private[list[int]]

    @classmethod
    def of(cls, row: schedules.ScheduleLayer) -> ScheduleLayer:
        lines = written(windows_of_rows(row.windows)).splitlines()
        return shape(cls, row, windows=lines, participant_ids=[int(one) for one in row.participants])

    @strawberry.field(description="In the order of their turns.")
    async def participants(self, info: Info) -> list[Person]:
        return [await known_person(info, one) for one in self.participant_ids]


@strawberry.type(description="For a while something else than the layers say.")
class ScheduleOverride:
    id: strawberry.ID
    kind: str = strawberry.field(
        description="instead: of `insteadOf`, or of everybody when it is null; add: as well; nobody:"
        " `insteadOf` has no duty, or nobody has when it is null."
    )
    starts_at: datetime
    ends_at: datetime
    note: str
    agreed: bool = strawberry.field(description="It comes from a swap or a cover request: undo that.")
    removable: bool = strawberry.field(description="Whether I may take it back.")
    member_id: strawberry.Private[int | None]
    instead_of_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: schedules.ScheduleOverride, viewer: Viewer) -> ScheduleOverride:
        agreed = row.swap_id is not None or row.cover_id is not None
        mine = can_administer(viewer) or viewer.member_id in (row.made_by, row.member_id)
        removable = not agreed and mine and can_respond(viewer)
        return shape(cls, row, agreed=agreed, removable=removable, instead_of_id=row.instead_of)

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await person(info, self.member_id)

    @strawberry.field
    async def instead_of(self, info: Info) -> Person | None:
        return await person(info, self.instead_of_id)


@strawberry.type(description="What being on call asks of somebody, by that person's own clock.")
class DutyLoad:
    hours: float
    nights: int = strawberry.field(description="On call at 03:00.")
    weekend_days: int = strawberry.field(description="On call at 12:00 of a Saturday or Sunday.")

    @classmethod
    def of(cls, one: load.Load) -> DutyLoad:
        return shape(cls, one)


@strawberry.type(description="One person's share of a schedule.")
class DutyShare:
    past: DutyLoad = strawberry.field(description="The last four weeks, by the rules of today.")
    coming: DutyLoad = strawberry.field(description="The next four weeks.")
    pages: int = strawberry.field(description="Received in the last four weeks, from all schedules.")
    person_id: strawberry.Private[int]

    @classmethod
    def of(cls, share: Share, pages: int) -> DutyShare:
        past, coming = DutyLoad.of(share.past), DutyLoad.of(share.coming)
        return cls(past=past, coming=coming, pages=pages, person_id=share.member.id)

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.person_id)


@strawberry.type(description="One weakness of the next four weeks, and what it costs.")
class DutyDeduction:
    code: str = strawberry.field(
        description="gap, gap_soon, away (hours); alone; long (days); nights, weekends (of one person)."
    )
    points: int
    amount: float
    member_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, one: quality.Deduction) -> DutyDeduction:
        return shape(cls, one)

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await person(info, self.member_id)


@strawberry.type(description="The next four weeks of a schedule, and how good they are.")
class DutyReport:
    stretches: list[DutyStretch]
    gaps: list[DutyStretch]
    shares: list[DutyShare]
    score: int = strawberry.field(description="100 less the deductions.")
    deductions: list[DutyDeduction]


@strawberry.type(description="Layers of rotations and what overrides them.")
class Schedule:
    id: strawberry.ID
    name: str
    time_zone: str
    version: int = strawberry.field(
        description="To be sent with an edit: an edit of an older one is refused."
    )
    row: strawberry.Private[schedules.Schedule]

    @classmethod
    def of(cls, row: schedules.Schedule) -> Schedule:
        return shape(cls, row, row=row)

    @strawberry.field(description="Empty when nobody is; null when the schedule cannot be read.")
    async def on_call_now(self, info: Info) -> list[Shift] | None:
        found = await self._duty(info)
        return [_shift(one) for _, one in found.now] if found is not None else None

    @strawberry.field(description="The first shift that begins later.")
    async def next(self, info: Info) -> Shift | None:
        found = await self._duty(info)
        return _shift(found.next[1]) if found is not None and found.next is not None else None

    @strawberry.field(description="Every shift between two moments, at most 400 days apart.")
    async def shifts(
        self, info: Info, from_: Annotated[datetime, strawberry.argument(name="from")], until: datetime
    ) -> list[Shift]:
        since, until = _look(from_, until)
        async with info.context.read(READS) as session:
            try:
                found = await duty.stretches_of(session, self.row, since, until)
            except UNREADABLE as error:
                raise Invalid("This schedule cannot be read: an admin must edit it.") from error
        return [_shift(one) for one in final.shifts(found)]

    @strawberry.field(description="Null when the schedule cannot be read.")
    async def report(self, info: Info) -> DutyReport | None:
        now = info.context.now
        async with info.context.read(READS) as session:
            try:
                found = await report(session, self.row, now)
            except UNREADABLE:
                return None
            pages = await pages_received(session, now - BEHIND)
        return DutyReport(
            stretches=[DutyStretch.of(one) for one in found.stretches],
            gaps=[DutyStretch.of(one) for one in found.gaps],
            shares=[DutyShare.of(one, pages.get(one.member.id, 0)) for one in found.shares],
            score=found.quality.score,
            deductions=[DutyDeduction.of(one) for one in found.quality.deductions],
        )

    @strawberry.field(description="The uppermost first.")
    async def layers(self, info: Info) -> list[ScheduleLayer]:
        async with info.context.read() as session:
            return [ScheduleLayer.of(row) for row in await layers_of(session, self.row.id)]

    @strawberry.field(description="Those that are not over, in the order in which they were made and act.")
    async def overrides(self, info: Info) -> list[ScheduleOverride]:
        now = info.context.now
        async with info.context.read() as session:
            rows = await overrides_of(session, self.row.id, now, now + timedelta(days=1000))
        return [ScheduleOverride.of(row, info.context.viewer) for row in rows]

    async def _duty(self, info: Info) -> duty.Duty | None:
        async with info.context.read(READS) as session:
            try:
                return await duty.duty_of(session, self.row, info.context.now)
            except UNREADABLE:
                return None


@strawberry.type
class OnCallQuery:
    @strawberry.field(description="All schedules, by name.")
    async def schedules(self, info: Info) -> list[Schedule]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return [Schedule.of(row) for row in await duty.schedules(session)]

    @strawberry.field
    async def schedule(self, info: Info, id: strawberry.ID) -> Schedule:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return Schedule.of(await duty.schedule(session, number(id, "schedule")))


def _shift(one: final.Shift) -> Shift:
    return shape(Shift, one, person_id=one.member_id)


def _look(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    if not since < until <= since + LONGEST_LOOK or not 2000 <= since.year <= 2100:
        raise Invalid("Ask for at most 400 days, from an earlier to a later moment.", field="until")
    return since, until
