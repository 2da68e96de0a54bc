"""Somebody has it: by a button when signed in, or by the link of a page without a sign-in.

Acknowledging an alert also covers the brand's other open alerts that are no worse: one crisis shows in
several signals, and whoever took it on must not be woken for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, literal, or_, select, union_all, update

from alerts.access import get_alert
from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.escalating.again import watch_over
from alerts.escalating.together import noted, others_awaited
from alerts.escalating.upcoming import Upcoming, upcoming
from alerts.hush import is_hushed
from alerts.levels import LEVELS, rank
from alerts.open import about
from alerts.page import Escalation, Page, PersonalAcknowledgement
from alerts.paging.links import Found, bundled_with, find, spend
from alerts.stop import stop_escalations
from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict
from people.members import Member
from people.permissions import Viewer, can_respond, require_responder
from people.signin import viewer_from
from people.telling import tell

AT_ONCE = 10
"""Alerts that one acknowledgement covers before it answers, beside those that ring."""


@dataclass(frozen=True)
class LinkView:
    """What an acknowledge link can still do, for the page behind it."""

    state: str
    """ready, used, expired, acknowledged (by somebody, in some other way), invalid."""
    member: Member | None = None
    """Whom the page was for; None when the link is invalid."""
    acknowledged_by: str | None = None
    alert: Alert | None = None
    """What it is about, while the link is ready; also after its use, while it would still have been."""
    others: int = 0
    """How many more alerts its message stood for."""
    hushed: bool = False
    """A confidential incident is open: the alert is there, but not a word of it may be shown."""
    dismissable: bool = False
    """Whether whom it was for may close it as no crisis."""
    takes: bool = False
    """Whether whom it was for has the alert, or will once they acknowledge."""
    awaited: Sequence[str] = ()
    """Who must acknowledge, too, where it takes everybody: the paging goes on until then."""
    upcoming: Upcoming | None = None
    """Who is paged next, while the link is ready."""
    covers: bool = False
    """Whether the brand's other alerts are acknowledged with it, or were."""


async def acknowledge(
    session: WriteSession, viewer: Viewer, alert_id: int, *, now: datetime, incident_id: int | None = None
) -> Alert:
    """Stop the escalation in the viewer's name. Conflict says who was first; one's own second try is fine."""
    alert = await get_alert(session, viewer, alert_id)
    require_responder(viewer)
    await _take_it(session, viewer, alert, now=now, incident_id=incident_id, by="button")
    return alert


async def read_link(session: ReadSession, key: str, token: str, *, now: datetime) -> LinkView:
    """What the link can still do. Changes nothing: mail scanners follow links."""
    found = await find(session, key, token)
    if found is None:
        return LinkView("invalid")
    alert, member = found.alert, found.member
    by = await _name(session, alert.acknowledged_by)
    state = _state(found, now, reminded=await _is_reminded(session, alert, member.id))
    if state not in ("ready", "used") or not found.stands(now):
        return LinkView(state, member, by)
    ready = state == "ready"
    others = await bundled_with(session, found.page) if ready else ()
    hushed = await is_hushed(session, {alert.brand_id, *(other.brand_id for other in others)})
    awaited = await _awaited(session, alert, member, ready=ready)
    takes = alert.state == "open" and not awaited if ready else alert.acknowledged_by == member.id
    return LinkView(
        state,
        member,
        by,
        alert,
        others=len(others),
        hushed=hushed,
        dismissable=ready and can_respond(viewer_from(member)),
        takes=takes,
        awaited=awaited,
        upcoming=await upcoming(session, alert.id) if ready else None,
        covers=takes and bool(await _covered(session, alert) if ready else await _taken_with(session, alert)),
    )


async def acknowledge_by_link(session: WriteSession, key: str, token: str, *, now: datetime) -> LinkView:
    """Stop the escalation in the name of the person whom the page was for.

    Expired: the link is not ours, too old, or the person has left. Conflict: it was used, or somebody else
    was first.
    """
    found = await spend(session, key, token, now=now)
    await acknowledge_page(session, found.page, found.member, now=now, by="link")
    return LinkView("acknowledged", found.member, found.member.name)


async def acknowledge_page(
    session: WriteSession, page: Page, member: Member, *, now: datetime, by: str
) -> Alert:
    """In the name of the person whom the page was for: its alert, and what else its message stood for.

    Conflict when somebody else was first, or nothing is left to acknowledge. `by`: link, sms, voice.
    """
    alert = await session.get_one(Alert, page.alert_id)
    viewer = viewer_from(member)
    others = [other.id for other in await bundled_with(session, page)]
    await _take_it(session, viewer, alert, others, now=now, incident_id=None, by=by)
    return alert


async def _take_it(
    session: WriteSession,
    viewer: Viewer,
    alert: Alert,
    others: Sequence[int] = (),
    *,
    now: datetime,
    incident_id: int | None,
    by: str,
) -> None:
    """The alert, what its message stood for, and, if it was open, what it covers. Conflict as above."""
    covered = await _covered(session, alert) if alert.state == "open" else []
    taken = await take(
        session, viewer, [alert.id, *others], covered=covered, now=now, incident_id=incident_id, by=by
    )
    for other in set(others) - taken:
        await _is_mine(session, viewer, await session.get_one(Alert, other), now=now)
    if alert.id in taken:
        return
    await session.refresh(alert)
    if not await _is_mine(session, viewer, alert, now=now):
        raise await _somebody_else(session, alert)


