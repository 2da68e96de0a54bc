"""Campaigns: what a brand has announced, typed in or from a calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from alerts.campaigns import campaign, importing, service
from alerts.campaigns.wish import Wish
from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.listening import Brand, brand
from api.monitors import Monitor
from api.people import Person, person
from api.shape import shape
from kit.errors import NotFound
from mentions import monitor as monitors
from people import organisations
from people.permissions import require_house


@strawberry.type(description="A stretch in which a brand expects to be talked about because of itself.")
class Campaign:
    id: strawberry.ID
    title: str
    kind: str = strawberry.field(
        description="campaign, or holiday: on that day the audience may also keep other hours."
    )
    starts_at: datetime
    ends_at: datetime
    lift: float = strawberry.field(
        description="How many times as many mentions as usual are expected. More of what is negative, or "
        "speaks of harm, is not excused."
    )
    brief: str = strawberry.field(description="What is promised, the rules, the dates; may be empty.")
    link: str = strawberry.field(description="Where more of it is written: http or https, or empty.")
    contact: str = strawberry.field(description="Whom to ask, as it was written; may be empty.")
    version: int
    from_file: bool
    contact_id: strawberry.Private[int | None]
    brand_id: strawberry.Private[int]
    monitor_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: campaign.Campaign) -> Campaign:
        return shape(cls, row, from_file=row.uid is not None)

    @strawberry.field
    async def brand(self, info: Info) -> Brand:
        return await brand(info, self.brand_id)

    @strawberry.field(description="Whom of the house to ask.")
    async def contact_person(self, info: Info) -> Person | None:
        return await person(info, self.contact_id)

    @strawberry.field(description="Null: it is for every monitor of the brand.")
    async def monitor(self, info: Info) -> Monitor | None:
        if self.monitor_id is None:
            return None
        async with info.context.read() as session:
            row = await session.get(monitors.Monitor, self.monitor_id)
        return Monitor.of(row) if row is not None else None


@strawberry.type(description="What a file has brought.")
class ImportedCampaigns:
    added: int
    changed: int
    taken_back: int = strawberry.field(description="Of events that the file still speaks of.")
    same: int


@strawberry.type(description="Whose days are meant where no time is given.")
class BrandClock:
    brand_id: strawberry.ID
    time_zone: str
    holidays: list[str] = strawberry.field(
        description="The countries and regions whose public holidays its public has, such as ES-CT."
    )

    @classmethod
    def of(cls, row: organisations.Brand) -> BrandClock:
        return cls(brand_id=strawberry.ID(str(row.id)), time_zone=row.time_zone, holidays=list(row.holidays))


@strawberry.input
class CampaignInput:
    title: str
    starts_at: datetime
    ends_at: datetime
    lift: float
    monitor_id: strawberry.ID | None = None
    kind: str = campaign.CAMPAIGN
    brief: str = ""
    link: str = strawberry.field(default="", description="http or https.")
    contact: str = ""
    contact_id: strawberry.ID | None = strawberry.field(default=None, description="A member of the house.")

    def wish(self) -> Wish:
        return Wish(
            title=self.title,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            lift=self.lift,
            kind=self.kind,
            brief=self.brief,
            link=self.link,
            contact=self.contact,
            contact_id=optional_number(self.contact_id, "member"),
        )


CampaignResult = Annotated[Campaign | Problem, strawberry.union("CampaignResult")]
ImportResult = Annotated[ImportedCampaigns | Problem, strawberry.union("ImportResult")]
ClockResult = Annotated[BrandClock | Problem, strawberry.union("ClockResult")]


@strawberry.type
class CampaignQuery:
    @strawberry.field(description="Those that run, come, or ended within a month, the earliest first.")
    async def campaigns(self, info: Info, brand_id: strawberry.ID | None = None) -> list[Campaign]:
        key = optional_number(brand_id, "brand")
        async with info.context.read(cost=2) as session:
            rows = await service.list_campaigns(
                session, info.context.viewer, brand_id=key, now=info.context.now
            )
        return [Campaign.of(row) for row in rows]

    @strawberry.field(description="Those of all brands that run, or have just ended, without holidays.")
    async def running_campaigns(self, info: Info) -> list[Campaign]:
        async with info.context.read() as session:
            rows = await service.running(session, info.context.viewer, now=info.context.now)
        return [Campaign.of(row) for row in rows]

    @strawberry.field(description="Null when there is none.")
    async def campaign(self, info: Info, id: strawberry.ID) -> Campaign | None:
        try:
            async with info.context.read() as session:
                row = await service.get_campaign(session, info.context.viewer, number(id, "campaign"))
        except NotFound:
            return None
        return Campaign.of(row)

    @strawberry.field
    async def brand_clocks(self, info: Info) -> list[BrandClock]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            rows = await service.clocks(session)
        return [BrandClock.of(row) for row in rows]


@strawberry.type
class CampaignMutation:
    @change(description="Announce a campaign: so much more is expected of the monitor, or the brand's all.")
    async def announce_campaign(
        self, info: Info, brand_id: strawberry.ID, input: CampaignInput
    ) -> CampaignResult:
        async with info.context.change() as session:
            row = await service.announce(
                session,
                info.context.viewer,
                number(brand_id, "brand"),
                input.wish(),
                monitor_id=optional_number(input.monitor_id, "monitor"),
                now=info.context.now,
            )
        return Campaign.of(row)

    @change(description="Change a campaign. `version` is the one that the asker had before them.")
    async def change_campaign(
        self, info: Info, id: strawberry.ID, version: int, input: CampaignInput
    ) -> CampaignResult:
        async with info.context.change() as session:
            row = await service.change(
                session,
                info.context.viewer,
                number(id, "campaign"),
                input.wish(),
                monitor_id=optional_number(input.monitor_id, "monitor"),
                version=version,
                now=info.context.now,
            )
        return Campaign.of(row)

    @change(description="It does not take place.")
    async def take_back_campaign(self, info: Info, id: strawberry.ID, version: int) -> CampaignResult:
        async with info.context.change() as session:
            row = await service.take_back(
                session, info.context.viewer, number(id, "campaign"), version=version, now=info.context.now
            )
        return Campaign.of(row)

    @change(
        description="Bring in an iCalendar or CSV file (docs/monitors.md): all of it or, with everything "
        "that is wrong told, nothing. The same file again changes nothing."
    )
    async def import_campaigns(
        self,
        info: Info,
        brand_id: strawberry.ID,
        text: str,
        lift: float,
        monitor_id: strawberry.ID | None = None,
        kind: str = campaign.CAMPAIGN,
    ) -> ImportResult:
        async with info.context.change() as session:
            done = await importing.import_file(
                session,
                info.context.viewer,
                number(brand_id, "brand"),
                text,
                lift=lift,
                kind=kind,
                monitor_id=optional_number(monitor_id, "monitor"),
                now=info.context.now,
            )
        return shape(ImportedCampaigns, done)

    @change(
        description="Set the zone whose days are meant by a brand's days, and whose public holidays its "
        "public has; null: these stay. Admins only."
    )
    async def set_brand_clock(
        self, info: Info, brand_id: strawberry.ID, time_zone: str, holidays: list[str] | None = None
    ) -> ClockResult:
        async with info.context.change() as session:
            row = await service.set_clock(
                session,
                info.context.viewer,
                number(brand_id, "brand"),
                time_zone,
                holidays=holidays,
                now=info.context.now,
            )
        return BrandClock.of(row)
