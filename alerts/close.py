"""Alerts come to their end: the signal is back in its range, or their incident is resolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from alerts.alert import Alert
from alerts.open import about, hand_on
from alerts.page import Escalation
from alerts.stop import stop_escalation
from kit.bell import ALERTS, ring_later
from kit.db import WriteSession
from kit.events import record

REASON = "Its incident is resolved."


async def end_alert(session: WriteSession, alert: Alert, *, now: datetime, reason: str) -> None:
    """The detector takes its claim back. What people did about the alert stays as it is.

    Another alert of the brand that goes on, and that this one paged for, takes the escalation over.
    """
    alert.ended_at = now
    record(session, "alert.ended", at=now, **about(alert), reason=reason)
    stopped = await stop_escalation(
        session, alert.id, state="stopped", reason="The alert had ended before this page went out."
    )
    if stopped is not None:
        await hand_on(session, stopped, alert.brand_id)
    ring_later(session, ALERTS)


async def close_alerts(session: WriteSession, alert_ids: Sequence[int], *, now: datetime) -> int:
    """Close these alerts, stop their escalations and drop the pages that have not left.

    Closing again changes nothing. Returns how many alerts were closed now.
    """
    closed = await session.scalars(
        update(Alert)
        .where(Alert.id.in_(alert_ids), Alert.state != "closed")
        .values(state="closed")
        .returning(Alert)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    alerts = closed.all()
    for alert in alerts:
        await stop_escalation(session, alert.id, state="stopped", reason=REASON)
        record(session, "alert.closed", at=now, **about(alert), reason=REASON)
    await _rest_for_good(session, [alert.id for alert in alerts])
    ring_later(session, ALERTS)
    return len(alerts)


async def _rest_for_good(session: WriteSession, alert_ids: Sequence[int]) -> None:
    """One that had paged everybody in vain would begin again when the alert got worse."""
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "exhausted")
        .values(state="stopped")
        .execution_options(synchronize_session=False)
    )
