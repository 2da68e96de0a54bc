"""Saying that an alert was no crisis, or that there should have been one; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from alerts.access import get_alert
from alerts.alert import Alert
from alerts.backtest.past import beginning_of
from alerts.feedback.marks import Mark
from alerts.wording.compose import one_line
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions.counting.counts import minute_of
from mentions.monitors import get_monitor
from people.permissions import Viewer, require_house, require_responder
from people.telling import tell

LONGEST_NOTE = 500
NEAR = 60
"""Minutes within which a second "you missed this" means the same crisis."""

MOST = 200


async def mark_no_crisis(
    session: WriteSession, viewer: Viewer, alert_id: int, note: str, *, now: datetime
) -> Mark:
    """Say of an alert, open or long over, that it was no crisis. It stays as it is.

    Conflict when that was said already; Invalid without a reason, or of an alert that another tool raised.
    """
    require_responder(viewer)
    alert = await get_alert(session, viewer, alert_id)
    if alert.monitor_id is None:
        raise Invalid("Another tool raised this alert: there is no detector of ours to learn from it.")
    if not await refused(session, alert, _checked(note), made_by=viewer.member_id, now=now):
        raise Conflict("That was said of this alert already.")
    mark = (await session.scalars(_current().where(Mark.alert_id == alert_id))).one()
    tell(
        session,
        viewer,
        "detector.marked",
        now=now,
        monitor_id=alert.monitor_id,
        alert_id=alert.id,
        title=alert.title,
        note=mark.note,
    )
    return mark


async def refused(
    session: WriteSession, alert: Alert, note: str, *, made_by: int | None, now: datetime
) -> bool:
    """Note that the alert was no crisis, once; False when it was noted, or no detector of ours raised it."""
    if alert.monitor_id is None:
        return False
    fresh = insert(Mark).values(
        monitor_id=alert.monitor_id, kind="no_crisis", minute=minute_of(alert.since), alert_id=alert.id,
        note=note, made_by=made_by, made_at=now,
    )  # fmt: skip
    made = await session.scalar(fresh.on_conflict_do_nothing().returning(Mark.id))
    return made is not None


async def mark_missed(
    session: WriteSession, viewer: Viewer, monitor_id: int, at: datetime, note: str, *, now: datetime
) -> Mark:
    """Say that there should have been an alert at that time.

    Invalid: in the future, before the monitor was made and anything is stored of it, without a note.
    Conflict when somebody said so of the same hour.
    """
    require_responder(viewer)
    monitor = await get_monitor(session, viewer, monitor_id)
    if at.tzinfo is None or at > now:
        raise Invalid("It must have happened already.", field="at")
    minute = minute_of(at)
    if minute < await beginning_of(session, monitor):
        raise Invalid("Nothing was heard for this monitor at that time.", field="at")
    near = _current().where(Mark.monitor_id == monitor.id, Mark.kind == "missed")
    if await session.scalar(near.where(Mark.minute > minute - NEAR, Mark.minute < minute + NEAR).limit(1)):
        raise Conflict("Somebody has pointed this out already.")
    mark = Mark(
        monitor_id=monitor.id, kind="missed", minute=minute, note=_checked(note),
        made_by=viewer.member_id, made_at=now,
    )  # fmt: skip
    session.add(mark)
    await session.flush()
    tell(
        session,
        viewer,
        "detector.missed",
        now=now,
        monitor_id=monitor.id,
        name=monitor.name,
        since=at.isoformat(),
        note=mark.note,
    )
    return mark


async def take_back(session: WriteSession, viewer: Viewer, mark_id: int, *, now: datetime) -> Mark:
    """It was a crisis after all, or there was none; again changes nothing. NotFound when it was not said."""
    require_responder(viewer)
    mark = await session.get(Mark, mark_id, with_for_update=True)
    if mark is None:
        raise NotFound("There is no such mark.")
    if mark.taken_back_at is None:
        mark.taken_back_at = now
        tell(session, viewer, "detector.taken_back", now=now, monitor_id=mark.monitor_id, note=mark.note)
    return mark


async def marks_of(session: ReadSession, viewer: Viewer, monitor_id: int) -> Sequence[Mark]:
    """What holds of what was said of a monitor, newest first; Forbidden to partners."""
    require_house(viewer)
    query = _current().where(Mark.monitor_id == monitor_id).order_by(Mark.minute.desc(), Mark.id.desc())
    return (await session.scalars(query.limit(MOST))).all()


async def mark_of(session: ReadSession, alert_id: int) -> Mark | None:
    """That the alert was no crisis, where somebody said so."""
    found: Mark | None = await session.scalar(_current().where(Mark.alert_id == alert_id))
    return found


def _current() -> Select[Mark]:
    return select(Mark).where(Mark.taken_back_at.is_(None))


def _checked(note: str) -> str:
    found = one_line(note, LONGEST_NOTE)
    if not found:
        raise Invalid("Say in a few words what it was.", field="note")
    return found
