"""Incidents: the war room's whole, and what is done to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import select

from alerts import alert as alert_table
from alerts.wording.compose import lasting
from api.alerting import Alert, beside
from api.context import Info
from api.errors import Problem, change, number
from api.listening import Brand, SignalPoint, brand, signal_points
from api.people import Organisation, Person, known_person, organisation, person
from api.responses import Response
from api.shape import shape
from incident import access, incident, lifecycle, matter, response, timeline, types
from kit import events, languages
from kit.errors import NotFound
from people.permissions import require_house
from runbooks import run as run_tables

if TYPE_CHECKING:
    from api.campaigns import Campaign
    from api.library import Runbook
    from api.reviews import Review
    from api.steps import Step

MAX_TIMELINE = 1000


@strawberry.type(description="A kind of crisis; picks the runbook.")
class CrisisType:
    key: str
    name: str = strawberry.field(description="In the reader's language.")


def crisis_type(info: Info, key: str) -> CrisisType:
    name = languages.translated(types.NAMES, types.CRISIS_TYPES[key].name, info.context.language)
    return CrisisType(key=key, name=name)


@strawberry.type(description="One line of what happened, in order.")
class TimelineEntry:
    seq: int
    at: datetime
    kind: str
    actor: str
    text: str = strawberry.field(description="In the reader's language; `kind` is the same in all.")


@strawberry.type(description="What an incident is about, out of what its alerts have in evidence.")
class Matter:
    terms: list[str] = strawberry.field(
        description="What people speak of and did not before, the strongest first."
    )
    quote: str | None = strawberry.field(description="A text that tells it, as it was written.")
    since: datetime = strawberry.field(
        description="When what is counted began; where nothing is, the first of all."
    )
    counted: str | None = strawberry.field(
        description="The signal that `ratio` is of: volume, independent or negative. Null: none goes on."
    )
    ratio: float | None = strawberry.field(
        description="How many times the usual it was when that signal's alert last got worse."
    )
    told_at: datetime | None = strawberry.field(description="When that was: the time that `ratio` is of.")


@strawberry.type(description="The minute in which most was said since the onset, by one monitor's counts.")
class Peak:
    at: datetime = strawberry.field(description="When that minute began; the first of several.")
    mentions: int = strawberry.field(description="In that minute, copies included.")


@strawberry.type
class Participant:
    role: str
    joined_at: datetime
    member_id: strawberry.Private[int]

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.member_id)


@strawberry.type(description="The runbook version that this incident runs.")
class Run:
    started_at: datetime
    version_id: strawberry.Private[int]

    @strawberry.field
    async def version(self, info: Info) -> int:
        row = await info.context.loaders.version.load(self.version_id)
        assert row is not None
        return row.number

    @strawberry.field
    async def runbook(self, info: Info) -> Annotated[Runbook, strawberry.lazy("api.library")]:
        from api.library import runbook

        version = await info.context.loaders.version.load(self.version_id)
        assert version is not None
        return await runbook(info, version.runbook_id)


@strawberry.type(description="The organised response to one or more alerts of one brand. House only.")
class Incident:
    id: strawberry.ID
    title: str = strawberry.field(description="In English where an alert gave it, without its figure.")
    severity: str
    state: str
    drill: bool
    confidential: bool = strawberry.field(description="Pages carry no text of it, only the link.")
    briefing: str = strawberry.field(description="What partners with an assigned step are told.")
    detected_at: datetime
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    type_key: strawberry.Private[str]
    brand_id: strawberry.Private[int]
    lead_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: incident.Incident) -> Incident:
        return shape(cls, row, title=lasting(row.title, "en"), type_key=row.type)

    @strawberry.field(
        description="Its title; where an alert gave it, in the reader's language, without its figure."
    )
    def headline(self, info: Info) -> str:
        return lasting(self.title, info.context.language)

    @strawberry.field(description="The number people say aloud.")
    def number(self) -> strawberry.ID:
        return self.id

    @strawberry.field
    def type(self, info: Info) -> CrisisType:
        return crisis_type(info, self.type_key)

    @strawberry.field
    async def brand(self, info: Info) -> Brand:
        return await brand(info, self.brand_id)

    @strawberry.field
    async def lead(self, info: Info) -> Person | None:
        return await person(info, self.lead_id)

    @strawberry.field
    async def participants(self, info: Info) -> list[Participant]:
        table = incident.Participant
        query = select(table).where(table.incident_id == int(self.id)).order_by(table.joined_at)
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [shape(Participant, row) for row in rows]

    @strawberry.field(description="Partner organisations that were given a step here.")
    async def partners(self, info: Info) -> list[Organisation]:
        table = incident.PartnerSeat
        query = select(table.organisation_id).where(table.incident_id == int(self.id))
        async with info.context.read() as session:
            keys = (await session.execute(query)).scalars().all()
        return list(await asyncio.gather(*(organisation(info, key) for key in keys)))

    @strawberry.field
    async def alerts(self, info: Info) -> list[Alert]:
        return [Alert.of(row) for row in await info.context.loaders.alerts_of_incident.load(int(self.id))]

    @strawberry.field(description="Null where none of its alerts has words in evidence.")
    async def matter(self, info: Info) -> Matter | None:
        found = matter.matter(await info.context.loaders.alerts_of_incident.load(int(self.id)))
        return shape(Matter, found, terms=list(found.terms)) if found is not None else None

    @strawberry.field(
        description="Until its alerts were over or it was resolved; null where nothing was counted of it."
    )
    async def peak(self, info: Info) -> Peak | None:
        found = await info.context.loaders.peak_of_incident.load(int(self.id))
        return shape(Peak, found) if found is not None else None

    @strawberry.field(
        description="The announced campaigns of its alerts' monitors that ran since it was detected."
    )
    async def campaigns(self, info: Info) -> list[Annotated[Campaign, strawberry.lazy("api.campaigns")]]:
        from api.campaigns import Campaign

        link, row = incident.IncidentAlert, alert_table.Alert
        query = select(row.monitor_id).join(link, link.alert_id == row.id)
        async with info.context.read() as session:
            watched = set(await session.scalars(query.where(link.incident_id == int(self.id)).distinct()))
        viewer, since = info.context.viewer, self.detected_at
        rows = await beside(info, viewer, self.brand_id, watched, since, self.resolved_at)
        return [Campaign.of(row) for row in rows]

    @strawberry.field
    async def steps(self, info: Info) -> list[Annotated[Step, strawberry.lazy("api.steps")]]:
        from api.steps import Step

        table = run_tables.Step
        query = select(table).where(table.incident_id == int(self.id)).order_by(table.position)
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [Step.of(row, info.context.now) for row in rows]

    @strawberry.field
    async def run(self, info: Info) -> Run | None:
        query = select(run_tables.Run).where(run_tables.Run.incident_id == int(self.id))
        async with info.context.read() as session:
            row = (await session.execute(query)).scalar_one_or_none()
        return shape(Run, row) if row is not None else None

    @strawberry.field(
        description="Oldest first: what happened behind sequence number `after`, else the newest `limit`."
    )
    async def timeline(self, info: Info, after: int | None = None, limit: int = 200) -> list[TimelineEntry]:
        most, key = max(1, min(limit, MAX_TIMELINE)), int(self.id)
        language = info.context.language
        async with info.context.read(cost=1 + most // 100) as session:
            if after is None:
                entries = await timeline.newest(session, key, most, language)
            else:
                entries = await timeline.entries(session, key, after, most, language)
        return [shape(TimelineEntry, entry) for entry in entries]

    @strawberry.field(description="The newest sequence number of the log as this answer was read.")
    async def seq(self, info: Info) -> int:
        async with info.context.read() as session:
            return await events.last_seq(session)

    @strawberry.field
    async def responses(self, info: Info) -> list[Response]:
        table = response.Response
        query = select(table).where(table.incident_id == int(self.id)).order_by(table.id)
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [Response.of(row) for row in rows]

    @strawberry.field
    async def review(self, info: Info) -> Annotated[Review, strawberry.lazy("api.reviews")] | None:
        from api.reviews import review_of

        return await review_of(info, int(self.id))

    @strawberry.field(description="The brand's mentions in each minute that has ended, oldest first.")
    async def signal(self, info: Info, minutes: int = 120) -> list[SignalPoint]:
        return await signal_points(info, self.brand_id, minutes)


IncidentResult = Annotated[Incident | Problem, strawberry.union("IncidentResult")]


@strawberry.type
class IncidentQuery:
    @strawberry.field(description="Newest first; `state` is open, resolved or closed.")
    async def incidents(self, info: Info, state: str | None = None, limit: int = 50) -> list[Incident]:
        async with info.context.read() as session:
            rows = await access.list_incidents(session, info.context.viewer, state=state, limit=limit)
        return [Incident.of(row) for row in rows]

    @strawberry.field(description="Null when there is none, or the asker may not know of it.")
    async def incident(self, info: Info, number: strawberry.ID) -> Incident | None:
        try:
            return Incident.of(await _opened(info, number))
        except NotFound:
            return None

    @strawberry.field
    async def crisis_types(self, info: Info) -> list[CrisisType]:
        require_house(info.context.viewer)
        return [crisis_type(info, key) for key in types.CRISIS_TYPES]


async def _opened(info: Info, key: str) -> incident.Incident:
    async with info.context.read() as session:
        return await access.get_incident(session, info.context.viewer, number(key, "incident"))


@strawberry.type
class IncidentMutation:
    @change(description="Opens an incident by hand, or a drill.")
    async def declare_incident(
        self,
        info: Info,
        brand_id: strawberry.ID,
        title: str,
        type: str,
        severity: str,
        drill: bool = False,
    ) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.declare(
                session,
                info.context.viewer,
                brand_id=number(brand_id, "brand"),
                title=title,
                type=type,
                severity=severity,
                drill=drill,
                now=info.context.now,
            )
        return Incident.of(row)

    @change(description="green, amber or red, and why.")
    async def set_severity(
        self, info: Info, incident: strawberry.ID, severity: str, reason: str
    ) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.set_severity(
                session,
                info.context.viewer,
                number(incident, "incident"),
                severity=severity,
                reason=reason,
                now=info.context.now,
            )
        return Incident.of(row)

    @change(description="Whether pages about its brand carry no text, only the link, while it is open.")
    async def set_confidential(
        self, info: Info, incident: strawberry.ID, confidential: bool
    ) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.set_confidential(
                session,
                info.context.viewer,
                number(incident, "incident"),
                confidential=confidential,
                now=info.context.now,
            )
        return Incident.of(row)

    @change(description="What partners with an assigned step are told.")
    async def set_briefing(self, info: Info, incident: strawberry.ID, text: str) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.set_briefing(
                session, info.context.viewer, number(incident, "incident"), text=text, now=info.context.now
            )
        return Incident.of(row)

    @change()
    async def assign_lead(
        self, info: Info, incident: strawberry.ID, member_id: strawberry.ID
    ) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.assign_lead(
                session,
                info.context.viewer,
                number(incident, "incident"),
                member_id=number(member_id, "member"),
                now=info.context.now,
            )
        return Incident.of(row)

    @change()
    async def join_incident(self, info: Info, incident: strawberry.ID) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.join(
                session, info.context.viewer, number(incident, "incident"), now=info.context.now
            )
        return Incident.of(row)

    @change()
    async def add_note(self, info: Info, incident: strawberry.ID, text: str) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.add_note(
                session, info.context.viewer, number(incident, "incident"), text=text, now=info.context.now
            )
        return Incident.of(row)

    @change(description="Ends the response; the review opens with the timeline in it.")
    async def resolve_incident(self, info: Info, incident: strawberry.ID, summary: str) -> IncidentResult:
        async with info.context.change() as session:
            row = await lifecycle.resolve(
                session,
                info.context.viewer,
                number(incident, "incident"),
                summary=summary,
                now=info.context.now,
            )
        return Incident.of(row)


@strawberry.type
class IncidentSubscription:
    @strawberry.subscription(
        description="Everything behind sequence number `after`, in order, then live. Nothing is missed."
    )
    async def timeline(
        self, info: Info, incident: strawberry.ID, after: int
    ) -> AsyncGenerator[TimelineEntry, None]:
        key, seq = (await _opened(info, incident)).id, after
        async for _ in info.context.looks():
            async with info.context.read() as session:
                entries = await timeline.entries(session, key, seq, MAX_TIMELINE, info.context.language)
            for entry in entries:
                seq = entry.seq
                yield shape(TimelineEntry, entry)
