"""Alerts become incidents: each opens the one of its brand, or joins the one that is open.

1. Find alerts that belong to no incident yet, oldest first; not those that only inform.
2. Lock some; leave to the other worker what that one holds, or has dealt with meanwhile.
3. Join the open incident of each one's brand, or open one. The index lets one in; who comes second joins it.
4. Note what level of the alert the severity has taken in. Severity rises with alerts, never falls.
5. A joined alert whose level rose later raises the severity, once per rise: lowering it by hand holds.
6. Whoever acknowledged an alert leads its incident, while nobody does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select

from alerts.alert import Alert
from alerts.levels import rank
from incident.incident import Incident, IncidentAlert
from incident.opening import Opening, facts, open_for_brands
from incident.roles import make_lead
from incident.sweep import each, found, together
from incident.types import classify
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.events import record
from people.members import Member
from people.permissions import RESPONDERS

BATCH = 100
ATTEMPTS = 5
"""The open incident may be resolved between trying to open one and joining it."""


def due(_: Moment) -> Questions:
    """What the sweep has to do."""
    return _unassigned(), _risen(), _leaderless()


async def take_in_alerts(core: Core) -> int:
    """One round of the six steps; returns the number of rows worked off."""
    now = core.clock.now()

    async def take_in(session: WriteSession, alert_ids: Sequence[int]) -> int:
        return await _take_in(session, alert_ids, now)

    async def take_in_rise(session: WriteSession, alert_id: int) -> bool:
        return await _take_in_rise(session, alert_id, now)

    async def lead(session: WriteSession, incident_id: int) -> bool:
        return await _acknowledger_leads(session, incident_id, now)

    done = await together(core, "intake", await found(core, _unassigned(), BATCH), take_in)
    done += await each(core, "intake_rise", await found(core, _risen(), BATCH), take_in_rise)
    return done + await each(core, "intake_lead", await found(core, _leaderless(), BATCH), lead)


def _unassigned() -> Select[int]:
    taken = exists().where(IncidentAlert.alert_id == Alert.id)
    return select(Alert.id).where(Alert.state != "closed", Alert.pages, ~taken).order_by(Alert.id)


def _risen() -> Select[int]:
    """Alerts of open incidents whose level is not the one that was taken in."""
    return (
        select(Alert.id)
        .join(IncidentAlert, IncidentAlert.alert_id == Alert.id)
        .join(Incident, Incident.id == IncidentAlert.incident_id)
        .where(Incident.state == "open", Alert.level != IncidentAlert.level)
        .order_by(Alert.id)
    )


def _leaderless() -> Select[int]:
    """Open incidents without a lead, one of whose alerts somebody who can lead has acknowledged."""
    return select(Incident.id).where(
        Incident.state == "open", Incident.lead_id.is_(None), _first_acknowledger(Incident.id).exists()
    )


def _first_acknowledger(incident_id: Any) -> Select[Member]:
    return (
        select(Member)
        .join(Alert, Alert.acknowledged_by == Member.id)
        .join(IncidentAlert, IncidentAlert.alert_id == Alert.id)
        .where(IncidentAlert.incident_id == incident_id, Member.active, Member.role.in_(RESPONDERS))
        .order_by(Alert.acknowledged_at)
        .limit(1)
    )


async def leads(session: ReadSession, alert: Alert, member: Member) -> bool:
    """Whether the member leads the alert's incident, which is open."""
    incident = await _incident_of(session, alert)
    return incident is not None and incident.state == "open" and incident.lead_id == member.id


async def will_lead(session: ReadSession, alert: Alert, member: Member) -> bool:
    """Whether the member will by having the alert (step 6)."""
    incident = await _incident_of(session, alert)
    if incident is None:
        return alert.pages and alert.state != "closed" and member.role in RESPONDERS
    if incident.state != "open" or incident.lead_id is not None:
        return False
    first = await session.scalar(_first_acknowledger(incident.id))
    return member.role in RESPONDERS if first is None else first.id == member.id


async def _incident_of(session: ReadSession, alert: Alert) -> Incident | None:
    """The one that it belongs to, else the one that it will join."""
    own = select(Incident).join(IncidentAlert).where(IncidentAlert.alert_id == alert.id)
    found: Incident | None = await session.scalar(own)
    if found is None and alert.pages:
        found = await session.scalar(_open_incidents([alert.brand_id]))
    return found


