"""Stopping an escalation: no further level, and the pages that have not left are dropped with the reason."""

from __future__ import annotations

from sqlalchemy import update

from alerts.page import Escalation, Page
from kit.db import WriteSession


async def stop_escalation(
    session: WriteSession, alert_id: int, *, state: str, reason: str
) -> Escalation | None:
    """Put a running escalation into `state` (acknowledged, stopped); None when none was running."""
    stopped = await session.execute(
        update(Escalation)
        .where(Escalation.alert_id == alert_id, Escalation.state == "running")
        .values(state=state, trouble=None)
        .returning(Escalation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found: Escalation | None = stopped.scalar_one_or_none()
    await drop_pages(session, alert_id, reason)
    return found


async def drop_pages(session: WriteSession, alert_id: int, reason: str) -> None:
    """Pages that wait to be sent will not be; one that is being sent just now is."""
    await session.execute(
        update(Page)
        .where(Page.alert_id == alert_id, Page.state == "due")
        .values(state="dropped", error=reason)
        .execution_options(synchronize_session=False)
    )