def _state(found: Found, now: datetime, *, reminded: bool) -> str:
    if found.link.used_at is not None:
        return "used"
    if found.alert.state != "open" and not reminded:
        return "acknowledged"
    if not found.stands(now):
        return "expired"
    return "ready"


async def take(
    session: WriteSession,
    viewer: Viewer,
    alert_ids: Sequence[int],
    *,
    covered: Sequence[int] = (),
    now: datetime,
    incident_id: int | None,
    by: str,
) -> set[int]:
    """Acknowledge those of the alerts that are open, and with them what they cover; which were.

    Where it takes everybody, this one's word is noted, and the alert stays open until the last one's.
    """
    locked = select(Alert.id).where(Alert.id.in_([*alert_ids, *covered])).order_by(Alert.id)
    await session.execute(locked.with_for_update(key_share=True))
    waiting = await noted(session, viewer, [*alert_ids, *covered], now=now)
    wanted = [*alert_ids, *(() if waiting.intersection(alert_ids) else covered)]
    taken = await session.execute(
        update(Alert)
        .where(Alert.id.in_([one for one in wanted if one not in waiting]), Alert.state == "open")
        .values(state="acknowledged", acknowledged_at=now, acknowledged_by=viewer.member_id)
        .returning(Alert)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    alerts = taken.scalars().all()
    for alert in alerts:
        tell(session, viewer, "alert.acknowledged", now=now, incident_id=incident_id, **about(alert), by=by)
        decide(
            session, "acknowledged", alert_id=alert.id, at=now, member_id=viewer.member_id, person=viewer.name
        )
    ids = [alert.id for alert in alerts]
    if ids:
        reason = f"{viewer.name} acknowledged the alert before this page went out."
        await stop_escalations(session, ids, state="acknowledged", reason=reason)
        await watch_over(session, ids, now=now)
    ring_later(session, ALERTS)
    return set(ids)


async def _is_mine(session: WriteSession, viewer: Viewer, alert: Alert, *, now: datetime) -> bool:
    """Whether the viewer has the alert, or has done their part of it.

    Who was reminded says by it: still on it.
    """
    if alert.state == "acknowledged" and await _is_reminded(session, alert, viewer.member_id):
        await watch_over(session, [alert.id], now=now)
        return True
    if alert.acknowledged_by == viewer.member_id:
        return True
    part = await session.get(PersonalAcknowledgement, (alert.id, viewer.member_id))
    return alert.state == "open" and part is not None


async def _is_reminded(session: ReadSession, alert: Alert, member_id: int) -> bool:
    """Whether this person is asked if anything happens: has the alert, or was paged about it as the lead."""
    asked = exists().where(
        Page.alert_id == alert.id, Page.member_id == member_id, Page.step == Escalation.step
    )
    query = exists().where(
        Escalation.alert_id == alert.id,
        Escalation.state == "reminding",
        or_(asked, literal(alert.acknowledged_by == member_id)),
    )
    return bool(await session.scalar(select(query)))


async def _covered(session: ReadSession, alert: Alert) -> list[int]:
    """The brand's other open alerts of this level or below: all that ring, and some that go on.

    Of very many the rest follows within a second (`alerts.answering.cover`).
    """
    no_worse = LEVELS[: rank(alert.level) + 1]
    query = select(Alert.id).where(
        Alert.brand_id == alert.brand_id,
        Alert.state == "open",
        Alert.level.in_(no_worse),
        Alert.id != alert.id,
    )
    rings = query.join(Escalation, Escalation.alert_id == Alert.id).where(Escalation.state == "running")
    some = query.where(Alert.ended_at.is_(None)).limit(AT_ONCE)
    found = await session.scalars(union_all(rings, select(some.subquery())))
    return list(dict.fromkeys(found))


async def _awaited(session: ReadSession, alert: Alert, member: Member, *, ready: bool) -> Sequence[str]:
    """As `LinkView.awaited`; nobody for who has used the link for another answer."""
    if ready or await session.get(PersonalAcknowledgement, (alert.id, member.id)) is not None:
        return await others_awaited(session, alert.id, member.id)
    return ()


async def _taken_with(session: ReadSession, alert: Alert) -> int | None:
    """One of the brand's alerts that the acknowledgement of this one took along."""
    query = select(Alert.id).where(
        Alert.brand_id == alert.brand_id,
        Alert.acknowledged_at == alert.acknowledged_at,
        Alert.acknowledged_by == alert.acknowledged_by,
        Alert.id != alert.id,
    )
    return await session.scalar(query.limit(1))


async def _somebody_else(session: ReadSession, alert: Alert) -> Conflict:
    name = await _name(session, alert.acknowledged_by)
    if name is None:
        return Conflict("The alert is closed: nothing is left to acknowledge.")
    return Conflict("{} has acknowledged the alert already.", name)


async def _name(session: ReadSession, member_id: int | None) -> str | None:
    if member_id is None:
        return None
    return await session.scalar(select(Member.name).where(Member.id == member_id))