async def _take_in(session: WriteSession, alert_ids: Sequence[int], now: datetime) -> int:
    locked = select(Alert).where(Alert.id.in_(alert_ids)).order_by(Alert.id).with_for_update(skip_locked=True)
    alerts = (await session.scalars(locked)).all()
    dealt_with = select(IncidentAlert.alert_id).where(IncidentAlert.alert_id.in_(alert_ids))
    known = set(await session.scalars(dealt_with))
    fresh = [alert for alert in alerts if alert.id not in known]
    incidents, openers = await _incidents(session, fresh, now)
    for alert in fresh:
        incident = incidents[alert.brand_id]
        session.add(
            IncidentAlert(alert_id=alert.id, incident_id=incident.id, level=alert.level, joined_at=now)
        )
        if alert.id in openers:
            _tell(session, incident, "incident.opened", now, alert_id=alert.id, **facts(incident))
        else:
            await _joined(session, incident, alert, now)
    return len(fresh)


async def _incidents(
    session: WriteSession, alerts: Sequence[Alert], now: datetime
) -> tuple[dict[int, Incident], set[int]]:
    """By brand its open incident, locked so that it stays open; and the ids of the alerts that opened one."""
    found: dict[int, Incident] = {}
    openers: set[int] = set()
    for _ in range(ATTEMPTS):
        # Joining first: an attempt to open uses up a number even when the index refuses it.
        first = {alert.brand_id: alert for alert in reversed(alerts) if alert.brand_id not in found}
        if first:
            found |= await _open_ones(session, list(first))
        missing = [alert for brand_id, alert in first.items() if brand_id not in found]
        if not missing:
            return found, openers
        opened = await open_for_brands(session, [_opening(alert) for alert in missing], now)
        found |= opened
        openers |= {alert.id for alert in missing if alert.brand_id in opened}
    raise RuntimeError("a brand has an open incident that cannot be joined")


async def _open_ones(session: WriteSession, brand_ids: Sequence[int]) -> dict[int, Incident]:
    rows = await session.scalars(_open_incidents(brand_ids).order_by(Incident.id).with_for_update())
    return {incident.brand_id: incident for incident in rows}


def _open_incidents(brand_ids: Sequence[int]) -> Select[Incident]:
    return select(Incident).where(
        Incident.brand_id.in_(brand_ids), Incident.state == "open", Incident.drill.is_(False)
    )


def _opening(alert: Alert) -> Opening:
    return Opening(
        brand_id=alert.brand_id,
        title=alert.title,
        type=classify(alert.evidence, alert.title),
        severity=alert.level,
        detected_at=alert.opened_at,
    )


async def _joined(session: WriteSession, incident: Incident, alert: Alert, now: datetime) -> None:
    _tell(
        session, incident, "incident.alert_joined", now,
        alert_id=alert.id, title=alert.title, level=alert.level,
    )  # fmt: skip
    await _raise_severity(session, incident, alert, now)


async def _take_in_rise(session: WriteSession, alert_id: int, now: datetime) -> bool:
    locked = select(IncidentAlert).where(IncidentAlert.alert_id == alert_id)
    link = (await session.execute(locked.with_for_update(skip_locked=True))).scalar_one_or_none()
    if link is None:
        return False
    alert = await session.get_one(Alert, alert_id)
    rose = rank(alert.level) > rank(link.level)
    link.level = alert.level
    if rose:
        incident = await session.get_one(Incident, link.incident_id, with_for_update=True)
        await _raise_severity(session, incident, alert, now)
    return True


async def _raise_severity(session: WriteSession, incident: Incident, alert: Alert, now: datetime) -> None:
    """Up to the alert's level; a severity that is as grave already stays."""
    before = incident.severity
    if incident.state == "open" and rank(alert.level) > rank(before):
        incident.severity = alert.level
        _tell(
            session, incident, "incident.severity_raised", now,
            before=before, after=alert.level, alert_id=alert.id, title=alert.title,
        )  # fmt: skip


async def _acknowledger_leads(session: WriteSession, incident_id: int, now: datetime) -> bool:
    incident = await session.get_one(Incident, incident_id)
    member = (await session.execute(_first_acknowledger(incident_id))).scalar_one_or_none()
    if member is None or incident.lead_id is not None or incident.state != "open":
        return False
    return await make_lead(session, incident, member, by=None, now=now)


def _tell(session: WriteSession, incident: Incident, kind: str, now: datetime, **data: Any) -> None:
    record(session, kind, at=now, incident_id=incident.id, brand_id=incident.brand_id, **data)
