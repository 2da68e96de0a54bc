"""What else people answer to a page than that they have it: wake the next person, or this is no crisis."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from alerts.access import get_alert
from alerts.alert import Alert
from alerts.feedback.service import refused
from alerts.open import about, hand_on, lock_brands
from alerts.page import Escalation, Page
from alerts.paging.links import bundled_with, spend
from alerts.stop import stop_escalation
from alerts.wording.compose import one_line
from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid
from people.members import Member
from people.permissions import Viewer, require_responder
from people.signin import viewer_from
from people.telling import tell

LONGEST_REASON = 500


async def escalate_now(
    session: WriteSession, viewer: Viewer, alert_id: int, *, now: datetime, by: str = "button"
) -> Alert:
    """Let the next level be paged at once. Conflict when nobody is being paged about this alert any more."""
    alert = await get_alert(session, viewer, alert_id)
    require_responder(viewer)
    if not await _hurry(session, viewer, alert, now=now, by=by):
        raise Conflict("Nobody is being paged about this alert any more.")
    return alert


async def dismiss(
    session: WriteSession, viewer: Viewer, alert_id: int, reason: str, *, now: datetime, by: str = "button"
) -> Alert:
    """Close the alert as no crisis, with the reason on record. If it gets worse, it opens and pages anew."""
    alert = await get_alert(session, viewer, alert_id)
    if not await _close(session, viewer, alert, _checked(reason), now=now, by=by):
        raise Conflict("The alert is closed already.")
    return alert


async def escalate_by_link(session: WriteSession, key: str, token: str, *, now: datetime) -> None:
    """The same by the link of a page, in the name of whom it was for; the link is used up by it."""
    found = await spend(session, key, token, now=now)
    await escalate_page(session, found.page, found.member, now=now, by="link")


async def dismiss_by_link(session: WriteSession, key: str, token: str, reason: str, *, now: datetime) -> None:
    """Only the page's own alert: what else its message stood for has not been looked at. For responders."""
    checked = _checked(reason)
    found = await spend(session, key, token, now=now)
    viewer = viewer_from(found.member)
    if not await _close(session, viewer, found.alert, checked, now=now, by="link"):
        raise Conflict("The alert is closed already.")


async def escalate_page(session: WriteSession, page: Page, member: Member, *, now: datetime, by: str) -> None:
    """For the page's alert and those its message stood for. Conflict when none of them pages any more."""
    viewer = viewer_from(member)
    alerts = [await session.get_one(Alert, page.alert_id), *await bundled_with(session, page)]
    hurried = [await _hurry(session, viewer, alert, now=now, by=by) for alert in alerts]
    if not any(hurried):
        raise Conflict("Nobody is being paged about this alert any more.")


async def dismiss_page(
    session: WriteSession, page: Page, member: Member, reason: str, *, now: datetime, by: str
) -> None:
    """For the page's own alert. Invalid without a reason; Forbidden to executives; Conflict: it is closed."""
    alert = await session.get_one(Alert, page.alert_id)
    if not await _close(session, viewer_from(member), alert, _checked(reason), now=now, by=by):
        raise Conflict("The alert is closed already.")


async def newest_page(session: ReadSession, contact_id: int) -> Page | None:
    """The last message that went to this contact; a bundle is answered by the page that carried it."""
    query = (
        select(Page)
        .where(Page.contact_id == contact_id, Page.state == "sent", Page.bundle_id.is_(None))
        .order_by(Page.sent_at.desc(), Page.id.desc())
        .limit(1)
    )
    found: Page | None = await session.scalar(query)
    return found


async def _hurry(session: WriteSession, viewer: Viewer, alert: Alert, *, now: datetime, by: str) -> bool:
    hurried = await session.execute(
        update(Escalation)
        .where(Escalation.alert_id == alert.id, Escalation.state == "running")
        .values(due_at=now)
        .returning(Escalation.id)
        .execution_options(synchronize_session=False)
    )
    if alert.state != "open" or hurried.scalar_one_or_none() is None:
        return False
    tell(session, viewer, "alert.passed_on", now=now, **about(alert), by=by)
    ring_later(session, ALERTS)
    return True


async def _close(
    session: WriteSession, viewer: Viewer, alert: Alert, reason: str, *, now: datetime, by: str
) -> bool:
    require_responder(viewer)
    await lock_brands(session, [alert.brand_id])
    closed = await session.execute(
        update(Alert)
        .where(Alert.id == alert.id, Alert.state != "closed")
        .values(state="closed")
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    )
    if closed.scalar_one_or_none() is None:
        return False
    await session.refresh(alert)
    tell(session, viewer, "alert.dismissed", now=now, **about(alert), by=by, reason=reason)
    await refused(session, alert, reason, made_by=viewer.member_id, now=now)
    ring_later(session, ALERTS)
    words = f"{viewer.name} found that this is no crisis: {reason}"
    stopped = await stop_escalation(session, alert.id, state="stopped", reason=words)
    if stopped is not None:
        await hand_on(session, stopped, alert.brand_id, now=now)
    return True


def _checked(reason: str) -> str:
    found = one_line(reason, LONGEST_REASON)
    if not found:
        raise Invalid("Say in a few words why this is no crisis.", field="reason")
    return found
