"""Two silences: an acknowledgement that nothing follows, and an alert that ended before anybody answered.

1. An acknowledged alert whose time has come: has anybody done anything in its incident since? Then look again
   when that is as long ago. If not, whoever has it is reminded; if still nothing happens, it rings again.
2. An alert that goes on ringing although its signal has ended stops as soon as its incident has a lead.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select

from alerts.alert import Alert
from alerts.audit.versions import may_run
from alerts.escalating.again import remind, ring_again
from alerts.escalation import quiet_for
from alerts.page import Escalation
from alerts.stop import stop_escalation
from incident.incident import Incident, IncidentAlert
from incident.sweep import each
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.events import Event

PART = "quiet"
BATCH = 100


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return _quiet(now), _ended_but_led()


def _quiet(now: Moment) -> Select[int]:
    return select(Escalation.id).where(
        Escalation.quiet_at <= now, Escalation.state.in_(("acknowledged", "reminding"))
    )


def _ended_but_led() -> Select[int]:
    return (
        select(Alert.id)
        .join(Escalation, Escalation.alert_id == Alert.id)
        .join(IncidentAlert, IncidentAlert.alert_id == Alert.id)
        .join(Incident, Incident.id == IncidentAlert.incident_id)
        .where(Escalation.state == "running", Alert.ended_at.is_not(None))
        .where(Incident.lead_id.is_not(None) | (Incident.state != "open"))
    )


async def look_after_quiet(core: Core) -> int:
    """One round of both; returns how many escalations were changed."""
    now = core.clock.now()

    async def look(session: WriteSession, escalation_id: int) -> bool:
        return await may_run(session, PART) and await _look(session, escalation_id, now)

    async def settle(session: WriteSession, alert_id: int) -> bool:
        reason = "The incident has a lead."
        return await stop_escalation(session, alert_id, state="stopped", reason=reason) is not None

    async with core.database.read() as session:
        quiet = (await session.scalars(_quiet(now).limit(BATCH))).all()
        led = (await session.scalars(_ended_but_led().limit(BATCH))).all()
    return await each(core, "quiet", quiet, look) + await each(core, "ended_but_led", led, settle)


async def _look(session: WriteSession, escalation_id: int, now: datetime) -> bool:
    own = select(Escalation).where(Escalation.id == escalation_id)
    its = select(Alert).where(Alert.id == own.with_only_columns(Escalation.alert_id).scalar_subquery())
    alert = await session.scalar(its.with_for_update(key_share=True))
    escalation = await session.scalar(own.with_for_update(skip_locked=True))
    if alert is None or escalation is None or escalation.quiet_at is None or escalation.quiet_at > now:
        return False
    quiet, incident = quiet_for(escalation.policy), await _incident(session, alert.id)
    over = alert.state != "acknowledged" or alert.ended_at is not None
    if over or quiet is None or (incident is not None and incident.state != "open"):
        escalation.quiet_at = None
        escalation.state = "acknowledged" if escalation.state == "reminding" else escalation.state
        return True
    busy_until = await _last_act(session, alert, incident) + quiet
    if busy_until > now:
        escalation.state, escalation.quiet_at = "acknowledged", busy_until
    elif escalation.state == "acknowledged":
        holders = {alert.acknowledged_by, incident.lead_id if incident else None} - {None}
        await remind(session, escalation, alert, [one for one in holders if one is not None], now=now)
    else:
        await ring_again(session, escalation, alert, now=now)
    return True


async def _incident(session: ReadSession, alert_id: int) -> Incident | None:
    query = select(Incident).join(IncidentAlert, IncidentAlert.incident_id == Incident.id)
    found: Incident | None = await session.scalar(query.where(IncidentAlert.alert_id == alert_id))
    return found


async def _last_act(session: ReadSession, alert: Alert, incident: Incident | None) -> datetime:
    """When somebody last did something in the incident; at first, when the alert was acknowledged."""
    assert alert.acknowledged_at is not None
    if incident is None:
        return alert.acknowledged_at
    query = select(func.max(Event.at)).where(
        Event.incident_id == incident.id, Event.actor_id.is_not(None), Event.at > alert.acknowledged_at
    )
    return max(alert.acknowledged_at, await session.scalar(query) or alert.acknowledged_at)
