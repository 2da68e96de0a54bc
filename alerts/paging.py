"""Writing the pages of one level: one for each contact that each person's rules name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.contacts.choosing import planned
from alerts.contacts.contact import Contact
from alerts.contacts.rules import Planned
from alerts.page import Page, PersonalAcknowledgement
from alerts.targets import Target
from kit.bell import enqueue_later
from kit.db import ReadSession, WriteSession


async def page_target(session: WriteSession, step: int, alert: Alert, target: Target, now: datetime) -> bool:
    """A page for each contact that the person's rules name; False when nothing new was written.

    Not to somebody who has acknowledged already, where it takes everybody; not twice into quiet hours.
    """
    about: dict[str, Any] = {"alert_id": alert.id, "member_id": target.member.id, "at": now, "step": step}
    if await session.get(PersonalAcknowledgement, (alert.id, target.member.id)) is not None:
        decide(session, "has_it", **about, person=target.member.name)
        return False
    decide(session, f"paged_{target.rule}", **about, person=target.member.name, name=target.name)
    written = False
    for contact, planned_one in await planned(session, target.member, alert.level, now):
        if planned_one.held and await _is_held(session, alert.id, contact.id, now):
            decide(session, "held_already", **about, person=target.member.name, channel=contact.channel)
            continue
        kind = "page_held" if planned_one.held else "page_due"
        due, channel = planned_one.due.isoformat(), contact.channel
        decide(session, kind, **about, person=target.member.name, channel=channel, time=due)
        page = _page(alert, step, target, contact, planned_one, now)
        session.add(page)
        await session.flush()
        written = True
        if planned_one.due <= now:
            enqueue_later(session, "deliver_page", page_id=page.id)
    return written


async def _is_held(session: ReadSession, alert_id: int, contact_id: int, now: datetime) -> bool:
    """Whether a page about this alert waits for the end of quiet hours at this contact already."""
    held = exists().where(
        Page.alert_id == alert_id, Page.contact_id == contact_id, Page.state == "due", Page.held_until > now
    )
    return bool(await session.scalar(select(held)))


def _page(
    alert: Alert, step: int, target: Target, contact: Contact, planned_one: Planned, now: datetime
) -> Page:
    return Page(
        alert_id=alert.id,
        member_id=target.member.id,
        contact_id=contact.id,
        channel=contact.channel,
        step=step,
        reason=f"{target.reason}, level {step}",
        # With the time of the claim: a database that was made anew counts its alerts from 1 again.
        key=f"{alert.id}.{alert.opened_at:%Y%m%d%H%M%S}.{target.member.id}.{contact.id}.{step}",
        state="due",
        due_at=planned_one.due,
        held_until=planned_one.due if planned_one.held else None,
        attempts=0,
        created_at=now,
    )
