"""Alerts with their evidence and pages, and the link that acknowledges one without a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import select

from alerts import access, acknowledge, alert, compose, page
from alerts.arrivals.words import RARE
from alerts.explained.replay import again
from alerts.feedback.service import mark_of
from alerts.phrases import PHRASES
from api.context import Info
from api.counted import People
from api.drivers import Author, Drivers, Example, Term
from api.errors import Problem, change, number
from api.listening import Brand, brand
from api.people import Person, known_person, person
from api.shape import shape
from kit.errors import NotFound
from people.permissions import require_house

if TYPE_CHECKING:
    from api.backtests import BandCurve, Recomputation
    from api.feedback import DetectorMark
    from api.incidents import Incident


@strawberry.type(description="An author who weighs for the brand, and what they said.")
class Voice:
    author: str | None
    followers: People | None
    domain: str | None
    url: str | None
    text: str | None
    at: datetime

    @classmethod
    def of(cls, data: dict[str, Any]) -> Voice:
        names = ("author", "followers", "domain", "url", "text")
        return cls(**{name: data.get(name) for name in names}, at=datetime.fromisoformat(data["at"]))


@strawberry.type(description="A word that is new, and how many accounts use it.")
class NewWord:
    term: str
    count: int


@strawberry.type(
    description="What arrives: words that are new, the leading one first, or a story that spreads."
)
class Arrived:
    terms: list[NewWord] = strawberry.field(description="Empty for a story.")
    velocity: float = strawberry.field(description="Accounts a minute that copy the story.")
    fastest: list[int] = strawberry.field(
        description="What is usual for stories: the accounts that copied the fastest one of each day before."
    )
    texts: int = strawberry.field(
        description="What is usual for words: so many earlier texts were looked at."
    )
    rare: int = strawberry.field(description="In how many of them a word may stand and be new.")

    @classmethod
    def of(cls, data: dict[str, Any], past: dict[str, Any]) -> Arrived:
        return cls(
            terms=[NewWord(**one) for one in data.get("terms", [])],
            velocity=data.get("velocity", 0.0),
            fastest=past.get("fastest", []),
            texts=past.get("texts", 0),
            rare=RARE,
        )


@strawberry.type(description="One thing that an alert's level was made of.")
class Contribution:
    name: str = strawberry.field(description="size, speed, negative_share, reach, tier_1 or harm.")
    value: float
    bar: float = strawberry.field(description="From which value on it counts.")
    points: int


@strawberry.type(description="Why an alert is green, amber or red; see docs/detection.md.")
class Severity:
    points: int = strawberry.field(description="Red from three on.")
    told: str = strawberry.field(
        description="Why it only informs: few_accounts, praise, audiences, not_cross; empty: it does not."
    )
    contributions: list[Contribution]
    mentions: int = strawberry.field(description="Since its onset; so are the next ones.")
    copies: int = strawberry.field(description="How many of them repeat a text.")
    accounts: int = strawberry.field(description="Who said it, each once an hour.")
    independent: int = strawberry.field(description="Who said it in words of their own, each once an hour.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Severity:
        inputs = data.get("inputs", {})
        return cls(
            points=data.get("points", 0),
            told=data.get("told", ""),
            contributions=[Contribution(**one) for one in data.get("contributions", [])],
            mentions=inputs.get("mentions", 0),
            copies=inputs.get("copies", 0),
            accounts=inputs.get("accounts", 0),
            independent=inputs.get("independent", 0),
        )


@strawberry.type(description="A campaign as it was announced when an alert was opened.")
class Announced:
    title: str
    starts_at: datetime
    ends_at: datetime
    lift: float

    @classmethod
    def of(cls, data: dict[str, Any]) -> Announced:
        return cls(
            title=data["title"],
            starts_at=datetime.fromisoformat(data["starts_at"]),
            ends_at=datetime.fromisoformat(data["ends_at"]),
            lift=data["lift"],
        )


@strawberry.type(description="Why the detector spoke: all that is needed to check it by hand.")
class Evidence:
    observed: float = strawberry.field(description="Mentions in the window.")
    expected: float = strawberry.field(description="Mentions that the window usually has.")
    ratio: float
    score: float = strawberry.field(description="How improbable that is; see docs/detection.md.")
    window_minutes: int
    history_minutes: int
    insufficient_history: bool = strawberry.field(
        description="The cold-start rule spoke: nothing to compare with."
    )
    reason: str
    formula: str
    terms: list[Term]
    authors: list[Author]
    examples: list[Example]
    drivers: Drivers = strawberry.field(
        description="What drives it; told when it opened, and again while it goes on."
    )
    campaigns: list[Announced] = strawberry.field(
        description="The announced campaigns that it falls into: the expectation has them in it."
    )
    severity: Severity | None = strawberry.field(description="Null where another tool set the level.")
    voices: list[Voice] = strawberry.field(
        description="Of the signals `notable`, `terms` and `story` alone: who weighs and spoke, uses the new "
        "words or copied the story, the largest audience first."
    )
    arrived: Arrived | None = strawberry.field(description="Of the signals `terms` and `story` alone.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Evidence:
        drivers = Drivers.of(data.get("drivers", {}))
        return cls(
            observed=data.get("observed", 0.0),
            expected=data.get("expected", 0.0),
            ratio=data.get("ratio", 0.0),
            score=data.get("score", 0.0),
            window_minutes=data.get("window_minutes", 0),
            history_minutes=data.get("history_minutes", 0),
            insufficient_history=data.get("insufficient_history", False),
            reason=data.get("reason", ""),
            formula=data.get("formula", ""),
            terms=drivers.terms,
            authors=drivers.authors,
            examples=drivers.examples,
            drivers=drivers,
            campaigns=[Announced.of(one) for one in data.get("campaigns", [])],
            severity=Severity.of(data["severity"]) if "severity" in data else None,
            voices=[Voice.of(one) for one in data.get("voices", []) if one.get("at")],
            arrived=Arrived.of(data["arrived"], data.get("past", {})) if "arrived" in data else None,
        )


@strawberry.type(description="What another tool said, where the alert came from one.")
class Tool:
    source: str
    key: str = strawberry.field(description="What is sent again with it is the same alert.")
    url: str
    labels: list[str] = strawberry.field(description="`name: value`, by name.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tool:
        labels = [f"{name}: {value}" for name, value in sorted(data.get("labels", {}).items())]
        return cls(
            source=data.get("source", ""), key=data.get("key", ""), url=data.get("url", ""), labels=labels
        )


@strawberry.type(description="The alert's way up through the levels of its policy.")
class Escalation:
    state: str
    step: int
    due_at: datetime
    stored_trouble: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: page.Escalation) -> Escalation:
        return shape(cls, row, stored_trouble=row.trouble)

    @strawberry.field(description="Why nobody could be paged, where that is so, in the reader's language.")
    def trouble(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_trouble, info.context.language) if self.stored_trouble else None


@strawberry.type(description="One try to reach one person.")
class Page:
    id: strawberry.ID
    channel: str
    step: int
    state: str
    created_at: datetime
    sent_at: datetime | None
    member_id: strawberry.Private[int]
    stored_reason: strawberry.Private[str]
    stored_error: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: page.Page) -> Page:
        return shape(cls, row, stored_reason=row.reason, stored_error=row.error)

    @strawberry.field(description="Why this person, in the reader's language.")
    def reason(self, info: Info) -> str:
        return PHRASES.told(self.stored_reason, info.context.language)

    @strawberry.field(description="Why it did not leave, or not yet, in the reader's language.")
    def error(self, info: Info) -> str | None:
        return PHRASES.told(self.stored_error, info.context.language) if self.stored_error else None

    @strawberry.field
    async def person(self, info: Info) -> Person:
        return await known_person(info, self.member_id)


@strawberry.type(description="A detector's claim that a signal left its normal range.")
class Alert:
    id: strawberry.ID
    signal: str
    level: str
    title: str
    state: str
    wakes: bool = strawberry.field(
        description="Whether it pages people and belongs in an incident; otherwise it only informs."
    )
    since: datetime
    opened_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    evidence: Evidence
    tool: Tool | None = strawberry.field(description="Null: our own detector spoke; else it has no figures.")
    brand_id: strawberry.Private[int]
    monitor_id: strawberry.Private[int | None]
    acknowledger_id: strawberry.Private[int | None]
    found: strawberry.Private[Mapping[str, Any]]

    @classmethod
    def of(cls, row: alert.Alert) -> Alert:
        return shape(
            cls,
            row,
            wakes=row.pages,
            evidence=Evidence.of(row.evidence),
            tool=Tool.of(row.evidence["tool"]) if "tool" in row.evidence else None,
            acknowledger_id=row.acknowledged_by,
            found=row.evidence,
        )

    @strawberry.field(description="Whom it is about and what changed, in the reader's language.")
    async def headline(self, info: Info) -> str:
        return (await told(info, self, self.found))[0]

    @strawberry.field(description="What changed against normal, in the reader's language.")
    async def reason(self, info: Info) -> str:
        return (await told(info, self, self.found))[1]

    @strawberry.field
    async def brand(self, info: Info) -> Brand:
        return await brand(info, self.brand_id)

    @strawberry.field
    async def acknowledged_by(self, info: Info) -> Person | None:
        return await person(info, self.acknowledger_id)

    @strawberry.field
    async def escalation(self, info: Info) -> Escalation | None:
        row = await info.context.loaders.escalation_of_alert.load(int(self.id))
        return Escalation.of(row) if row is not None else None

    @strawberry.field(description="Its newest claim, computed again from the stored minutes.")
    async def recomputed(self, info: Info) -> Annotated[Recomputation, strawberry.lazy("api.backtests")]:
        from api.backtests import Recomputation

        require_house(info.context.viewer)
        async with info.context.read(cost=50) as session:
            return Recomputation.of(await again(session, await session.get_one(alert.Alert, int(self.id))))

    @strawberry.field(description="What somebody said of it: that it was no crisis.")
    async def mark(self, info: Info) -> Annotated[DetectorMark, strawberry.lazy("api.feedback")] | None:
        from api.feedback import DetectorMark

        require_house(info.context.viewer)
        async with info.context.read() as session:
            row = await mark_of(session, int(self.id))
        return DetectorMark.of(row) if row is not None else None

    @strawberry.field(
        description="Its signal with the band in which it usually is, from six hours before the onset to six "
        "hours after the end, three days at most. Null for what is no series of counts."
    )
    async def curve(self, info: Info) -> Annotated[BandCurve, strawberry.lazy("api.backtests")] | None:
        from api.backtests import alert_curve

        require_house(info.context.viewer)
        return await alert_curve(info, int(self.id))

    @strawberry.field(description="Who was paged, when and why, oldest first.")
    async def pages(self, info: Info) -> list[Page]:
        query = select(page.Page).where(page.Page.alert_id == int(self.id)).order_by(page.Page.id)
        async with info.context.read() as session:
            rows = (await session.execute(query)).scalars().all()
        return [Page.of(row) for row in rows]

    @strawberry.field
    async def incident(self, info: Info) -> Annotated[Incident, strawberry.lazy("api.incidents")] | None:
        from api.incidents import Incident

        link = await info.context.loaders.incident_of_alert.load(int(self.id))
        if link is None:
            return None
        row = await info.context.loaders.incident.load(link.incident_id)
        return Incident.of(row) if row is not None else None


async def told(info: Info, row: alert.Alert | Alert, evidence: Mapping[str, Any]) -> tuple[str, str]:
    """Headline and reason in the reader's language."""
    brand_row = await info.context.loaders.brand.load(row.brand_id)
    assert brand_row is not None  # a foreign key led here
    listens = await info.context.loaders.monitor.load(row.monitor_id) if row.monitor_id is not None else None
    name = listens.about(brand_row.name) if listens is not None else brand_row.name
    claim = compose.Claim(name, row.level, row.signal, row.title, row.since, evidence)
    return compose.told(claim, info.context.language)


