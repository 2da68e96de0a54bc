"""Stopping an escalation: no further level, and the pages that have not left are dropped with the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from alerts.page import Escalation, Page
from kit.db import WriteSession


async def stop_escalation(
    session: WriteSession, alert_id: int, *, state: str, reason: str
) -> Escalation | None:
    """Put a running escalation into `state` (acknowledged, stopped); None when none was running."""
    stopped = await stop_escalations(session, [alert_id], state=state, reason=reason)
    return stopped[0] if stopped else None


async def stop_escalations(
    session: WriteSession, alert_ids: Sequence[int], *, state: str, reason: str
) -> Sequence[Escalation]:
    """The same of several alerts at once; those that were running."""
    await lock_escalations(session, alert_ids)
    stopped = await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "running")
        .values(state=state, trouble=None)
        .returning(Escalation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = stopped.scalars().all()
    await drop_pages(session, Page.alert_id.in_(alert_ids), reason=reason)
    return found


async def lock_escalations(session: WriteSession, alert_ids: Collection[int]) -> None:
    """Before their pages: see `open.lock_brands`."""
    query = select(Escalation.id).where(Escalation.alert_id.in_(alert_ids)).order_by(Escalation.id)
    await session.execute(query.with_for_update(key_share=True))


async def lock_message(session: WriteSession, page_id: int) -> Page | None:
    """A page, locked after the escalations of all that its message stands for: so it may be failed."""
    together = select(Page.alert_id).where((Page.id == page_id) | (Page.bundle_id == page_id))
    await lock_escalations(session, set(await session.scalars(together)))
    return await session.get(Page, page_id, with_for_update=True)


async def drop_pages(session: WriteSession, *which: ColumnElement[bool], reason: str) -> None:
    """Of these pages those that wait to be sent will not be; one that is being sent just now is.

    Those of other alerts that waited in the message of one of them are due by themselves again.
    """
    dropped = await session.scalars(
        update(Page)
        .where(*which, Page.state.in_(("due", "bundled")))
        .values(state="dropped", error=reason, bundle_id=None)
        .returning(Page.id)
        .execution_options(synchronize_session=False)
    )
    if ids := dropped.all():
        await unbundle(session, ids)


async def unbundle(session: WriteSession, carriers: Sequence[int]) -> None:
    """What waited in these pages' messages, which will not leave, is due at the time it was due."""
    await session.execute(
        update(Page)
        .where(Page.bundle_id.in_(carriers), Page.state == "bundled")
        .values(state="due", bundle_id=None)
        .execution_options(synchronize_session=False)
    )


async def release_held(session: WriteSession, alert_id: int, *, now: datetime) -> None:
    """It has become red: what quiet hours held back of this alert is due now."""
    await session.execute(
        update(Page)
        .where(Page.alert_id == alert_id, Page.state == "due", Page.held_until > now)
        .values(due_at=now, held_until=None)
        .execution_options(synchronize_session=False)
    )
