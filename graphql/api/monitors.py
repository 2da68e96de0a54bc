"""Monitors: what is listened to, what a query would catch, and who changed it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from alerts.backtest.past import too_young
from alerts.judging.newcomers import young
from api.context import Info
from api.errors import Problem, change, number
from api.handles import ByAuthor
from api.shape import shape
from kit.errors import NotFound
from kit.events import Event
from kit.zones import zone_of
from mentions import monitor
from mentions import monitors as service
from mentions import preview as trial
from mentions.counting.counts import minute_of, moment_of
from mentions.judging.stored import Past
from mentions.monitor import TYPES
from mentions.query import Unreadable, parse, written
from mentions.unheard import Unheard, unheard
from people.permissions import require_house

if TYPE_CHECKING:
    from api.listening import Brand
    from api.sources import SilentSource

PREVIEW_COST = 300  # of an operation's allowance: it reads tens of thousands of mentions


@strawberry.type(description="What a monitor's mentions are to its brand.")
class MonitorType:
    name: str = strawberry.field(description="brand, product, competitor, industry or topic.")
    own: bool = strawberry.field(description="They speak of the brand itself and are part of its figures.")
    pages: bool = strawberry.field(
        description="Whether its alerts page people unless the monitor says otherwise."
    )


@strawberry.type
class MonitorChange:
    field: str
    before: str
    after: str


@strawberry.type(description="A source that a monitor has heard for less than a day beside others.")
class Newcomer:
    source: str
    heard_since: datetime
    until: datetime = strawberry.field(
        description="Until then what it brings is put aside, but for a burst of its own, harm to people and"
        " voices that weigh."
    )


@strawberry.type(description="Something that was done to a monitor.")
class MonitorEvent:
    seq: int
    at: datetime
    kind: str
    actor: str
    changes: list[MonitorChange]

    @classmethod
    def of(cls, row: Event) -> MonitorEvent:
        changes = row.data.get("changes") or (
            {"query": {"before": "", "after": row.data["query"]}} if "query" in row.data else {}
        )
        told = [
            MonitorChange(field=name, before=_told(one["before"]), after=_told(one["after"]))
            for name, one in changes.items()
        ]
        return shape(cls, row, changes=told)


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@strawberry.type(description="Why a query cannot be read, in the asker's language.")
class QueryError:
    what: str
    hint: str = strawberry.field(description="What to write instead; may be empty.")
    position: int = strawberry.field(description="First character at fault, counted from 1.")
    length: int


@strawberry.type(
    description="A value in a query that no mention can have at present, in the asker's language: a source"
    " that is not there, a language that we do not find, a country that is none."
)
class UnheardValue:
    what: str
    hint: str = strawberry.field(description="What there is.")
    position: int = strawberry.field(description="Its first character, counted from 1.")
    length: int

    @classmethod
    def of(cls, one: Unheard, language: str) -> UnheardValue:
        return shape(cls, one, what=one.what.into(language), hint=one.hint.into(language))


@strawberry.type(description="A stored mention that a query catches.")
class Caught(ByAuthor):
    id: strawberry.ID
    text: str
    title: str | None
    url: str | None
    lang: str
    sentiment: str
    published_at: datetime

    @classmethod
    def of(cls, row: Past) -> Caught:
        return cls(
            id=strawberry.ID(str(row.id)),
            text=row.text[:500],
            title=row.title,
            author=row.author,
            url=row.url,
            lang=row.lang,
            sentiment=row.sentiment,
            published_at=row.published_at,
        )


@strawberry.type
class CaughtSide:
    count: int
    examples: list[Caught] = strawberry.field(description="The newest, at most 5, no copies.")

    @classmethod
    def of(cls, side: trial.Side) -> CaughtSide:
        return cls(count=side.count, examples=[Caught.of(row) for row in side.examples])


@strawberry.type(description="One day in the asker's zone; `caught` includes `added`, not `dropped`.")
class PreviewDay:
    day: date
    caught: int
    added: int
    dropped: int
    read: bool = strawberry.field(description="Whether mentions of it were looked at, should it have any.")


@strawberry.type(description="What a query would have caught over the stored past.")
class MonitorPreview:
    scanned: int = strawberry.field(description="Mentions that were looked at, the newest first.")
    share: float = strawberry.field(
        description="Of the stored mentions, 0 to 1; under 1 the counts are estimates from so many."
    )
    since: datetime = strawberry.field(description="How far back they reach.")
    complete: bool = strawberry.field(description="Whether that is all of the days asked for.")
    picky_sources: list[str] = strawberry.field(
        description="Sources that keep only what a monitor asks for: their past is not all here."
    )
    caught: CaughtSide
    added: CaughtSide = strawberry.field(description="Caught now and not by the query as it is saved.")
    dropped: CaughtSide = strawberry.field(description="Caught by the query as it is saved and not now.")
    days: list[PreviewDay]

    @classmethod
    def of(cls, found: trial.Preview) -> MonitorPreview:
        return shape(
            cls,
            found,
            picky_sources=list(found.picky_sources),
            caught=CaughtSide.of(found.caught),
            added=CaughtSide.of(found.added),
            dropped=CaughtSide.of(found.dropped),
            days=[shape(PreviewDay, day) for day in found.days],
        )


@strawberry.type(description="A query that was tried: either it cannot be read, or this is what it catches.")
class MonitorTrial:
    error: QueryError | None
    understood: str | None = strawberry.field(description="The query in our own words, as it was read.")
    unheard: list[UnheardValue] = strawberry.field(description="What it asks for and nothing can have.")
    preview: MonitorPreview | None


@strawberry.type(description="A saved query, and what is counted of it.")
class Monitor:
    id: strawberry.ID
    name: str
    query: str
    enabled: bool
    type: str = strawberry.field(description="brand, product, competitor, industry or topic.")
    pages: bool = strawberry.field(
        description="Whether its alerts page people and open incidents; otherwise they only inform."
    )
    created_at: datetime
    brand_id: strawberry.Private[int]
    counted: strawberry.Private[list[int] | None]

    @classmethod
    def of(cls, row: monitor.Monitor, counted: list[int] | None = None) -> Monitor:
        return shape(cls, row, counted=counted)

    @strawberry.field
    async def brand(self, info: Info) -> Annotated[Brand, strawberry.lazy("api.listening")]:
        from api.listening import brand

        return await brand(info, self.brand_id)

    @strawberry.field(description="Mentions counted on each of the last 14 days, the running one last.")
    async def daily(self, info: Info) -> list[int]:
        if self.counted is not None:
            return self.counted
        key, zone = int(self.id), zone_of(info.context.viewer.time_zone)
        async with info.context.read(cost=5) as session:
            return (await service.daily(session, [key], zone=zone, now=info.context.now))[key]

    @strawberry.field(description="What its query asks for and nothing can have.")
    async def unheard(self, info: Info) -> list[UnheardValue]:
        try:
            async with info.context.read() as session:
                found = await unheard(session, self.query)
        except Unreadable:  # of an older edition: the log says so
            return []
        return [UnheardValue.of(one, info.context.viewer.language) for one in found]

    @strawberry.field(description="Whether its past is being counted anew just now.")
    async def recounting(self, info: Info) -> bool:
        async with info.context.read() as session:
            return await service.is_recounting(session, int(self.id))

    @strawberry.field(
        description="Whether its detector has heard less than a day of minutes in all: until then only what "
        "overwhelms opens an alert. Minutes in which a source of weight was out are not heard."
    )
    async def insufficient_history(self, info: Info) -> bool:
        if not self.enabled:
            return False
        if (found := await info.context.loaders.remembered_of_monitor.load(int(self.id))) is not None:
            return bool(found.cold)
        async with info.context.read() as session:
            row = await session.get_one(monitor.Monitor, int(self.id))
            return await too_young(session, row, info.context.now)

    @strawberry.field(description="Sources that began beside others within a day: that is no spike.")
    async def newcomers(self, info: Info) -> list[Newcomer]:
        async with info.context.read() as session:
            found = await young(session, int(self.id), minute_of(info.context.now))
        return [
            Newcomer(source=one.name, heard_since=moment_of(one.first), until=moment_of(one.until))
            for one in found
        ]

    @strawberry.field(description="Sources that feed it and cannot be heard now: calm may be deafness.")
    async def silent_sources(
        self, info: Info
    ) -> list[Annotated[SilentSource, strawberry.lazy("api.sources")]]:
        from api.sources import silent_to

        require_house(info.context.viewer)
        return await silent_to(info, int(self.id))

    @strawberry.field(description="What was done to it, newest first.")
    async def history(self, info: Info) -> list[MonitorEvent]:
        async with info.context.read() as session:
            rows = await service.history(session, info.context.viewer, int(self.id))
        return [MonitorEvent.of(row) for row in rows]


@strawberry.type
class MonitorQuery:
    @strawberry.field(description="All monitors by name, also those that are switched off.")
    async def monitors(self, info: Info) -> list[Monitor]:
        viewer = info.context.viewer
        async with info.context.read(cost=20) as session:
            rows = await service.monitors(session, viewer)
            zone = zone_of(viewer.time_zone)
            counted = await service.daily(session, [row.id for row in rows], zone=zone, now=info.context.now)
        return [Monitor.of(row, counted[row.id]) for row in rows]

    @strawberry.field(description="Null when there is none.")
    async def monitor(self, info: Info, id: strawberry.ID) -> Monitor | None:
        try:
            async with info.context.read() as session:
                row = await service.get_monitor(session, info.context.viewer, number(id, "monitor"))
        except NotFound:
            return None
        return Monitor.of(row)

    @strawberry.field
    def monitor_types(self, info: Info) -> list[MonitorType]:
        require_house(info.context.viewer)
        return [MonitorType(name=name, own=one.own, pages=one.pages) for name, one in TYPES.items()]

    @strawberry.field(
        description="What a query would have caught; with a monitor, beside what that catches now."
    )
    async def preview_monitor(
        self, info: Info, query: str, monitor_id: strawberry.ID | None = None, days: int = 14
    ) -> MonitorTrial:
        viewer = info.context.house
        try:
            read = parse(query)
        except Unreadable as error:
            said = {name: getattr(error, name).into(viewer.language) for name in ("what", "hint")}
            return MonitorTrial(
                error=shape(QueryError, error, **said), understood=None, unheard=[], preview=None
            )
        async with info.context.read(cost=PREVIEW_COST) as session:
            before = None
            if monitor_id is not None:
                before = (await service.get_monitor(session, viewer, number(monitor_id, "monitor"))).query
            found = await trial.preview(
                session, query, before, days=days, zone=zone_of(viewer.time_zone), now=info.context.now
            )
            nothing = await unheard(session, query)
        return MonitorTrial(
            error=None,
            understood=written(read.root),
            unheard=[UnheardValue.of(one, viewer.language) for one in nothing],
            preview=MonitorPreview.of(found),
        )


@strawberry.type
class MonitorMutation:
    @change(description="Begin to listen; the stored past of a fortnight is counted in the background.")
    async def create_monitor(
        self,
        info: Info,
        brand_id: strawberry.ID,
        name: str,
        query: str,
        type: str = "brand",
        pages: bool | None = None,
    ) -> Monitor | Problem:
        wish = service.Wish(name, query, type, pages)
        async with info.context.change() as session:
            row = await service.create(
                session, info.context.viewer, number(brand_id, "brand"), wish, now=info.context.now
            )
        return Monitor.of(row)

    @change(
        description="Change a monitor. `seen` is the query that the asker had before them; `countPast` "
        "counts the stored past of a fortnight anew, without paging anybody."
    )
    async def edit_monitor(
        self,
        info: Info,
        id: strawberry.ID,
        name: str,
        query: str,
        type: str,
        pages: bool | None = None,
        seen: str | None = None,
        count_past: bool = False,
    ) -> Monitor | Problem:
        wish = service.Wish(name, query, type, pages)
        async with info.context.change() as session:
            row = await service.edit(
                session,
                info.context.viewer,
                number(id, "monitor"),
                wish,
                seen=seen,
                count_past=count_past,
                now=info.context.now,
            )
        return Monitor.of(row)

    @change(description="Switch a monitor on or off; only admins may. What it found stays.")
    async def switch_monitor(self, info: Info, id: strawberry.ID, enabled: bool) -> Monitor | Problem:
        async with info.context.change() as session:
            row = await service.switch(
                session, info.context.viewer, number(id, "monitor"), enabled=enabled, now=info.context.now
            )
        return Monitor.of(row)
