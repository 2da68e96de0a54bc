"""What people set for themselves: holidays, the out-of-office calendar, notices, feeds of their shifts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.people import Person, known_person
from api.shape import shape
from mentions.sources.troubles import TROUBLES
from people import absences, schedules
from people.on_call import away, feeds
from people.permissions import Viewer, can_administer


@strawberry.type(description="Whole days in which somebody has no duty.")
class Holiday:
    id: strawberry.ID
    first_day: date
    last_day: date
    note: str = strawberry.field(description="Empty for others than the person and admins.")
    removable: bool
    member_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: absences.Holiday, viewer: Viewer) -> Holiday:
        own = viewer.member_id == row.member_id or can_administer(viewer)
        return shape(cls, row, note=row.note if own else "", removable=own)

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.member_id)


@strawberry.type(description="My out-of-office calendar, and how the last look at it went.")
class AwayCalendar:
    url: str
    ok_at: datetime | None
    stored_error: strawberry.Private[str | None]

    @strawberry.field(
        description="Why it cannot be read, in the reader's language; what it said before still counts."
    )
    def error(self, info: Info) -> str | None:
        return TROUBLES.told(self.stored_error, info.context.language)


@strawberry.type(description="A secret address for calendar programs. Whoever has it sees names and shifts.")
class CalendarFeed:
    id: strawberry.ID
    url: str
    schedule_id: strawberry.ID | None = strawberry.field(description="Null: my own shifts, on all schedules.")

    @classmethod
    def of(cls, row: schedules.CalendarFeed, info: Info) -> CalendarFeed:
        settings = info.context.core.settings
        url = f"{settings.public_url}/calendars/{feeds.token_of(settings.signing_key, row)}.ics"
        own = strawberry.ID(str(row.schedule_id)) if row.schedule_id is not None else None
        return shape(cls, row, url=url, schedule_id=own)


@strawberry.type(description="What concerns my own duty.")
class MyDuty:
    notice_hours: int = strawberry.field(description="How long before a shift I am told; 0: never.")
    calendar: AwayCalendar | None
    feeds: list[CalendarFeed]


@strawberry.type(description="That something was done that leaves nothing to show.")
class Done:
    ok: bool = True


HolidayResult = Annotated[Holiday | Problem, strawberry.union("HolidayResult")]
FeedResult = Annotated[CalendarFeed | Problem, strawberry.union("CalendarFeedResult")]
DoneResult = Annotated[Done | Problem, strawberry.union("DoneResult")]


@strawberry.type
class OwnDutyQuery:
    @strawberry.field(description="Everybody's holidays that are not over.")
    async def holidays(self, info: Info) -> list[Holiday]:
        viewer = info.context.house
        async with info.context.read() as session:
            since = info.context.now.date() - timedelta(days=1)
            return [Holiday.of(row, viewer) for row in await away.holidays(session, viewer, since=since)]

    @strawberry.field
    async def my_duty(self, info: Info) -> MyDuty:
        viewer = info.context.house
        async with info.context.read() as session:
            row = await away.calendar_of(session, viewer.member_id)
            return MyDuty(
                notice_hours=await away.notice_hours_of(session, viewer.member_id),
                calendar=shape(AwayCalendar, row, stored_error=row.error) if row is not None else None,
                feeds=[CalendarFeed.of(one, info) for one in await feeds.feeds_of(session, viewer)],
            )


@strawberry.type
class OwnDutyMutation:
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