@strawberry.type(description="As much of an alert as its acknowledge link shows.")
class LinkAlert:
    title: str
    brand: str
    level: str
    since: datetime
    observed: float
    expected: float
    ratio: float
    reason: str
    incident_number: strawberry.ID | None


@strawberry.type(
    description="What an acknowledge link can still do: ready, used, expired, acknowledged, invalid."
)
class AcknowledgeLink:
    state: str
    person_name: str
    acknowledged_by: str | None
    others: int = strawberry.field(description="How many more alerts its message stood for.")
    confidential: bool = strawberry.field(description="There is an alert, and not a word of it is shown.")
    dismissable: bool = strawberry.field(description="Whether whom it was for may close it as no crisis.")
    alert: LinkAlert | None = strawberry.field(description="Only while the link is ready.")


async def _link(info: Info, view: acknowledge.LinkView) -> AcknowledgeLink:
    return AcknowledgeLink(
        state=view.state,
        person_name=view.person_name,
        acknowledged_by=view.acknowledged_by,
        others=view.others,
        confidential=view.hushed,
        dismissable=view.dismissable,
        alert=await _link_alert(info, view.alert) if view.alert is not None and not view.hushed else None,
    )


async def _link_alert(info: Info, row: alert.Alert) -> LinkAlert:
    brand_row = await info.context.loaders.brand.load(row.brand_id)
    link = await info.context.loaders.incident_of_alert.load(row.id)
    assert brand_row is not None
    headline, reason = await told(info, row, row.evidence)
    return LinkAlert(
        title=headline,
        brand=brand_row.name,
        level=row.level,
        since=row.since,
        observed=row.evidence.get("observed", 0.0),
        expected=row.evidence.get("expected", 0.0),
        ratio=row.evidence.get("ratio", 0.0),
        reason=reason,
        incident_number=strawberry.ID(str(link.incident_id)) if link is not None else None,
    )


