"""Brands, their monitors and signals, and mentions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import select

from api.context import Info
from api.counted import People
from api.errors import number, optional_number
from api.handles import ByAuthor
from api.monitors import Monitor
from api.shape import shape
from incident import access as incident_access
from kit.errors import Invalid
from mentions import mention, mentions, monitor
from mentions.counting import counts
from mentions.language import told_apart
from mentions.sources import listening
from people import directory, organisations
from people.permissions import require_house

if TYPE_CHECKING:
    from api.alerting import Alert
    from api.cases import Case
    from api.incidents import Incident
    from api.sources import SilentSource

MAX_MINUTES = 3 * 24 * 60
CHANGING = 3  # the newest minutes, in which late mentions are still counted
MAX_MISSED = 24 * 60 - CHANGING


@strawberry.type(description="How many mentions arrived in one minute.")
class SignalPoint:
    minute: datetime
    volume: int
    negative: int
    positive: int


async def signal_points(info: Info, brand_id: int, minutes: int) -> list[SignalPoint]:
    """The last `minutes` minutes of a brand that have ended; minutes without mentions are zero.

    The running one is left out: counted for some seconds only, it would look as if a crisis were over.
    """
    if not 1 <= minutes <= MAX_MINUTES:
        raise Invalid("minutes goes from 1 to {}.", MAX_MINUTES, field="minutes")
    until = info.context.now.replace(second=0, microsecond=0)
    async with info.context.read(cost=1 + minutes // 30) as session:
        points = await counts.brand_signal(session, brand_id, until - timedelta(minutes=minutes), until)
    return [shape(SignalPoint, point) for point in points]


@strawberry.type
class Brand:
    id: strawberry.ID
    name: str
    slug: str
    version: int
    by_hand: bool = strawberry.field(description="Named here: the set-up file leaves its name.")

    @classmethod
    def of(cls, row: organisations.Brand) -> Brand:
        return shape(cls, row)

    @strawberry.field(description="The incident it has now, if it has one; drills apart.")
    async def open_incident(self, info: Info) -> Annotated[Incident, strawberry.lazy("api.incidents")] | None:
        from api.incidents import Incident

        async with info.context.read() as session:
            row = await incident_access.open_incident(session, info.context.viewer, int(self.id))
        return Incident.of(row) if row is not None else None

    @strawberry.field(
        description="Its alerts that wake people and go on, the worst first, also of a resolved incident;"
        " not those that somebody found to be no crisis."
    )
    async def running_alerts(self, info: Info) -> list[Annotated[Alert, strawberry.lazy("api.alerting")]]:
        from api.alerting import Alert

        require_house(info.context.viewer)
        return [Alert.of(row) for row in await info.context.loaders.running_of_brand.load(int(self.id))]

    @strawberry.field(description="Mentions in each minute that has ended, oldest first.")
    async def signal(self, info: Info, minutes: int = 60) -> list[SignalPoint]:
        require_house(info.context.viewer)
        return await signal_points(info, int(self.id), minutes)

    @strawberry.field(
        description="The sources that feed it and cannot be heard now: what looks calm may be deafness."
    )
    async def silent_sources(
        self, info: Info
    ) -> list[Annotated[SilentSource, strawberry.lazy("api.sources")]]:
        from api.sources import silent_sources

        require_house(info.context.viewer)
        return await silent_sources(info, int(self.id))

    @strawberry.field(
        description="Whether what is said of it is listened to at all: a monitor of its own looks for it, and"
        " a source speaks that brings its mentions. If not, calm says nothing."
    )
    async def listened_to(self, info: Info) -> bool:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return await listening.listened_to(session, int(self.id))

    @strawberry.field
    async def monitors(self, info: Info) -> list[Monitor]:
        require_house(info.context.viewer)
        query = select(monitor.Monitor).where(monitor.Monitor.brand_id == int(self.id))
        async with info.context.read() as session:
            rows = (await session.execute(query.order_by(monitor.Monitor.name))).scalars()
        return [Monitor.of(row) for row in rows]


async def brand(info: Info, key: int) -> Brand:
    row = await info.context.loaders.brand.load(key)
    assert row is not None  # a foreign key led here
    return Brand.of(row)


@strawberry.type(description="Why a label is not the rules': people decided otherwise about texts like it.")
class LearnedLabel:
    decisions: int = strawberry.field(description="Of people for this label, when it was given.")
    words: list[str] = strawberry.field(description="Of its own, those that spoke most for it.")

    @classmethod
    def of(cls, reason: str) -> LearnedLabel:
        decisions, *words = reason.split()
        return cls(decisions=int(decisions), words=words)


@strawberry.type(description="One public post, article, review or comment.")
class Mention(ByAuthor):
    id: strawberry.ID
    text: str
    followers: People | None
    url: str | None
    lang: str
    sentiment: str
    score: float = strawberry.field(description="-1 to 1: P(positive) - P(negative).")
    confidence: float = strawberry.field(description="0 to 1: how likely the sentiment is; 0: not known.")
    sentiment_by_hand: bool
    published_at: datetime
    arrived_at: datetime
    title: str | None
    kind: str
    domain: str | None
    triage: str = strawberry.field(
        description="praise, complaint, question, media, lead, threat, spam; empty: none of them."
    )
    triage_by_hand: bool
    learned: LearnedLabel | None = strawberry.field(description="Null: the rules' label or a person's.")
    copy: bool = strawberry.field(description="Whether it repeats a text that was there before.")
    deleted: bool = strawberry.field(
        description="Text and name are gone: its author took it back, or it was erased on request."
    )
    story_id: strawberry.ID | None
    source_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: mention.Mention) -> Mention:
        return shape(
            cls,
            row,
            sentiment_by_hand=row.judged_by is not None,
            triage_by_hand=row.triaged_by is not None,
            learned=LearnedLabel.of(row.learned) if row.learned and row.triaged_by is None else None,
            deleted=row.deleted_at is not None,
            story_id=strawberry.ID(str(row.story_id)) if row.story_id is not None else None,
        )

    @strawberry.field
    async def source_name(self, info: Info) -> str:
        row = await info.context.loaders.source.load(self.source_id)
        return row.name if row is not None else ""

    @strawberry.field(description="The case it belongs to, if it became one.")
    async def case(self, info: Info) -> Annotated[Case, strawberry.lazy("api.cases")] | None:
        from api.cases import Case

        row = await info.context.loaders.case_of_mention.load(int(self.id))
        return Case.of(row, info.context.now) if row is not None else None


@strawberry.type
class ListeningQuery:
    @strawberry.field(description="Languages that are told apart, as ISO 639-1 codes; und: none was found.")
    async def languages(self, info: Info) -> list[str]:
        require_house(info.context.viewer)
        return told_apart()

    @strawberry.field
    async def brands(self, info: Info) -> list[Brand]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return [Brand.of(row) for row in await directory.brands(session)]

    @strawberry.field(
        description="A brand's newest mentions. `monitorId`: those of one of its monitors, of any type; else"
        " those that speak of the brand itself. `author`: exactly this name, in any capitals, in the last two"
        " weeks. `label`: one of the labels, or empty for those without one;"
        " `before` and `beforeId` go on where a list ended: `arrivedAt` and `id` of its last one. A whole"
        " batch arrives at once: `before` alone leaves out the rest of it."
    )
    async def mentions(
        self,
        info: Info,
        brand_id: strawberry.ID,
        sentiment: str | None = None,
        label: str | None = None,
        lang: str | None = None,
        source_id: strawberry.ID | None = None,
        story_id: strawberry.ID | None = None,
        before: datetime | None = None,
        limit: int = 50,
        before_id: strawberry.ID | None = None,
        monitor_id: strawberry.ID | None = None,
        author: str | None = None,
    ) -> list[Mention]:
        key = number(brand_id, "brand")
        only = mentions.Filter(
            sentiment=sentiment,
            label=label,
            lang=lang,
            source_id=optional_number(source_id, "source"),
            story_id=optional_number(story_id, "story"),
            monitor_id=optional_number(monitor_id, "monitor"),
            author=author or None,
            since=info.context.now - mentions.AUTHORS_LOOK_BACK if author else None,
        )
        place = None if before is None else (before, optional_number(before_id, "mention") or 0)
        async with info.context.read() as session:
            rows = await mentions.recent(session, info.context.viewer, key, only, limit=limit, before=place)
        return [Mention.of(row) for row in rows]


@strawberry.type
class ListeningSubscription:
    @strawberry.subscription(
        description="The last three minutes that have ended, at once and each time they change. At first, "
        "also what was missed `since` the newest minute that is known, of a day at most."
    )
    async def signal(
        self, info: Info, brand_id: strawberry.ID, since: datetime | None = None
    ) -> AsyncGenerator[list[SignalPoint], None]:
        require_house(info.context.viewer)
        key, told = number(brand_id, "brand"), None
        minutes = CHANGING + _missed(since, info.context.now)
        async for _ in info.context.looks():
            points = await signal_points(info, key, minutes)
            if points != told:
                told = points
                yield points
            minutes = CHANGING


def _missed(since: datetime | None, now: datetime) -> int:
    """Minutes that have ended since the one of `since`."""
    if since is None:
        return 0
    return max(0, min(counts.minute_of(now) - counts.minute_of(since), MAX_MISSED))
