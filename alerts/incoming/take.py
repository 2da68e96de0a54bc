"""From what tools have said to alerts of ours: opened, raised, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.audit import setbacks
from alerts.audit.versions import may_run
from alerts.close import end_alert
from alerts.escalation import rank
from alerts.incoming.source import AlertSource, IncomingAlert
from alerts.open import open_alert, raise_level
from kit.core import Core
from kit.db import WriteSession

log = structlog.get_logger(__name__)

PART = "incoming"
SIGNAL = "tool"
LEVELS = {"inform": "green", "amber": "amber", "red": "red"}
BATCH = 5
"""Alerts that one look takes up: between two, what is being escalated has its turn."""


async def take_in(core: Core) -> int:
    """Work off some of what is due; returns how many."""
    worked = 0
    while worked < BATCH and await _take_one(core):
        worked += 1
    return worked


async def _take_one(core: Core) -> bool:
    row_id = None
    try:
        async with core.database.unit_of_work() as session:
            if not await may_run(session, PART):
                return False
            row = await session.scalar(
                select(IncomingAlert)
                .where(IncomingAlert.due_at <= core.clock.now())
                .order_by(IncomingAlert.due_at, IncomingAlert.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return False
            row_id = row.id
            await _take(session, row, core.clock.now())
            row.due_at = None
            if row.failures:
                row.failures = 0
                await setbacks.recovered(session, PART, row.id)
    except Exception as error:
        if row_id is None:
            raise
        log.exception("incoming.put_off", incoming=row_id)
        await _put_off(core, row_id, error)
    return True


async def _take(session: WriteSession, row: IncomingAlert, now: datetime) -> None:
    source = await session.get_one(AlertSource, row.source_id)
    level, words = LEVELS[row.severity], evidence(row, source)
    if row.alert_id is None:
        # over before anybody looked: on record, and nobody is woken for it
        pages = row.severity != "inform" and row.ended_at is None
        alert = await open_alert(
            session, brand_id=row.brand_id, monitor_id=None, signal=SIGNAL, level=level, title=row.title,
            evidence=words, since=min(row.started_at, now), now=now, pages=pages,
        )  # fmt: skip
        row.alert_id = alert.id
    else:
        alert = await session.get_one(Alert, row.alert_id, with_for_update=True)
        if alert.ended_at is None and alert.state != "closed" and rank(level) > rank(alert.level):
            alert.pages = alert.pages or row.severity != "inform"
            await raise_level(session, alert, level=level, title=row.title, evidence=words, now=now)
    if row.ended_at is not None and alert.ended_at is None:
        reason = f"{source.name} says that it is over."
        await end_alert(session, alert, now=now, reason=reason, rings_on=False)


def evidence(row: IncomingAlert, source: AlertSource) -> dict[str, Any]:
    """What the tool said, in the place of a detector's figures."""
    return {
        "reason": row.text or row.title,
        "tool": {"source": source.name, "key": row.key, "url": row.url, "labels": row.labels},
    }


async def _put_off(core: Core, row_id: int, error: Exception) -> None:
    failures = await setbacks.failed(core, PART, row_id, error)
    wait: timedelta = setbacks.put_off(failures)
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(IncomingAlert)
            .where(IncomingAlert.id == row_id)
            .values(due_at=core.clock.now() + wait, failures=failures)
        )
