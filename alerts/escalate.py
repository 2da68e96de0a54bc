"""Working off the escalations whose time has come.

1. Find a running escalation that is due, and lock its row; another worker takes another one.
2. Ask the policy's copy which level is next; none is left: the escalation is exhausted, loudly.
3. Find out who that level means right now, and write one due page for each who can be reached.
4. Nobody can be reached: go on to the next level at once, in the same transaction.
5. Nobody in a whole round: say so loudly, and begin the next round in a minute.
6. Otherwise the row is due again when the level has had its time.

A row that cannot be worked off is put off by a minute with its trouble shown, and the others go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select, update

from alerts.alert import Alert
from alerts.escalation import plan, policy_of, round_ends
from alerts.open import about, snapshot
from alerts.page import Escalation, Page
from alerts.targets import Reach, Target, reach
from kit.bell import ALERTS, enqueue_later, ring_later
from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.events import record

log = structlog.get_logger(__name__)

CHANNEL = "mail"
NEXT_ROUND_AFTER = timedelta(minutes=1)
PUT_OFF = timedelta(minutes=1)
LIVE = ("due", "sending", "sent")


async def escalate_due(core: Core) -> int:
    """Work off every escalation that is due now; returns how many were."""
    worked = 0
    while await _escalate_one(core):
        worked += 1
    return worked


async def go_on(session: WriteSession, alert_id: int, step: int, *, why: str, now: datetime) -> None:
    """The pages of this step have failed: unless one of its others lives, the next level is due at once."""
    escalation = await session.scalar(
        select(Escalation)
        .where(Escalation.alert_id == alert_id, Escalation.state == "running", Escalation.step == step)
        .with_for_update()
    )
    if escalation is None or await _any_page(session, alert_id, step, LIVE):
        return
    policy = policy_of(escalation.policy)
    escalation.due_at = now
    first = step - len(policy.levels) + 1
    if round_ends(policy, step) and not await _any_page(session, alert_id, first, LIVE):
        alert = await session.get_one(Alert, alert_id)
        reason = f"No page of the last round could be delivered: {why}"
        _nobody(session, escalation, alert, reason, now)
    ring_later(session, ALERTS)


async def _escalate_one(core: Core) -> bool:
    """Work off one row; False when none is due."""
    escalation_id = None
    try:
        async with core.database.unit_of_work() as session:
            now = core.clock.now()
            escalation = await session.scalar(
                select(Escalation)
                .where(Escalation.state == "running", Escalation.due_at <= now)
                .order_by(Escalation.due_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if escalation is None:
                return False
            escalation_id = escalation.id
            await _escalate(session, escalation, now)
    except Exception:
        if escalation_id is None:
            raise
        log.exception("escalation.put_off", escalation=escalation_id)
        await _put_off(core, escalation_id)
    return True


async def _escalate(session: WriteSession, escalation: Escalation, now: datetime) -> None:
    """Page the next level at which somebody can be reached, unless somebody has the alert already."""
    alert = await session.get_one(Alert, escalation.alert_id)
    if alert.state != "open":
        escalation.state = "acknowledged" if alert.state == "acknowledged" else "stopped"
        return
    if not escalation.policy["levels"]:
        escalation.policy = await snapshot(session, alert.brand_id)
    policy = policy_of(escalation.policy)
    reached = await _any_page(session, alert.id, 1, ("sent",))
    problems: list[str] = []
    for _ in policy.levels:
        level = plan(policy, escalation.step, reached=reached)
        if level is None:
            _exhausted(session, escalation, alert, now)
            return
        escalation.step += 1
        found = await reach(session, level.targets, now)
        problems += found.unreachable
        if found.targets:
            await _page_level(session, escalation, alert, Reach(found.targets, problems), now)
            escalation.due_at = now + level.wait
            return
        problems += [] if found.unreachable else [f"Level {escalation.step} names nobody."]
    _nobody(session, escalation, alert, " ".join(dict.fromkeys(problems)) or _NO_POLICY, now)


_NO_POLICY = "There is no escalation policy for this brand, and none for all brands."


async def _page_level(
    session: WriteSession, escalation: Escalation, alert: Alert, found: Reach, now: datetime
) -> None:
    """Write the pages of one level; the log is told who is paged, and who up to here could not be."""
    for target in found.targets:
        page = _page(alert, escalation.step, target, now)
        session.add(page)
        await session.flush()
        enqueue_later(session, "deliver_page", page_id=page.id)
    record(
        session,
        "alert.escalated",
        at=now,
        **about(alert),
        step=escalation.step,
        names=[target.member.name for target in found.targets],
        unreachable=found.unreachable,
    )
    ring_later(session, ALERTS)


def _page(alert: Alert, step: int, target: Target, now: datetime) -> Page:
    return Page(
        alert_id=alert.id,
        member_id=target.member.id,
        channel=CHANNEL,
        step=step,
        reason=f"{target.reason}, level {step}",
        # With the time of the claim: a database that was made anew counts its alerts from 1 again.
        key=f"{alert.id}.{alert.opened_at:%Y%m%d%H%M%S}.{target.member.id}.{CHANNEL}.{step}",
        state="due",
        due_at=now,
        attempts=0,
        created_at=now,
    )


def _exhausted(session: WriteSession, escalation: Escalation, alert: Alert, now: datetime) -> None:
    """Everyone was paged as often as agreed: people must see that nobody has answered."""
    escalation.state = "exhausted"
    escalation.trouble = f"Nobody acknowledged after {escalation.step} levels were paged."
    record(session, "alert.exhausted", at=now, **about(alert), reason=escalation.trouble)


def _nobody(session: WriteSession, escalation: Escalation, alert: Alert, reason: str, now: datetime) -> None:
    """Nobody in a whole round: loud once per reason, and tried again in a minute."""
    if escalation.trouble != reason:
        record(session, "alert.nobody_paged", at=now, **about(alert), reason=reason)
    escalation.trouble = reason
    escalation.due_at = now + NEXT_ROUND_AFTER


async def _any_page(session: ReadSession, alert_id: int, from_step: int, states: tuple[str, ...]) -> bool:
    query = select(exists().where(Page.alert_id == alert_id, Page.step >= from_step, Page.state.in_(states)))
    return bool(await session.scalar(query))


async def _put_off(core: Core, escalation_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Escalation)
            .where(Escalation.id == escalation_id, Escalation.state == "running")
            .values(
                due_at=core.clock.now() + PUT_OFF,
                trouble="The escalation failed by an error of ours, which is in the worker's log.",
            )
        )
