"""Alerts go silent: the incident that they belong to is resolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from alerts.alert import Alert
from alerts.page import Escalation, Page
from kit.db import WriteSession
from kit.events import record


async def close_alerts(session: WriteSession, alert_ids: Sequence[int], *, now: datetime) -> int:
    """Close these alerts, stop their escalations and drop the pages that have not left.

    Closing again changes nothing. Returns how many alerts were closed now.
    """
    closed = await session.execute(
        update(Alert)
        .where(Alert.id.in_(alert_ids), Alert.state != "closed")
        .values(state="closed")
        .returning(Alert.id, Alert.brand_id, Alert.title)
    )
    rows = closed.all()
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "running")
        .values(state="stopped")
    )
    await session.execute(
        update(Page).where(Page.alert_id.in_(alert_ids), Page.state == "due").values(state="dropped")
    )
    for alert_id, brand_id, title in rows:
        record(session, "alert.closed", at=now, brand_id=brand_id, alert_id=alert_id, title=title)
    return len(rows)
