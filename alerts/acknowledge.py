"""Somebody has it: by a button when signed in, or by the link of a page without a sign-in.

Acknowledging an alert also covers the brand's other open alerts that are no worse: one crisis shows in
several signals, and whoever took it on must not be woken for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from alerts.access import get_alert
from alerts.alert import Alert
from alerts.escalation import LEVELS, rank
from alerts.links import read_token
from alerts.open import about
from alerts.page import AcknowledgeLink, Page
from alerts.stop import stop_escalation
from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Expired, Forbidden
from kit.events import record
from people.members import Member
from people.permissions import Viewer, require_responder
from people.signin import viewer_from


@dataclass(frozen=True)
class LinkView:
    """What an acknowledge link can still do, for the page behind it."""

    state: str
    """ready, used, expired, acknowledged (by somebody, in some other way), invalid."""
    person_name: str
    """Whom the page was for; empty when the link is invalid."""
    acknowledged_by: str | None
    alert: Alert | None
    """None exactly when the link is invalid."""


@dataclass(frozen=True)
class _Found:
    link: AcknowledgeLink
    page: Page
    alert: Alert
    member: Member


async def acknowledge(
    session: WriteSession, viewer: Viewer, alert_id: int, *, now: datetime, incident_id: int | None = None
) -> Alert:
    """Stop the escalation in the viewer's name. Conflict says who was first; one's own second try is fine."""
    alert = await get_alert(session, viewer, alert_id)
    require_responder(viewer)
    if await _take(session, viewer, [alert.id], now=now, incident_id=incident_id, by="button"):
        await _cover(session, viewer, alert, now=now, incident_id=incident_id, by="button")
    await session.refresh(alert)
    if alert.acknowledged_by != viewer.member_id:
        raise await _somebody_else(session, alert)
    return alert


async def read_link(session: ReadSession, key: str, token: str, *, now: datetime) -> LinkView:
    """What the link can still do. Changes nothing: mail scanners follow links."""
    found = await _find(session, key, token)
    if found is None:
        return LinkView("invalid", "", None, None)
    by = await _name(session, found.alert.acknowledged_by)
    return LinkView(_state(found, now), found.member.name, by, found.alert)


async def acknowledge_by_link(session: WriteSession, key: str, token: str, *, now: datetime) -> LinkView:
    """Stop the escalation in the name of the person whom the page was for.

    Expired: the link is not ours, too old, or the person has left. Conflict: it was used, or somebody else
    was first.
    """
    found = await _find(session, key, token)
    if found is None:
        raise Expired("This link is not one of ours, or it was cut off. Open it from the message again.")
    if not found.member.active:
        raise Forbidden(f"{found.member.name} has no active seat any more.")
    await _use(session, found, now)
    viewer = viewer_from(found.member)
    if not await _take(session, viewer, [found.alert.id], now=now, incident_id=None, by="link"):
        await session.refresh(found.alert)
        raise await _somebody_else(session, found.alert)
    await session.refresh(found.alert)
    await _cover(session, viewer, found.alert, now=now, incident_id=None, by="link")
    return LinkView("acknowledged", found.member.name, found.member.name, found.alert)


def _state(found: _Found, now: datetime) -> str:
    if found.link.used_at is not None:
        return "used"
    if found.alert.state != "open":
        return "acknowledged"
    if found.link.expires_at <= now or not found.member.active:
        return "expired"
    return "ready"


async def _find(session: ReadSession, key: str, token: str) -> _Found | None:
    try:
        link_id, page_id = read_token(key, token)
    except (Expired, KeyError, TypeError, ValueError):
        return None
    query = (
        select(AcknowledgeLink, Page, Alert, Member)
        .join(Page, Page.id == AcknowledgeLink.page_id)
        .join(Alert, Alert.id == Page.alert_id)
        .join(Member, Member.id == Page.member_id)
        .where(AcknowledgeLink.id == link_id, Page.id == page_id)
    )
    row = (await session.execute(query)).one_or_none()
    return _Found(*row) if row else None


async def _use(session: WriteSession, found: _Found, now: datetime) -> None:
    """Mark the link as used: the first one to do so goes on, every other one is told."""
    if found.link.expires_at <= now and found.link.used_at is None:
        raise Expired("This link is older than a day. Sign in to acknowledge the alert.")
    used = await session.execute(
        update(AcknowledgeLink)
        .where(AcknowledgeLink.id == found.link.id, AcknowledgeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(AcknowledgeLink.id)
        .execution_options(synchronize_session=False)
    )
    if used.scalar_one_or_none() is None:
        raise Conflict("This link was used already.")


async def _take(
    session: WriteSession,
    viewer: Viewer,
    alert_ids: Sequence[int],
    *,
    now: datetime,
    incident_id: int | None,
    by: str,
) -> bool:
    """Acknowledge those of the alerts that are open; False when none of them was."""
    taken = await session.execute(
        update(Alert)
        .where(Alert.id.in_(alert_ids), Alert.state == "open")
        .values(state="acknowledged", acknowledged_at=now, acknowledged_by=viewer.member_id)
        .returning(Alert)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    alerts = taken.scalars().all()
    for alert in alerts:
        record(
            session,
            "alert.acknowledged",
            at=now,
            actor=viewer.name,
            actor_id=viewer.member_id,
            incident_id=incident_id,
            **about(alert),
            by=by,
        )
        reason = f"{viewer.name} acknowledged the alert before this page went out."
        await stop_escalation(session, alert.id, state="acknowledged", reason=reason)
    ring_later(session, ALERTS)
    return bool(alerts)


async def _cover(
    session: WriteSession, viewer: Viewer, alert: Alert, *, now: datetime, incident_id: int | None, by: str
) -> None:
    """Acknowledge the brand's other unended alerts of this level or below."""
    no_worse = LEVELS[: rank(alert.level) + 1]
    query = (
        select(Alert.id)
        .where(Alert.brand_id == alert.brand_id, Alert.ended_at.is_(None))
        .where(Alert.state == "open", Alert.level.in_(no_worse), Alert.id != alert.id)
        .order_by(Alert.id)
    )
    others = (await session.scalars(query)).all()
    await _take(session, viewer, others, now=now, incident_id=incident_id, by=by)


async def _somebody_else(session: ReadSession, alert: Alert) -> Conflict:
    name = await _name(session, alert.acknowledged_by)
    if name is None:
        return Conflict("The alert is closed: nothing is left to acknowledge.")
    return Conflict(f"{name} has acknowledged the alert already.")


async def _name(session: ReadSession, member_id: int | None) -> str | None:
    if member_id is None:
        return None
    return await session.scalar(select(Member.name).where(Member.id == member_id))
