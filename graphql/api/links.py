"""What the link of a page shows and does, once and without a sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry

from alerts import alert
from alerts.answering import acknowledge, answers
from alerts.wording import compose
from api.alerting import beside, told
from api.context import Info
from api.errors import Problem, change
from api.paging import Upcoming
from api.shape import shape
from incident.intake import leads, will_lead
from kit.db import ReadSession
from people.members import Member
from people.signin import viewer_from


@strawberry.type(description="As much of a campaign as an acknowledge link shows.")
class LinkCampaign:
    title: str
    ends_at: datetime
    brief: str
    link: str
    contact: str
    contact_id: strawberry.Private[int | None]

    @strawberry.field(description="Whom of the house to ask: their name.")
    async def contact_name(self, info: Info) -> str | None:
        row = await info.context.loaders.member.load(self.contact_id) if self.contact_id else None
        return row.name if row is not None else None


@strawberry.type(description="As much of an alert as its acknowledge link shows.")
class LinkAlert:
    brand: str
    level: str
    since: datetime
    observed: float
    expected: float
    ratio: float
    reason: str
    quotes: list[str] = strawberry.field(description="What people write: those of the message.")
    campaigns: list[LinkCampaign] = strawberry.field(description="The announced campaigns that run.")


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
    covers: bool = strawberry.field(
        description="Whether the brand's other alerts are acknowledged with it, or were."
    )
    leads: bool = strawberry.field(description="Whether whom it was for leads the incident.")
    will_lead: bool = strawberry.field(description="Whether they will once they have acknowledged.")
    awaited: list[str] = strawberry.field(
        description="Who must acknowledge, too, where it takes everybody: the paging goes on until then."
    )
    upcoming: Upcoming | None = strawberry.field(description="Only while the link is ready.")
    language: str | None = strawberry.field(description="Of whom it was for.")
    time_zone: str | None = strawberry.field(description="Of whom it was for.")
    headline: str | None = strawberry.field(description="Also after its use, until the link is a day old.")
    incident_number: strawberry.ID | None = strawberry.field(description="As long as the headline.")
    alert: LinkAlert | None = strawberry.field(description="Only while the link is ready.")


async def _link(info: Info, view: acknowledge.LinkView) -> AcknowledgeLink:
    """In the language of who is signed in, else of whom the page was for."""
    member = view.member
    shown = view.alert if not view.hushed else None
    language = member.language if member is not None and info.context.maybe_viewer is None else None
    headline, reason = await told(info, shown, shown.evidence, language) if shown is not None else (None, "")
    joined = await info.context.loaders.incident_of_alert.load(shown.id) if shown is not None else None
    return AcknowledgeLink(
        state=view.state,
        person_name=member.name if member is not None else "",
        acknowledged_by=view.acknowledged_by,
        others=view.others,
        confidential=view.hushed,
        dismissable=view.dismissable,
        covers=view.covers,
        leads=await _of_its_member(info, view, leads),
        will_lead=view.takes and await _of_its_member(info, view, will_lead),
        awaited=list(view.awaited),
        upcoming=Upcoming.of(view.upcoming),
        language=member.language if member is not None else None,
        time_zone=member.time_zone if member is not None else None,
        headline=headline,
        incident_number=strawberry.ID(str(joined.incident_id)) if joined is not None else None,
        alert=await _link_alert(info, view, shown, reason)
        if shown is not None and view.state == "ready"
        else None,
    )


async def _of_its_member(
    info: Info,
    view: acknowledge.LinkView,
    ask: Callable[[ReadSession, alert.Alert, Member], Awaitable[bool]],
) -> bool:
    if view.alert is None or view.member is None:
        return False
    async with info.context.read() as session:
        return await ask(session, view.alert, view.member)


async def _link_alert(info: Info, view: acknowledge.LinkView, row: alert.Alert, reason: str) -> LinkAlert:
    brand_row = await info.context.loaders.brand.load(row.brand_id)
    assert brand_row is not None
    assert view.member is not None
    viewer = viewer_from(view.member)
    campaigns = await beside(info, viewer, row.brand_id, {row.monitor_id}, row.since, row.ended_at)
    return LinkAlert(
        brand=brand_row.name,
        level=row.level,
        since=row.since,
        observed=row.evidence.get("observed", 0.0),
        expected=row.evidence.get("expected", 0.0),
        ratio=row.evidence.get("ratio", 0.0),
        reason=reason,
        quotes=list(compose.quotes(row.evidence)),
        campaigns=[shape(LinkCampaign, one) for one in campaigns],
    )


@strawberry.type(description="The link of a page has done its one deed.")
class LinkUsed:
    state: str


LinkUsedResult = Annotated[LinkUsed | Problem, strawberry.union("LinkUsedResult")]
AcknowledgeResult = Annotated[AcknowledgeLink | Problem, strawberry.union("AcknowledgeResult")]


@strawberry.type
class LinkQuery:
    @strawberry.field(description="What is behind the link of a page. Needs no sign-in and changes nothing.")
    async def acknowledge_link(self, info: Info, token: str) -> AcknowledgeLink:
        context = info.context
        async with context.read() as session:
            view = await acknowledge.read_link(
                session, context.core.settings.signing_key, token, now=context.now
            )
        return await _link(info, view)


@strawberry.type
class LinkMutation:
    @change(description="The same by the link of a page: once, in time, without a sign-in.")
    async def acknowledge_by_link(self, info: Info, token: str) -> AcknowledgeResult:
        context = info.context
        async with context.change() as session:
            view = await acknowledge.acknowledge_by_link(
                session, context.core.settings.signing_key, token, now=context.now
            )
        return await _link(info, view)

    @change(description="The same as escalateAlert by the link of a page, which is used up by it.")
    async def escalate_by_link(self, info: Info, token: str) -> LinkUsedResult:
        context = info.context
        async with context.change() as session:
            await answers.escalate_by_link(session, context.core.settings.signing_key, token, now=context.now)
        return LinkUsed(state="used")

    @change(description="The same as dismissAlert by the link of a page, which is used up by it.")
    async def dismiss_by_link(self, info: Info, token: str, reason: str) -> LinkUsedResult:
        context = info.context
        async with context.change() as session:
            await answers.dismiss_by_link(
                session, context.core.settings.signing_key, token, reason, now=context.now
            )
        return LinkUsed(state="used")
