"""Opening an alert, raising its level, and starting the escalation that wakes somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import insert

from alerts.alert import Alert, rank_of
from alerts.chain.decision import decide
from alerts.claims import put_by
from alerts.escalation import COVERING, QUIET_MINUTES, Other, copied, joined_alert, raised
from alerts.families import OF_SIGNAL, family_of
from alerts.levels import LEVELS, rank
from alerts.page import Escalation, EscalationPolicy
from alerts.stop import release_held, stop_escalation
from kit.bell import ALERTS, ring_later
from kit.db import ReadSession, WriteSession
from kit.events import record
from people.organisations import Brand


class Stands(Exception):
    """Somebody else has opened an alert of that monitor and family meanwhile, which goes on."""

    def __init__(self, alert: Alert) -> None:
        super().__init__(f"alert {alert.id} stands")
        self.alert = alert


@dataclass(frozen=True)
class Claim:
    """What somebody says of a brand: a detector, or another tool."""

    brand_id: int
    monitor_id: int | None
    signal: str
    level: str
    title: str
    evidence: dict[str, Any]
    since: datetime
    pages: bool = True
    """One that does not page only informs: it covers no other alert, and none covers it."""


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
    """Store one claim, as `open_alerts` does several. Stands when there is such an alert by now."""
    claim = Claim(brand_id, monitor_id, signal, level, title, evidence, since, pages)
    [alert] = await open_alerts(session, [claim], now=now)
    return alert


async def open_alerts(session: WriteSession, claims: Sequence[Claim], *, now: datetime) -> list[Alert]:
    """Store claims of different brands, each with an escalation that is due now unless an alert covers it.

    `evidence["joined"]` is the id of the covering alert where there is one.
    """
    brand_ids = [claim.brand_id for claim in claims]
    assert len(set(brand_ids)) == len(brand_ids), "of one brand the second may be covered by the first"
    await lock_brands(session, brand_ids)
    others = await _others(session, brand_ids)
    alerts = [await _stored(session, claim, others.get(claim.brand_id, ()), now) for claim in claims]
    await session.flush()
    policies = await _policies(session, brand_ids)
    for alert in alerts:
        joined = alert.evidence["joined"]
        record(session, "alert.opened", at=now, **about(alert), joined=joined)
        if joined is None and alert.pages:
            _begin(session, alert, policies, now)
            await _replace(session, others.get(alert.brand_id, ()), alert, now)
        else:
            kind = "joined" if alert.pages else "informs"
            decide(session, kind, alert_id=alert.id, at=now, other=joined)
    ring_later(session, ALERTS)
    return alerts


async def _stored(session: WriteSession, claim: Claim, others: Sequence[Other], now: datetime) -> Alert:
    joined = joined_alert(claim.level, others) if claim.pages else None
    evidence = {**claim.evidence, "joined": joined}
    values = {**vars(claim), "evidence": evidence, "opened_at": now, "state": "open"}
    if claim.monitor_id is None:
        alert = Alert(**values)
        session.add(alert)
        return alert
    put = insert(Alert).values(values).on_conflict_do_nothing().returning(Alert)
    stored: Alert | None = await session.scalar(put)
    if stored is None:
        family = literal_column(OF_SIGNAL) == family_of(claim.signal)
        query = select(Alert).where(Alert.monitor_id == claim.monitor_id, family, Alert.ended_at.is_(None))
        raise Stands((await session.scalars(query)).one())
    return stored


async def raise_level(
    session: WriteSession,
    alert: Alert,
    *,
    level: str,
    title: str,
    evidence: dict[str, Any],
    now: datetime,
    signal: str | None = None,
) -> None:
    """Make an alert worse that is not closed, as `close.make_way` has found with the brand locked.

    It pages again where nobody has taken it on and nothing else covers it. What it claimed before is kept.
    `signal`: what leads by now, where that is another one.
    """
    await put_by(session, alert, now)
    before, alert.level, alert.title = alert.level, level, title
    alert.signal = signal or alert.signal
    others = await _others_of(session, alert.brand_id, but=alert.id)
    joined = joined_alert(level, others) if alert.pages else None
    alert.evidence = {**evidence, "joined": joined}
    record(session, "alert.raised", at=now, **about(alert), before=before)
    if joined is None and alert.state == "open" and alert.pages:
        await _start(session, alert, now)
        await _replace(session, others, alert, now)
    if level == LEVELS[-1]:
        await release_held(session, alert.id, now=now)
    ring_later(session, ALERTS)


async def hand_on(session: WriteSession, ended: Escalation, brand_id: int, *, now: datetime) -> bool:
    """The worst of the brand's open alerts that nobody has goes on ringing in the place of one that ended.

    It keeps the time of the next level; of one that has paged by itself also its own levels. False when there
    is none, and nobody has any of the brand's alerts either.
    """
    await lock_brands(session, [brand_id])
    others = await _others_of(session, brand_id, but=ended.alert_id)
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
    return _copy(await _policies(session, [brand_id]), brand_id, level)


Policies = Mapping[int | None, EscalationPolicy]
"""By brand; None: everybody's."""


