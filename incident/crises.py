"""What is known of a monitor's past: which stretches were a crisis, and which were called none.

An incident is a crisis when somebody took it on: it has a lead or somebody on it, or was declared by hand.
Every alert that pages opens one, so that its mere being there says nothing. It is one of the monitor when an
alert of the monitor's is in it that was not called no crisis, nor rang together with one that was, and it
begins with those. One that never had an alert, because people declared it, is one of all of the brand's
monitors. Somebody's "you missed this" is a crisis from that minute on for a day, or until an
alert opened more than an hour later that was called no crisis.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from alerts.alert import Alert
from alerts.backtest.verdict import EARLY, LATE, Known, Stretch
from alerts.feedback.marks import Mark
from incident.incident import Incident, IncidentAlert, Participant
from kit.db import ReadSession
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor

Refused = aliased(Alert)


async def known_of(session: ReadSession, monitor: Monitor, since: datetime, until: datetime) -> Known:
    """What people said of the stretch from `since` until before `until`, clipped to it."""
    first, end = minute_of(since), minute_of(until)
    refused, rang = await _refused(session, monitor, until)
    missed = await _missed(session, monitor, [one.begin for one in rang])
    crises = [*await _incidents(session, monitor, since, until), *missed]
    return Known(_within(crises, first, end), _within(refused, first, end), _within(rang, first, end))


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
    alerts = of_it.join(Alert, Alert.id == IncidentAlert.alert_id)
    refused = exists().where(
        Mark.alert_id == Refused.id, Mark.taken_back_at.is_(None),
        Refused.id.in_(of_it), Refused.monitor_id == Alert.monitor_id,
        or_(Alert.ended_at.is_(None), Refused.opened_at <= Alert.ended_at),
        or_(Refused.ended_at.is_(None), Refused.ended_at >= Alert.opened_at),
    )  # fmt: skip
    onset = alerts.with_only_columns(func.min(Alert.since)).where(~refused).scalar_subquery()
    stands = exists(alerts.where(Alert.monitor_id == monitor.id, ~refused))
    taken_on = or_(
        Incident.lead_id.is_not(None), exists().where(Participant.incident_id == Incident.id), ~exists(of_it)
    )
    query = (
        select(
            Incident.id,
            Incident.title,
            Incident.detected_at,
            onset,
            Incident.resolved_at,
            exists(alerts.where(refused)),
            ~exists(of_it),
        )
        .where(Incident.brand_id == monitor.brand_id, ~Incident.drill, taken_on, or_(stands, ~exists(of_it)))
        .where(
            Incident.detected_at < until, or_(Incident.resolved_at.is_(None), Incident.resolved_at > since)
        )
    )
    found = []
    for number, title, detected_at, began_at, resolved_at, in_part, declared in await session.execute(query):
        # its detection may have been the alert that was none
        begin = began_at if in_part else min(one for one in (detected_at, began_at) if one is not None)
        end = minute_of(resolved_at or until) + 1
        found.append(Stretch(minute_of(begin), end, f"#{number} {title}", inferred=not declared))
    return found


async def _missed(session: ReadSession, monitor: Monitor, rang: Sequence[int]) -> list[Stretch]:
    """`rang`: when alerts opened that were called no crisis; hours later that was of something else."""
    query = select(Mark.minute, Mark.note).where(
        Mark.monitor_id == monitor.id, Mark.kind == "missed", Mark.taken_back_at.is_(None)
    )
    return [
        Stretch(minute, min([minute + LATE, *(one for one in rang if one > minute + EARLY)]), note)
        for minute, note in await session.execute(query)
    ]


async def _refused(
    session: ReadSession, monitor: Monitor, until: datetime
) -> tuple[list[Stretch], list[Stretch]]:
    """Alerts that were called no crisis: from their onset until an hour after their end, and as they rang."""
    query = (
        select(Alert.since, Alert.opened_at, Alert.ended_at, Mark.note)
        .join(Mark, Mark.alert_id == Alert.id)
        .where(Mark.monitor_id == monitor.id, Mark.taken_back_at.is_(None))
    )
    near, rang = [], []
    for since, opened_at, ended_at, note in await session.execute(query):
        near.append(Stretch(minute_of(since), minute_of(ended_at or opened_at) + 60, note))
        begin = minute_of(opened_at)
        rang.append(Stretch(begin, max(begin, minute_of(ended_at or until)) + 1, note))
    return near, rang
