"""Alerts with their evidence, and what is answered to one: it is had, passed on, or no crisis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import select

from alerts import access, alert, claims, page
from alerts.answering import acknowledge, answers
from alerts.campaigns import campaign
from alerts.campaigns.service import campaigns_beside
from alerts.explained.replay import again
from alerts.feedback.service import mark_of
from alerts.wording import compose
from api.context import Info
from api.errors import Problem, change, number, optional_number
from api.evidence import Evidence
from api.listening import Brand, brand
from api.paging import Escalation, Page
from api.people import Person, person
from api.shape import shape
from kit.errors import NotFound
from people.permissions import Viewer, require_house

if TYPE_CHECKING:
    from api.backtests import BandCurve, Recomputation
    from api.campaigns import Campaign
    from api.feedback import DetectorMark
    from api.incidents import Incident


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


@strawberry.type(description="What an alert claimed at one time: first, or when it rose.")
class AlertClaim:
    number: int = strawberry.field(description="1: the first; the last one is what the alert says now.")
    at: datetime
    level: str
    signal: str
    evidence: Evidence
    made: strawberry.Private[claims.Made]

    @classmethod
    def of(cls, row: claims.Made) -> AlertClaim:
        return shape(cls, row, evidence=Evidence.of(row.evidence), made=row)

    @strawberry.field(description="What changed against normal, in the reader's language.")
    def reason(self, info: Info) -> str:
        said = self.made
        claim = compose.Claim("", said.level, said.signal, said.title, said.alert.since, said.evidence)
        return compose.told(claim, info.context.language)[1]

    @strawberry.field(description="Computed again from what is stored.")
    async def recomputed(self, info: Info) -> Annotated[Recomputation, strawberry.lazy("api.backtests")]:
        from api.backtests import Recomputation

        require_house(info.context.viewer)
        async with info.context.read(cost=50) as session:
            found = await again(session, self.made.alert, self.made.number)
        return Recomputation.of(found, info.context.language)


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

    @strawberry.field(name="monitorId", description="Whose counts these are; null: another tool spoke.")
    async def counted_by(self) -> strawberry.ID | None:
        return strawberry.ID(str(self.monitor_id)) if self.monitor_id is not None else None

    @strawberry.field(description="The name of that monitor.")
    async def monitor_name(self, info: Info) -> str | None:
        loaders = info.context.loaders
        found = await loaders.monitor.load(self.monitor_id) if self.monitor_id is not None else None
        return found.name if found is not None else None

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
            return Recomputation.of(
                await again(session, await session.get_one(alert.Alert, int(self.id))), info.context.language
            )

    @strawberry.field(description="What it claimed first, then each time that it rose.")
    async def claims(self, info: Info) -> list[AlertClaim]:
        loaders, key = info.context.loaders, int(self.id)
        row, before = await loaders.alert.load(key), await loaders.claims_of_alert.load(key)
        assert row is not None
        return [AlertClaim.of(one) for one in claims.made(row, before)]

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

    @strawberry.field(description="The announced campaigns of its monitor that ran since, or had just ended.")
    async def campaigns(self, info: Info) -> list[Annotated[Campaign, strawberry.lazy("api.campaigns")]]:
        from api.campaigns import Campaign

        viewer, watched = info.context.viewer, {self.monitor_id}
        rows = await beside(info, viewer, self.brand_id, watched, self.since, self.ended_at)
        return [Campaign.of(row) for row in rows]

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


async def beside(
    info: Info,
    viewer: Viewer,
    brand_id: int,
    monitor_ids: Set[int | None],
    since: datetime,
    until: datetime | None,
) -> Sequence[campaign.Campaign]:
    """The announced campaigns of these monitors since then, as far as the viewer may know of them."""
    async with info.context.read() as session:
        return await campaigns_beside(
            session, viewer, brand_id, monitor_ids, since, until or info.context.now
        )


async def told(
    info: Info, row: alert.Alert | Alert, evidence: Mapping[str, Any], language: str | None = None
) -> tuple[str, str]:
    """Headline and reason in this language, else the reader's."""
    brand_row = await info.context.loaders.brand.load(row.brand_id)
    assert brand_row is not None  # a foreign key led here
    listens = await info.context.loaders.monitor.load(row.monitor_id) if row.monitor_id is not None else None
    name = listens.about(brand_row.name) if listens is not None else brand_row.name
    claim = compose.Claim(name, row.level, row.signal, row.title, row.since, evidence)
    return compose.told(claim, language or info.context.language)


AlertResult = Annotated[Alert | Problem, strawberry.union("AlertResult")]


@strawberry.type
class AlertingQuery:
    @strawberry.field(description="Newest first.")
    async def alerts(
        self, info: Info, brand_id: strawberry.ID | None = None, unended: bool = False, limit: int = 50
    ) -> list[Alert]:
        key = optional_number(brand_id, "brand")
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


@strawberry.type
class AlertingMutation:
    @change(description="Stops the escalation: somebody has it.")
    async def acknowledge_alert(self, info: Info, id: strawberry.ID) -> AlertResult:
        async with info.context.change() as session:
            row = await acknowledge.acknowledge(
                session, info.context.responder, number(id, "alert"), now=info.context.now
            )
        return Alert.of(row)

    @change(description="Let the next level of the policy be paged now.")
    async def escalate_alert(self, info: Info, id: strawberry.ID) -> AlertResult:
        async with info.context.change() as session:
            row = await answers.escalate_now(
                session, info.context.responder, number(id, "alert"), now=info.context.now
            )
        return Alert.of(row)

    @change(description="Close an alert as no crisis, with the reason on record.")
    async def dismiss_alert(self, info: Info, id: strawberry.ID, reason: str) -> AlertResult:
        async with info.context.change() as session:
            row = await answers.dismiss(
                session, info.context.responder, number(id, "alert"), reason, now=info.context.now
            )
        return Alert.of(row)
