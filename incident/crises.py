"""What is known of a monitor's past: which stretches were a crisis, and which were called none.

An incident is a crisis when somebody took it on: it has a lead or somebody on it, or was declared by hand.
Every alert that pages opens one, so that its mere being there says nothing. It is one of the monitor when an
alert of the monitor's is in it that was not called no crisis; one that never had an alert, because people
declared it, is one of all of the brand's monitors. Somebody's "you missed this" is a crisis from that minute
on for a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from alerts.alert import Alert
from alerts.backtest.verdict import LATE, Known, Stretch
from alerts.feedback.marks import Mark
from incident.incident import Incident, IncidentAlert, Participant
from kit.db import ReadSession
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor


async def known_of(session: ReadSession, monitor: Monitor, since: datetime, until: datetime) -> Known:
    """What people said of the stretch from `since` until before `until`, clipped to it."""
    first, end = minute_of(since), minute_of(until)
    crises = [*await _incidents(session, monitor, since, until), *await _missed(session, monitor)]
    refused = await _refused(session, monitor)
    return Known(_within(crises, first, end), _within(refused, first, end))


def _within(stretches: Sequence[Stretch], first: int, end: int) -> tuple[Stretch, ...]:
    """Those that began in the stretch, in order."""
    found = [one for one in stretches if first <= one.begin < end]
    return tuple(sorted(found, key=lambda one: (one.begin, one.end)))


async def _incidents(
    session: ReadSession, monitor: Monitor, since: datetime, until: datetime
) -> list[Stretch]:
    """Incidents that were a crisis of the monitor's, from their onset to their end."""
    linked = select(IncidentAlert.alert_id).where(IncidentAlert.incident_id == Incident.id)
    of_it = linked.correlate(Incident)
    onset = select(func.min(Alert.since)).where(Alert.id.in_(of_it)).correlate(Incident).scalar_subquery()
    called_none = exists().where(Mark.alert_id == IncidentAlert.alert_id, Mark.taken_back_at.is_(None))
    own = of_it.join(Alert, Alert.id == IncidentAlert.alert_id).where(Alert.monitor_id == monitor.id)
    stands = exists(own.where(~called_none).correlate(Incident))
    taken_on = or_(
        Incident.lead_id.is_not(None), exists().where(Participant.incident_id == Incident.id), ~exists(of_it)
    )
    query = (
        select(Incident.id, Incident.title, Incident.detected_at, onset, Incident.resolved_at)
        .where(Incident.brand_id == monitor.brand_id, ~Incident.drill, taken_on, or_(stands, ~exists(of_it)))
        .where(
            Incident.detected_at < until, or_(Incident.resolved_at.is_(None), Incident.resolved_at > since)
        )
    )
    found = []
    for number, title, detected_at, began_at, resolved_at in await session.execute(query):
        begin = min(one for one in (detected_at, began_at) if one is not None)
        end = minute_of(resolved_at or until) + 1
        found.append(Stretch(minute_of(begin), end, f"#{number} {title}"))
    return found


async def _missed(session: ReadSession, monitor: Monitor) -> list[Stretch]:
    query = select(Mark.minute, Mark.note).where(
        Mark.monitor_id == monitor.id, Mark.kind == "missed", Mark.taken_back_at.is_(None)
    )
    return [Stretch(minute, minute + LATE, note) for minute, note in await session.execute(query)]


async def _refused(session: ReadSession, monitor: Monitor) -> list[Stretch]:
    """Alerts that were called no crisis, from their onset until they ended; at least an hour."""
    query = (
        select(Alert.since, Alert.opened_at, Alert.ended_at, Mark.note)
        .join(Mark, Mark.alert_id == Alert.id)
        .where(Mark.monitor_id == monitor.id, Mark.taken_back_at.is_(None))
    )
    return [
        Stretch(minute_of(since), minute_of(ended_at or opened_at) + 60, note)
        for since, opened_at, ended_at, note in await session.execute(query)
    ]
