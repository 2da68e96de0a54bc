"""Alerts come to their end: the signal is back in its range, or their incident is resolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, select, update

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.open import about, hand_on, lock_brands
from alerts.page import Escalation
from alerts.stop import stop_escalation
from kit.bell import ALERTS, ring_later
from kit.db import WriteSession
from kit.events import record

REASON = "Its incident is resolved."


async def end_alert(
    session: WriteSession, alert: Alert, *, now: datetime, reason: str, rings_on: bool = True
) -> None:
    """The detector takes its claim back. What people did about the alert stays as it is.

    Another alert of the brand that goes on, and that this one paged for, takes the escalation over. Is there
    none, and has nobody answered, it goes on ringing: the incident that it opened has nobody. It is stopped
    by whoever answers, or when the incident has a lead (`incident.quiet`). Not so (`rings_on`) where another
    tool says in so many words that it is over.
    """
    await lock_brands(session, [alert.brand_id])
    alert.ended_at = now
    record(session, "alert.ended", at=now, **about(alert), reason=reason)
    await session.flush()
    running = await _running(session, alert.id)
    if running is not None:
        goes_on = await hand_on(session, running, alert.brand_id, now=now)
        if goes_on or alert.state != "open" or not rings_on:
            why = "The alert had ended before this page went out."
            await stop_escalation(session, alert.id, state="stopped", reason=why)
        else:
            decide(session, "rings_on", alert_id=alert.id, at=now, step=running.step)
    ring_later(session, ALERTS)


async def make_way(session: WriteSession, alert: Alert, *, now: datetime) -> bool:
    """Whether what became worse is a new alert: somebody has closed this one, which ends.

    Otherwise it may be raised: brand and alert are locked, and whoever closes it now waits.
    """
    await lock_brands(session, [alert.brand_id])
    await session.refresh(alert, with_for_update={"key_share": True})
    if alert.state != "closed":
        return False
    await end_alert(session, alert, now=now, reason="It became worse after it was closed.")
    return True


async def _running(session: WriteSession, alert_id: int) -> Escalation | None:
    found: Escalation | None = await session.scalar(
        select(Escalation)
        .where(Escalation.alert_id == alert_id, Escalation.state == "running")
        .with_for_update()
    )
    return found


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
        decide(session, "closed", alert_id=alert.id, at=now)
        record(session, "alert.closed", at=now, **about(alert), reason=REASON)
    await _rest_for_good(session, [alert.id for alert in alerts])
    ring_later(session, ALERTS)
    return len(alerts)


async def _rest_for_good(session: WriteSession, alert_ids: Sequence[int]) -> None:
    """One that had paged everybody in vain would begin again when the alert got worse."""
    await session.execute(
        update(Escalation)
        .where(
            Escalation.alert_id.in_(alert_ids),
            Escalation.state.in_(("exhausted", "acknowledged", "reminding")),
        )
        .values(
            state=case((Escalation.state == "acknowledged", "acknowledged"), else_="stopped"), quiet_at=None
        )
        .execution_options(synchronize_session=False)
    )
