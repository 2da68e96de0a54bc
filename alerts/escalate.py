"""Working off the escalations whose time has come.

1. Find a running escalation that is due, and lock its row; another worker takes another one.
2. Ask the policy's copy which level is next; none is left: the escalation is exhausted, loudly.
3. Find out who that level means right now, and write the due pages of each who can be reached.
4. Nobody can be reached: go on to the next level at once, in the same transaction.
5. Nobody in a whole round: page the last level, which every policy has. Nobody there either: say so loudly,
   and begin the next round in a minute.
6. Otherwise the row is due again when the level has had its time.

A row that cannot be worked off is put off with its trouble shown, and the others go on. When it failed
several times, its policy is not asked any more: the last level is paged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, exists, select, update

from alerts.alert import Alert
from alerts.audit import setbacks
from alerts.audit.versions import may_run
from alerts.chain.decision import decide
from alerts.escalation import Level, Policy, copied, plan, policy_of, round_ends
from alerts.open import about, snapshot
from alerts.page import Escalation, Page
from alerts.paging import page_target
from alerts.targets import Missed, Reach, reach
from kit.bell import ALERTS, ring_later
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.events import record

log = structlog.get_logger(__name__)

PART = "escalate"
NEXT_ROUND_AFTER = timedelta(minutes=1)
LIVE = ("due", "sending", "sent", "bundled")


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[Escalation]:
    return select(Escalation).where(Escalation.state == "running", Escalation.due_at <= now)


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
            if not await may_run(session, PART):
                return False
            escalation = await session.scalar(
                _due(now).order_by(Escalation.due_at).limit(1).with_for_update(skip_locked=True)
            )
            if escalation is None:
                return False
            escalation_id = escalation.id
            await _escalate(session, escalation, now)
            if escalation.failures:
                escalation.failures = 0
                await setbacks.recovered(session, PART, escalation.id)
    except Exception as error:
        if escalation_id is None:
            raise
        log.exception("escalation.put_off", escalation=escalation_id)
        await _put_off(core, escalation_id, error)
    return True


async def _escalate(session: WriteSession, escalation: Escalation, now: datetime) -> None:
    """Page the next level at which somebody can be reached, unless somebody has the alert already."""
    alert = await session.get_one(Alert, escalation.alert_id)
    if alert.state != "open":
        escalation.state = "acknowledged" if alert.state == "acknowledged" else "stopped"
        return
    await _refresh(session, escalation, alert)
    policy = policy_of(escalation.policy)
    reached = await _any_page(session, alert.id, policy.began + 1, ("sent",))
    missed: list[Missed] = []
    for _ in policy.levels or (policy.last,):
        level = plan(policy, escalation.step, reached=reached)
        if level is None:
            _exhausted(session, escalation, alert, now)
            return
        escalation.step += 1
        if await _page_level(session, escalation, alert, level, missed, now):
            return
    if policy.levels and policy.last is not None and level is not policy.last:
        _count_apart(escalation)
        if await _page_level(session, escalation, alert, policy.last, missed, now):
            return
    escalation.policy = {**escalation.policy, "began": escalation.step}
    _nobody(session, escalation, alert, " ".join(dict.fromkeys(one.sentence for one in missed)), now)


async def _refresh(session: WriteSession, escalation: Escalation, alert: Alert) -> None:
    """A policy that was made since, where there was none; the last level alone for one that is poison."""
    if escalation.failures >= setbacks.SET_ASIDE:
        unread = {"name": "", "levels": [], "repeats": 0}
        escalation.policy = {**copied(unread, alert.level), "began": escalation.step, "unread": True}
    elif not escalation.policy["levels"] and not escalation.policy.get("unread"):
        fresh = await snapshot(session, alert.brand_id, alert.level)
        if fresh["levels"]:
            escalation.policy = {**fresh, "began": escalation.step}


def _count_apart(escalation: Escalation) -> None:
    """The last level in between: the round after it begins at the first level all the same."""
    escalation.step += 1
    escalation.policy = {**escalation.policy, "began": int(escalation.policy.get("began", 0)) + 1}


async def _page_level(
    session: WriteSession,
    escalation: Escalation,
    alert: Alert,
    level: Level,
    missed: list[Missed],
    now: datetime,
) -> bool:
    """Page whom the level means right now; False when nobody of it can be reached."""
    found = await reach(session, level.targets, now)
    _tell_level(session, escalation, alert, level, found, now)
    if not found.targets:
        missed += found.missed or [Missed("no_target", "", f"Level {escalation.step} names nobody.")]
        return False
    await _page_all(session, escalation, alert, Reach(found.targets, [*missed, *found.missed]), now)
    escalation.due_at = now + level.wait
    return True


async def _page_all(
    session: WriteSession, escalation: Escalation, alert: Alert, found: Reach, now: datetime
) -> None:
    """Write the pages of one level; the log is told who is paged, and who up to here could not be.

    Who is held by quiet hours since an earlier round is neither paged nor told of again.
    """
    paged = [
        target.member.name
        for target in found.targets
        if await page_target(session, escalation.step, alert, target, now)
    ]
    if paged or found.missed:
        record(
            session,
            "alert.escalated",
            at=now,
            **about(alert),
            step=escalation.step,
            names=paged,
            unreachable=found.unreachable,
        )
    ring_later(session, ALERTS)


def _tell_level(
    session: WriteSession, escalation: Escalation, alert: Alert, level: Level, found: Reach, now: datetime
) -> None:
    """Record that the level was due, and each of its targets that cannot be paged."""
    policy, step = policy_of(escalation.policy), escalation.step
    place = _place(policy, step)
    kind = "last_level" if level == policy.last else "everyone_level" if level.everyone else "level"
    decide(
        session, kind, alert_id=alert.id, at=now, step=step,
        level=place + 1, levels=len(policy.levels), policy=str(escalation.policy.get("name", "")),
    )  # fmt: skip
    for one in found.missed:
        decide(
            session, one.kind, alert_id=alert.id, at=now, step=step, member_id=one.member_id, name=one.name
        )


def _place(policy: Policy, step: int) -> int:
    return (step - 1 - policy.began) % policy.pages % max(1, len(policy.levels)) if policy.pages else 0


def _exhausted(session: WriteSession, escalation: Escalation, alert: Alert, now: datetime) -> None:
    """Everyone was paged as often as agreed: people must see that nobody has answered."""
    escalation.state = "exhausted"
    escalation.trouble = f"Nobody acknowledged after {escalation.step} levels were paged."
    decide(session, "exhausted", alert_id=alert.id, at=now, step=escalation.step)
    record(session, "alert.exhausted", at=now, **about(alert), reason=escalation.trouble)


def _nobody(session: WriteSession, escalation: Escalation, alert: Alert, reason: str, now: datetime) -> None:
    """Nobody in a whole round: loud once per reason, and tried again in a minute."""
    if escalation.trouble != reason:
        decide(session, "nobody", alert_id=alert.id, at=now, step=escalation.step)
        record(session, "alert.nobody_paged", at=now, **about(alert), reason=reason)
    escalation.trouble = reason
    escalation.due_at = now + NEXT_ROUND_AFTER


async def _any_page(session: ReadSession, alert_id: int, from_step: int, states: tuple[str, ...]) -> bool:
    query = select(exists().where(Page.alert_id == alert_id, Page.step >= from_step, Page.state.in_(states)))
    return bool(await session.scalar(query))


async def _put_off(core: Core, escalation_id: int, error: Exception) -> None:
    failures = await setbacks.failed(core, PART, escalation_id, error)
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Escalation)
            .where(Escalation.id == escalation_id, Escalation.state == "running")
            .values(
                due_at=core.clock.now() + setbacks.put_off(failures),
                failures=failures,
                trouble="The escalation failed by an error of ours, which is in the worker's log.",
            )
        )