AlertResult = Annotated[Alert | Problem, strawberry.union("AlertResult")]
AcknowledgeResult = Annotated[AcknowledgeLink | Problem, strawberry.union("AcknowledgeResult")]


@strawberry.type
class AlertingQuery:
    @strawberry.field(description="Newest first.")
    async def alerts(
        self, info: Info, brand_id: strawberry.ID | None = None, unended: bool = False, limit: int = 50
    ) -> list[Alert]:
        key = number(brand_id, "brand") if brand_id is not None else None
        async with info.context.read() as session:
            rows = await access.list_alerts(
                session, info.context.viewer, brand_id=key, unended=unended, limit=limit
            )
        return [Alert.of(row) for row in rows]

    @strawberry.field(description="Null when there is none, or the asker may not know of it.")
    async def alert(self, info: Info, id: strawberry.ID) -> Alert | None:
        try:
            async with info.context.read() as session:
                return Alert.of(await access.get_alert(session, info.context.viewer, number(id, "alert")))
        except NotFound:
            return None

    @strawberry.field(description="What is behind the link of a page. Needs no sign-in and changes nothing.")
    async def acknowledge_link(self, info: Info, token: str) -> AcknowledgeLink:
        context = info.context
        async with context.read() as session:
            view = await acknowledge.read_link(
                session, context.core.settings.signing_key, token, now=context.now
            )
        return await _link(info, view)


@strawberry.type
class AlertingMutation:
    @change(description="Stops the escalation: somebody has it.")
    async def acknowledge_alert(self, info: Info, id: strawberry.ID) -> AlertResult:
        async with info.context.change() as session:
            row = await acknowledge.acknowledge(
                session, info.context.responder, number(id, "alert"), now=info.context.now
            )
        return Alert.of(row)

    @change(description="The same by the link of a page: once, in time, without a sign-in.")
    async def acknowledge_by_link(self, info: Info, token: str) -> AcknowledgeResult:
        context = info.context
        async with context.change() as session:
            view = await acknowledge.acknowledge_by_link(
                session, context.core.settings.signing_key, token, now=context.now
            )
        return await _link(info, view)
