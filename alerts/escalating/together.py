"""A level at which everybody must acknowledge: one person's word is noted, the last one's counts for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.escalation import Level, Policy, policy_of
from alerts.open import about
from alerts.page import STANDING, Escalation, Page, PersonalAcknowledgement
from alerts.stop import drop_pages
from alerts.wording.sayings import sayings
from kit.db import ReadSession, WriteSession
from people.members import Member
from people.permissions import Viewer
from people.telling import tell

log = structlog.get_logger(__name__)


async def noted(
    session: WriteSession, viewer: Viewer, alert_ids: Collection[int], *, now: datetime
) -> set[int]:
    """Those of the alerts that still miss somebody else's acknowledgement when the viewer's is noted."""
    query = select(Escalation).where(Escalation.alert_id.in_(alert_ids), Escalation.state == "running")
    waiting = set()
    for escalation in await session.scalars(query):
        level = _level(escalation)
        if level is not None and level.everyone and await _note(session, viewer, escalation, now):
            waiting.add(escalation.alert_id)
    return waiting


async def missing(session: ReadSession, escalation: Escalation) -> Sequence[Member]:
    """Who was paged at the escalation's present level and has not acknowledged."""
    has_it = select(PersonalAcknowledgement.member_id).where(
        PersonalAcknowledgement.alert_id == escalation.alert_id
    )
    paged = select(Page.member_id).where(
        Page.alert_id == escalation.alert_id, Page.step == escalation.step, Page.state.in_(STANDING)
    )
    query = select(Member).where(Member.id.in_(paged), Member.id.not_in(has_it), Member.active)
    return (await session.scalars(query.order_by(Member.name))).all()


async def others_awaited(session: ReadSession, alert_id: int, member_id: int) -> list[str]:
    """The names of those whose acknowledgement it takes beside this person's."""
    escalation = await running(session, alert_id)
    level = _level(escalation) if escalation is not None else None
    if escalation is None or level is None or not level.everyone:
        return []
    return [member.name for member in await missing(session, escalation) if member.id != member_id]


async def taken(session: ReadSession, page: Page, member: Member) -> str:
    """What whoever has just acknowledged by this page is told: the bell is silent, or whom it still takes."""
    said = sayings(member.language)
    awaited = await others_awaited(session, page.alert_id, member.id)
    return said.noted.format(names=", ".join(awaited)) if awaited else said.taken


async def running(session: ReadSession, alert_id: int) -> Escalation | None:
    """The alert's escalation, while somebody is being paged."""
    query = select(Escalation).where(Escalation.alert_id == alert_id, Escalation.state == "running")
    found: Escalation | None = await session.scalar(query)
    return found


def readable(escalation: Escalation) -> Policy | None:
    """The policy as it was copied; None where the copy cannot be read."""
    try:
        return policy_of(escalation.policy)
    except (KeyError, TypeError, ValueError):
        log.warning("escalation.unreadable", escalation=escalation.id)
        return None


def _level(escalation: Escalation) -> Level | None:
    """The level that was paged last; None where the policy's copy cannot be read: then one is enough."""
    policy = readable(escalation)
    return policy.level_of(escalation.step) if policy is not None and escalation.step else None


async def _note(session: WriteSession, viewer: Viewer, escalation: Escalation, now: datetime) -> bool:
    """Note the viewer's acknowledgement; whether somebody else's is still missing."""
    await session.execute(select(Escalation.id).where(Escalation.id == escalation.id).with_for_update())
    row = insert(PersonalAcknowledgement).values(
        alert_id=escalation.alert_id, member_id=viewer.member_id, at=now
    )
    fresh = row.on_conflict_do_nothing().returning(PersonalAcknowledgement.alert_id)
    new = (await session.execute(fresh)).scalar_one_or_none() is not None
    others = await missing(session, escalation)
    if others and new:
        await _tell(session, viewer, escalation, [one.name for one in others], now)
    return bool(others)


async def _tell(
    session: WriteSession, viewer: Viewer, escalation: Escalation, names: list[str], now: datetime
) -> None:
    alert = await session.get_one(Alert, escalation.alert_id)
    tell(session, viewer, "alert.acknowledged_in_part", now=now, **about(alert), missing=names)
    decide(
        session, "noted", alert_id=alert.id, at=now, step=escalation.step, member_id=viewer.member_id,
        person=viewer.name, names=names,
    )  # fmt: skip
    await drop_pages(
        session, Page.alert_id == alert.id, Page.member_id == viewer.member_id,
        reason=f"{viewer.name} acknowledged the alert before this page went out.",
    )  # fmt: skip
