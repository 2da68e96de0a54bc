"""Opening an alert, raising its level, and starting the escalation that wakes somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.escalation import COVERING, LEVELS, QUIET_MINUTES, Other, copied, joined_alert, raised, rank
from alerts.page import Escalation, EscalationPolicy
from alerts.stop import release_held, stop_escalation
from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.events import record
from people.organisations import Brand


async def open_alert(
    session: WriteSession,
    *,
    brand_id: int,
    monitor_id: int | None,
    signal: str,
    level: str,
    title: str,
    evidence: dict[str, Any],
    since: datetime,
    now: datetime,
    pages: bool = True,
) -> Alert:
    """Store the claim and, unless another alert of the brand covers it, an escalation that is due now.

    `evidence["joined"]` is the id of the covering alert where there is one. One that does not page only
    informs: it covers no other alert, and none covers it.
    """
    await _lock_brand(session, brand_id)
    joined = joined_alert(level, await _others(session, brand_id, but=None)) if pages else None
    alert = Alert(
        brand_id=brand_id,
        monitor_id=monitor_id,
        signal=signal,
        level=level,
        title=title,
        evidence={**evidence, "joined": joined},
        since=since,
        opened_at=now,
        state="open",
        pages=pages,
    )
    session.add(alert)
    await session.flush()
    record(session, "alert.opened", at=now, **about(alert), joined=joined)
    if joined is None and pages:
        await _start(session, alert, now)
    else:
        kind = "joined" if pages else "informs"
        decide(session, kind, alert_id=alert.id, at=now, other=joined)
    ring_later(session, ALERTS)
    return alert


async def raise_level(
    session: WriteSession, alert: Alert, *, level: str, title: str, evidence: dict[str, Any], now: datetime
) -> None:
    """Make an open alert worse; pages again where nobody has taken it on and nothing else covers it."""
    await _lock_brand(session, alert.brand_id)
    before, alert.level, alert.title = alert.level, level, title
    others = await _others(session, alert.brand_id, but=alert.id)
    joined = joined_alert(level, others) if alert.pages else None
    alert.evidence = {**evidence, "joined": joined}
    record(session, "alert.raised", at=now, **about(alert), before=before)
    if level == LEVELS[-1]:
        await release_held(session, alert.id, now=now)
    if joined is None and alert.state == "open" and alert.pages:
        await _start(session, alert, now)
    ring_later(session, ALERTS)


async def hand_on(session: WriteSession, ended: Escalation, brand_id: int, *, now: datetime) -> bool:
    """The worst of the brand's open alerts that nobody has goes on ringing in the place of one that ended.

    It keeps the time of the next level; of one that has paged by itself also its own levels. False when there
    is none, and nobody has any of the brand's alerts either.
    """
    await _lock_brand(session, brand_id)
    others = await _others(session, brand_id, but=ended.alert_id)
    worst = await _worst_left(session, brand_id, but=ended.alert_id)
    if worst is None or joined_alert(worst.level, others) is not None:
        return bool(others)
    escalation = await _escalation(session, worst.id)
    if escalation is None:
        escalation = Escalation(alert_id=worst.id, policy=ended.policy, step=ended.step)
        session.add(escalation)
    escalation.state, escalation.due_at = "running", ended.due_at
    decide(session, "took_over", alert_id=worst.id, at=now, step=escalation.step, other=ended.alert_id)
    return True


def about(alert: Alert) -> dict[str, Any]:
    """What every event about an alert says of it."""
    return {
        "brand_id": alert.brand_id,
        "alert_id": alert.id,
        "title": alert.title,
        "level": alert.level,
        "signal": alert.signal,
    }


async def snapshot(session: ReadSession, brand_id: int, level: str) -> dict[str, Any]:
    """A copy of the brand's own policy, or of everybody's, as it is for alerts of this level.

    Where there is none, it has the last level alone.
    """
    query = (
        select(EscalationPolicy)
        .where((EscalationPolicy.brand_id == brand_id) | EscalationPolicy.brand_id.is_(None))
        .order_by(EscalationPolicy.brand_id.nulls_last(), EscalationPolicy.id)
        .limit(1)
    )
    policy = await session.scalar(query)
    if policy is None:
        return copied({"name": "", "levels": [], "repeats": 0, "quiet_minutes": QUIET_MINUTES}, level)
    fields = ("name", "levels", "repeats", "quiet_minutes")
    return copied({name: getattr(policy, name) for name in fields}, level)


async def _lock_brand(session: WriteSession, brand_id: int) -> None:
    """Two alerts of one brand that open at once take turns, so that only one of them pages."""
    await session.execute(select(Brand.id).where(Brand.id == brand_id).with_for_update(key_share=True))


async def _others(session: ReadSession, brand_id: int, *, but: int | None) -> Sequence[Other]:
    """The brand's other alerts that somebody is paged for, or has: of what is over, those that still ring."""
    query = (
        select(Alert.id, Alert.level, Escalation.state, Alert.state)
        .join(Escalation, Escalation.alert_id == Alert.id)
        .where(Alert.brand_id == brand_id, Alert.state != "closed", Alert.pages)
        .where(Alert.ended_at.is_(None) | (Escalation.state == "running"))
        .where(Escalation.state.in_(COVERING))
    )
    rows = (await session.execute(query)).all()
    return [Other(*row) for row in rows if row[0] != but]