async def _policies(session: ReadSession, brand_ids: Collection[int]) -> Policies:
    query = select(EscalationPolicy).where(
        EscalationPolicy.brand_id.in_(brand_ids) | EscalationPolicy.brand_id.is_(None)
    )
    rows = await session.scalars(query.order_by(EscalationPolicy.id.desc()))
    return {row.brand_id: row for row in rows}  # of several the oldest


def _copy(policies: Policies, brand_id: int, level: str) -> dict[str, Any]:
    policy = policies.get(brand_id) or policies.get(None)
    if policy is None:
        return copied({"name": "", "levels": [], "repeats": 0, "quiet_minutes": QUIET_MINUTES}, level)
    fields = ("name", "levels", "repeats", "quiet_minutes")
    return copied({name: getattr(policy, name) for name in fields}, level)


async def lock_brands(session: WriteSession, brand_ids: Collection[int]) -> None:
    """Two alerts of one brand that open at once take turns, so that only one of them pages.

    Who needs several of them locks in this order: brands, alerts, escalations, pages.
    """
    query = select(Brand.id).where(Brand.id.in_(brand_ids)).order_by(Brand.id)
    await session.execute(query.with_for_update(key_share=True))


async def _others(session: ReadSession, brand_ids: Collection[int]) -> dict[int, list[Other]]:
    """By brand its alerts that somebody is paged for, or has: of what is over, those that still ring."""
    query = (
        select(Alert.brand_id, Alert.id, Alert.level, Escalation.state, Alert.state)
        .join(Escalation, Escalation.alert_id == Alert.id)
        .where(Alert.brand_id.in_(brand_ids), Alert.state != "closed", Alert.pages)
        .where(Alert.ended_at.is_(None) | (Escalation.state == "running"))
        .where(Escalation.state.in_(COVERING))
    )
    found: dict[int, list[Other]] = {}
    for brand_id, alert_id, level, escalation, state in await session.execute(query):
        found.setdefault(brand_id, []).append(Other(alert_id, level, escalation, state))
    return found


async def _others_of(session: ReadSession, brand_id: int, *, but: int) -> Sequence[Other]:
    """Those of one brand, one of its alerts left out."""
    found = await _others(session, [brand_id])
    return [other for other in found.get(brand_id, ()) if other.alert_id != but]


async def _worst_left(session: ReadSession, brand_id: int, *, but: int) -> Alert | None:
    """The worst, then the oldest, of the brand's open alerts that nobody is paged for."""
    query = (
        select(Alert)
        .join(Escalation, Escalation.alert_id == Alert.id, isouter=True)
        .where(Alert.brand_id == brand_id, Alert.ended_at.is_(None), Alert.state == "open", Alert.pages)
        .where(Escalation.state.is_(None) | (Escalation.state == "stopped"), Alert.id != but)
        .order_by(rank_of(Alert).desc(), Alert.id)
        .limit(1)
    )
    return await session.scalar(query)


async def _escalation(session: ReadSession, alert_id: int) -> Escalation | None:
    return await session.scalar(select(Escalation).where(Escalation.alert_id == alert_id))


async def _start(session: WriteSession, alert: Alert, now: datetime) -> None:
    """Begin the escalation; go over to the levels of what is worse; begin again what had come to its end."""
    escalation = await _escalation(session, alert.id)
    if escalation is not None:
        _begin_again(session, escalation, alert, now)
    else:
        _begin(session, alert, await _policies(session, [alert.brand_id]), now)


def _begin(session: WriteSession, alert: Alert, policies: Policies, now: datetime) -> None:
    """An escalation that is due now, with a copy of the policy."""
    policy = _copy(policies, alert.brand_id, alert.level)
    session.add(Escalation(alert_id=alert.id, policy=policy, due_at=now, state="running", step=0))
    decide(session, "started", alert_id=alert.id, at=now, policy=policy["name"], severity=alert.level)


async def _replace(session: WriteSession, others: Sequence[Other], alert: Alert, now: datetime) -> None:
    """Those of the brand's lesser alerts stop: nobody is woken twice for one crisis."""
    for other in others:
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
