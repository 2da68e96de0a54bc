"""Sources: their kinds, settings and health, what they last brought, and changing them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry

from alerts.ticker import lag
from api.context import Info
from api.errors import Problem, change, number
from api.listening import Mention
from api.shape import shape
from mentions.counting.counts import minute_of, moment_of
from mentions.counting.left import unexpected_since
from mentions.counting.newcomers import newcomers
from mentions.sources import base, connecting, latest, outage, silence, watch
from mentions.sources.health import UNKNOWN
from mentions.sources.registry import KINDS
from mentions.sources.troubles import TROUBLES
from mentions.sources.wording import said
from people.permissions import Viewer, can_administer, require_house

LAG_OVER = timedelta(hours=1)
ALERTED_OVER = timedelta(days=1)
BY_SOURCE_OVER = timedelta(days=7)


@strawberry.type(description="One setting that a kind of source asks for.")
class SourceField:
    name: str
    label: str
    required: bool
    secret: bool
    default: str
    help: str
    choices: list[str] = strawberry.field(description="The only values that it may have; empty: any.")
    rare: bool = strawberry.field(description="Nearly everybody leaves it as it is: fold it away.")


@strawberry.type(description="A kind of source, in the asker's language.")
class SourceKind:
    name: str
    title: str
    fields: list[SourceField]
    prepare: str = strawberry.field(description="What is to be done on the other side; empty: nothing.")
    pushed: bool = strawberry.field(description="It sends to us; else we ask it, or stay connected.")
    every: int | None = strawberry.field(description="Seconds between two looks; null unless we ask it.")
    keep: str

    @classmethod
    def of(cls, kind: base.Kind, language: str) -> SourceKind:
        fields = [
            shape(
                SourceField,
                one,
                label=said(one.label, language),
                help=said(one.help, language),
                choices=list(one.choices),
            )
            for one in kind.fields
        ]
        title, prepare = said(kind.title, language), said(kind.prepare, language)
        pushed = kind.receive is not None
        every = int(kind.every) if kind.poll is not None else None
        return shape(cls, kind, title=title, prepare=prepare, fields=fields, pushed=pushed, every=every)


@strawberry.type
class SourceSetting:
    name: str
    value: str


@strawberry.type(description="Whether a source speaks.")
class SourceHealth:
    state: str = strawberry.field(
        description="live; silent (longer than its rhythm allows); failing (it cannot be asked, or what it"
        " sends cannot be read); waiting (nothing came yet); off."
    )
    since: datetime | None = strawberry.field(
        description="Its last item when live; when silent also when it was switched on, if that was later;"
        " its first failure when failing."
    )
    allowed_minutes: float | None = strawberry.field(
        description="How long nothing may come at this hour; null: as long as it likes."
    )
    learnt: bool = strawberry.field(description="The rhythm is its own: not set by people, not unknown.")
    stored_error: strawberry.Private[str | None]
    last_tried_at: datetime | None = strawberry.field(description="When we last asked it, or it last called.")
    last_ok_at: datetime | None
    refused_at: datetime | None = strawberry.field(
        description="When somebody last called it who did not prove to be its sender, to the minute; anybody"
        " can, so this says nothing of its health."
    )
    refusal: strawberry.Private[str | None]

    @strawberry.field(description="Why it fails, in the reader's language.")
    def error(self, info: Info) -> str | None:
        return TROUBLES.told(self.stored_error, info.context.language)

    @strawberry.field(description="Why that call was refused, in the reader's language.")
    def refused_why(self, info: Info) -> str | None:
        return TROUBLES.told(self.refusal, info.context.language)


@strawberry.type(description="A stretch in which a source said nothing though it usually does, or failed.")
class SourceOutage:
    id: strawberry.ID
    state: str = strawberry.field(description="silent or failing, as it was in the end.")
    began_at: datetime = strawberry.field(description="Its last item, or its first failure.")
    ended_at: datetime | None = strawberry.field(description="null: it goes on.")
    stored_reason: strawberry.Private[str]
    judged: strawberry.Private[list[Any]]

    @strawberry.field(description="Judged again from what was kept: same, differs or impossible.")
    def recomputed(self) -> str:
        return silence.state_of(self.judged)

    @strawberry.field(description="From what it was judged and how it follows, in the reader's language.")
    def sentences(self, info: Info) -> list[str]:
        return [TROUBLES.told(line, info.context.language) for line in silence.sentences(self.judged)]

    @strawberry.field(description="What was wrong, in the reader's language; empty for mere silence.")
    def reason(self, info: Info) -> str:
        return TROUBLES.told(self.stored_reason, info.context.language)


@strawberry.type(description="Where mentions come from, and whether it still speaks.")
class Source:
    id: strawberry.ID
    name: str
    kind: str
    enabled: bool
    health: SourceHealth
    last_received_at: datetime | None
    last_published_at: datetime | None
    received: int
    duplicates: int
    rejected: int
    unmatched: int
    keep: str
    retention_days: int | None
    raw_days: int | None
    expected_minutes: int | None
    published_lag_seconds: float | None = strawberry.field(
        description="From published to received: the median of its latest batch; null where that is"
        " not known, as of files."
    )
    settings: list[SourceSetting] = strawberry.field(description="Told to admins only; never the secret.")
    allowed_addresses: list[str]
    has_secret: bool
    path_token_set: bool

    @strawberry.field(description="What kind it is; null for what is fed by hand.")
    def kind_details(self, info: Info) -> SourceKind | None:
        kind = KINDS.get(self.kind)
        return SourceKind.of(kind, info.context.viewer.language) if kind is not None else None

    @strawberry.field(
        description="Until when what it brings is no spike, where it began beside others within a day."
    )
    async def newcomer_until(self, info: Info) -> datetime | None:
        async with info.context.read() as session:
            found = await newcomers(session, minute_of(info.context.now))
        until = {one.source_id: one.until for one in found}.get(int(self.id))
        return None if until is None else moment_of(until)

    @strawberry.field(description="Since when what it used to bring is not expected any more; null: it is.")
    async def unexpected_since(self, info: Info) -> datetime | None:
        async with info.context.read() as session:
            return await unexpected_since(session, int(self.id))

    @strawberry.field(description="What it last brought, newest first; at most 20.")
    async def latest(self, info: Info, limit: int = 5) -> list[Mention]:
        require_house(info.context.viewer)
        async with info.context.read(cost=2) as session:
            rows = await latest.latest(session, int(self.id), self.last_received_at, limit=limit)
            return [Mention.of(row) for row in rows]

    @strawberry.field(description="When it was out, the newest first; at most 20.")
    async def outages(self, info: Info, limit: int = 5) -> list[SourceOutage]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            rows = await outage.outages(session, int(self.id), max(1, min(limit, latest.MOST)))
        return [shape(SourceOutage, row, stored_reason=row.reason) for row in rows]


@strawberry.type(description="A source that feeds a brand and cannot be heard now: calm may be deafness.")
class SilentSource:
    name: str
    state: str
    since: datetime
    reason: str
    share: float = strawberry.field(description="Its usual share of one of the brand's monitors, 0 to 1.")
    without_since: datetime | None = strawberry.field(
        description="Since when the others are judged without it, where it has been out for days."
    )


async def silent_to(info: Info, monitor_id: int) -> list[SilentSource]:
    """The sources of a monitor that are silent or failing now."""
    async with info.context.read() as session:
        return [shape(SilentSource, one) for one in await outage.deafness(session, [monitor_id])]


async def silent_sources(info: Info, brand_id: int) -> list[SilentSource]:
    """The sources of a brand that are silent or failing now."""
    async with info.context.read() as session:
        return [shape(SilentSource, one) for one in await outage.brand_deafness(session, brand_id)]


@strawberry.type(description="How long after a source's first mention of it an alert was opened.")
class SourceLag:
    source_id: strawberry.ID
    seconds: float = strawberry.field(description="The median over the newest alerts, at most 20.")


@strawberry.type(description="How long it takes from what is said to what is told, in seconds.")
class ListeningLag:
    published_to_received: float | None = strawberry.field(
        description="Median over the sources heard in the last hour."
    )
    onset_to_alerted: float | None = strawberry.field(
        description="Median over the alerts of the last day; the onset is known to the minute."
    )

    received_to_alerted: list[SourceLag] = strawberry.field(
        description="For sources that brought what alerts of the last week were about."
    )


@strawberry.input
class SourceSettingInput:
    name: str
    value: str


@strawberry.input(description="What a source is set to. A secret that is left empty stays as it is.")
class SourceInput:
    name: str
    settings: list[SourceSettingInput] = strawberry.field(default_factory=list)
    keep: str = "all"
    expected_minutes: int | None = None
    retention_days: int | None = None
    raw_days: int | None = None
    allowed_addresses: list[str] = strawberry.field(default_factory=list)

    def wanted(self) -> connecting.Wanted:
        settings = {one.name: one.value for one in self.settings}
        return shape(connecting.Wanted, self, settings=settings, name=self.name.strip())


@strawberry.type(description="A source with what is told of it only now. Keep it, it is never shown again.")
class MadeSource:
    id: strawberry.ID
    name: str
    secret: str | None
    path_token: str | None

    @classmethod
    def of(cls, made: connecting.Made) -> MadeSource:
        row = made.source
        return cls(
            id=strawberry.ID(str(row.id)), name=row.name, secret=made.secret, path_token=made.path_token
        )


@strawberry.type
class ChangedSource:
    id: strawberry.ID
    name: str


MadeOr = Annotated[MadeSource | Problem, strawberry.union("MadeSourceOrProblem")]
ChangedOr = Annotated[ChangedSource | Problem, strawberry.union("ChangedSourceOrProblem")]


def _source(one: watch.Watched, viewer: Viewer) -> Source:
    row, seen, judged = one.source, one.seen, one.health
    may_see = can_administer(viewer)
    health = shape(
        SourceHealth,
        seen,
        state=judged.state,
        since=judged.since,
        stored_error=seen.error,
        refusal=seen.refused_why,
        allowed_minutes=judged.allowed.total_seconds() / 60 if judged.allowed is not None else None,
        learnt=row.expected_minutes is None and judged.allowed != UNKNOWN,
    )
    settings = [SourceSetting(name=name, value=str(value)) for name, value in row.settings.items()]
    return shape(
        Source,
        row,
        health=health,
        last_received_at=seen.last_received_at,
        last_published_at=seen.last_published_at,
        received=seen.received or 0,
        duplicates=seen.duplicates or 0,
        rejected=seen.rejected or 0,
        unmatched=seen.unmatched or 0,
        published_lag_seconds=seen.published_lag_seconds,
        settings=settings if may_see else [],
        allowed_addresses=[str(one) for one in row.allowed_addresses] if may_see else [],
        has_secret=bool(row.secret),
        path_token_set=bool(row.path_token),
    )


@strawberry.type
class SourceQuery:
    @strawberry.field(description="Every source, in the order of their names.")
    async def sources(self, info: Info) -> list[Source]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            found = await watch.watched(session, info.context.now)
        return [_source(one, info.context.viewer) for one in found]

    @strawberry.field(description="One source; null where there is none.")
    async def source(self, info: Info, id: strawberry.ID) -> Source | None:
        require_house(info.context.viewer)
        key = number(id, "source")
        async with info.context.read() as session:
            found = await watch.watched(session, info.context.now)
        return next((_source(one, info.context.viewer) for one in found if one.source.id == key), None)

    @strawberry.field(description="The kinds of sources that can be connected, by title.")
    async def source_kinds(self, info: Info) -> list[SourceKind]:
        viewer = info.context.house
        kinds = [SourceKind.of(kind, viewer.language) for kind in KINDS.values()]
        return sorted(kinds, key=lambda kind: kind.title.casefold())

    @strawberry.field
    async def listening_lag(self, info: Info) -> ListeningLag:
        require_house(info.context.viewer)
        now = info.context.now
        async with info.context.read(cost=5) as session:
            found = await lag.by_source(session, now - BY_SOURCE_OVER)
            return ListeningLag(
                published_to_received=await latest.published_lag(session, now - LAG_OVER),
                onset_to_alerted=await lag.alerted_lag(session, now - ALERTED_OVER),
                received_to_alerted=[
                    SourceLag(source_id=strawberry.ID(str(source)), seconds=seconds)
                    for source, seconds in sorted(found.items())
                ],
            )


@strawberry.type
class SourceMutation:
    @change(description="Connect a source; its secret and token are in the answer, and nowhere else.")
    async def create_source(self, info: Info, kind: str, input: SourceInput) -> MadeOr:
        context = info.context
        async with context.change() as session:
            made = await connecting.create(session, context.viewer, kind, input.wanted(), context.now)
        return MadeSource.of(made)

    @change(description="Change what a source is set to; it is asked anew at once.")
    async def edit_source(self, info: Info, id: strawberry.ID, input: SourceInput) -> ChangedOr:
        key, context = number(id, "source"), info.context
        async with context.change() as session:
            row = await connecting.edit(session, context.viewer, key, input.wanted(), context.now)
        return shape(ChangedSource, row)

    @change(description="Switch a source on or off. Off, nothing is asked or taken; its mentions stay.")
    async def switch_source(self, info: Info, id: strawberry.ID, enabled: bool) -> ChangedOr:
        key, context = number(id, "source"), info.context
        async with context.change() as session:
            row = await connecting.switch(session, context.viewer, key, enabled, context.now)
        return shape(ChangedSource, row)

    @change(description="New secret and token for a source that sends to us; the old ones end at once.")
    async def rotate_source_secrets(self, info: Info, id: strawberry.ID) -> MadeOr:
        key, context = number(id, "source"), info.context
        async with context.change() as session:
            made = await connecting.rotate(session, context.viewer, key, context.now)
        return MadeSource.of(made)