async def _worst_left(session: ReadSession, brand_id: int, *, but: int) -> Alert | None:
    """The worst, then the newest, of the brand's open alerts that nobody is paged for."""
    query = (
        select(Alert)
        .join(Escalation, Escalation.alert_id == Alert.id, isouter=True)
        .where(Alert.brand_id == brand_id, Alert.ended_at.is_(None), Alert.state == "open", Alert.pages)
        .where(Escalation.state.is_(None) | (Escalation.state == "stopped"), Alert.id != but)
        .order_by(case({"red": 2, "amber": 1}, value=Alert.level, else_=0).desc(), Alert.id)
        .limit(1)
    )
    return await session.scalar(query)


async def _escalation(session: ReadSession, alert_id: int) -> Escalation | None:
    return await session.scalar(select(Escalation).where(Escalation.alert_id == alert_id))


async def _start(session: WriteSession, alert: Alert, now: datetime) -> None:
    """Begin the escalation; go over to the levels of what is worse; begin again what had come to its end.

    Those of the brand's lesser alerts stop: nobody is woken twice for one crisis.
    """
    escalation = await _escalation(session, alert.id)
    if escalation is not None:
        _begin_again(session, escalation, alert, now)
    else:
        policy = await snapshot(session, alert.brand_id, alert.level)
        escalation = Escalation(alert_id=alert.id, policy=policy, due_at=now, state="running", step=0)
        session.add(escalation)
        decide(session, "started", alert_id=alert.id, at=now, policy=policy["name"], severity=alert.level)
    await session.flush()
    for other in await _others(session, alert.brand_id, but=alert.id):
        if other.escalation == "running" and rank(other.level) <= rank(alert.level):
            reason = f"Alert {alert.id} is worse and pages in its place."
            await stop_escalation(session, other.alert_id, state="stopped", reason=reason)
            decide(session, "replaced", alert_id=other.alert_id, at=now, other=alert.id)


def _begin_again(session: WriteSession, escalation: Escalation, alert: Alert, now: datetime) -> None:
    """It has become worse and nobody has answered: the levels for that, from the first one.

    One that runs, and has the same levels for what is worse, goes on as it is.
    """
    fresh = raised(escalation.policy, alert.level, escalation.step)
    if fresh is None and escalation.state == "running":
        return
    if fresh is not None:
        escalation.policy = fresh
    else:
        escalation.policy = {**escalation.policy, "began": escalation.step}
    escalation.state, escalation.due_at = "running", now
    decide(session, "raised", alert_id=alert.id, at=now, step=escalation.step, severity=alert.level)
