"""Working off the escalations whose time has come.

1. Find running escalations that are due, and lock their rows; another worker takes others.
2. Ask each policy's copy which level is next; none is left: the escalation is exhausted, loudly.
3. Find out who that level means right now.
4. Nobody can be reached: go on to the next level at once, in the same transaction.
5. Nobody in a whole round: page the last level, which every policy has. Nobody there either: say so loudly,
   and begin the next round in a minute.
6. Otherwise the row is due again when the level has had its time. The pages of all rows are written together.

Where a row cannot be worked off, each of the unit is tried by itself: the one that fails again is put off
with its trouble shown, and the others go on. When it failed several times, its policy is not asked any more:
the last level is paged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, exists, select, update

from alerts.alert import Alert
from alerts.audit import setbacks
from alerts.audit.versions import may_run
from alerts.chain.decision import decide
from alerts.escalating.groups import responders
from alerts.escalating.targets import Known, Missed, Reach, Target, reach
from alerts.escalating.write import Wanted, page_all, page_everywhere
from alerts.escalation import Level, Policy, copied, plan, policy_of, round_ends
from alerts.open import about, snapshot
from alerts.page import STANDING, Escalation, Page
from kit.bell import ALERTS, ring_later
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession, passing
from kit.events import record
from people.departments import admins
from people.members import Member

log = structlog.get_logger(__name__)

PART = "escalate"
NEXT_ROUND_AFTER = timedelta(minutes=1)
BATCH = 25
"""Rows of one unit of work: who acknowledges one of them waits for the unit's end."""


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[Escalation]:
    return select(Escalation).where(Escalation.state == "running", Escalation.due_at <= now)


async def escalate_due(core: Core) -> int:
    """Work off every escalation that is due now; returns how many were."""
    worked = 0
    while found := await _escalate_batch(core):
        worked += found
    return worked


async def go_on(session: WriteSession, alert_id: int, step: int, *, why: str, now: datetime) -> None:
    """The pages of this step have failed: unless one of its others lives, the next level is due at once."""
    escalation = await session.scalar(
        select(Escalation)
        .where(Escalation.alert_id == alert_id, Escalation.state == "running", Escalation.step == step)
        .with_for_update()
    )
    if escalation is None or await _any_page(session, alert_id, step, STANDING):
        return
    policy = policy_of(escalation.policy)
    escalation.due_at = now
    first = step - len(policy.levels) + 1
    if round_ends(policy, step) and not await _any_page(session, alert_id, first, STANDING):
        alert = await session.get_one(Alert, alert_id)
        reason = f"No page of the last round could be delivered: {why}"
        await _nobody(session, escalation, alert, reason, now)
    ring_later(session, ALERTS)


async def _escalate_batch(core: Core) -> int:
    """Work off some rows together; one by one where that fails. 0 when none is due."""
    try:
        return await _escalate_some(core, BATCH, [])
    except Exception as error:
        if passing(error):
            raise
    return await _escalate_one(core)


async def _escalate_one(core: Core) -> bool:
    """Work off one row, put it off when it fails; False when none is due."""
    begun: list[int] = []
    try:
        return bool(await _escalate_some(core, 1, begun))
    except Exception as error:
        if not begun or passing(error):
            raise
        log.exception("escalation.put_off", escalation=begun[0])
        await _put_off(core, begun[0], error)
        return True


async def _escalate_some(core: Core, most: int, begun: list[int]) -> int:
    """One unit of work; `begun` is told the rows that were locked."""
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        if not await may_run(session, PART):
            return 0
        query = _due(now).order_by(Escalation.due_at).limit(most).with_for_update(skip_locked=True)
        rows = (await session.scalars(query)).all()
        begun += [row.id for row in rows]
        if rows:
            await _escalate(session, rows, now)
        for row in rows:
            if row.failures:
                row.failures = 0
                await setbacks.recovered(session, PART, row.id)
        return len(rows)


async def _escalate(session: WriteSession, rows: Sequence[Escalation], now: datetime) -> None:
    """Page the next level of each at which somebody can be reached, unless somebody has the alert already."""
    query = select(Alert).where(Alert.id.in_([row.alert_id for row in rows]))
    alerts = {alert.id: alert for alert in await session.scalars(query)}
    known = Known()
    known.keep("member", await _named(session, rows))
    found = [
        (row, alerts[row.alert_id], reached)
        for row in rows
        if (reached := await _next(session, row, alerts[row.alert_id], known, now)) is not None
    ]
    await _page(session, found, now)


async def _named(session: ReadSession, rows: Sequence[Escalation]) -> Sequence[Member]:
    """Whoever the policies' copies name themselves; what cannot be read there is told when it is due."""
    ids = {one for row in rows for one in _member_ids(row.policy)}
    return (await session.scalars(select(Member).where(Member.id.in_(ids)))).all() if ids else ()


def _member_ids(policy: Mapping[str, Any]) -> Iterator[int]:
    with suppress(KeyError, TypeError, AttributeError):
        for level in policy["levels"]:
            yield from (one["member"] for one in level["targets"] if isinstance(one.get("member"), int))


async def _next(
    session: WriteSession, escalation: Escalation, alert: Alert, known: Known, now: datetime
) -> Reach | None:
    """Go on to the next level at which somebody can be reached: who that is; None: nobody is to be paged."""
    if alert.state != "open":
        escalation.state = "acknowledged" if alert.state == "acknowledged" else "stopped"
        return None
    await _refresh(session, escalation, alert)
    policy = policy_of(escalation.policy)
    reached = await _has_reached(session, escalation, policy)
    missed: list[Missed] = []
    for _ in policy.levels or (policy.last,):
        level = plan(policy, escalation.step, reached=reached)
        if level is None:
            _exhausted(session, escalation, alert, now)
            return None
        escalation.step += 1
        if found := await _reach(session, escalation, alert, level, known, missed, now):
            return found
    if policy.levels and policy.last is not None and level is not policy.last:
        _count_apart(escalation)
        if found := await _reach(session, escalation, alert, policy.last, known, missed, now):
            return found
    escalation.policy = {**escalation.policy, "began": escalation.step}
    reason = " ".join(dict.fromkeys(one.sentence for one in missed))
    await _nobody(session, escalation, alert, reason, now)
    return None


async def _has_reached(session: ReadSession, escalation: Escalation, policy: Policy) -> bool:
    """Whether a page of the policy's levels has left; asked only when the levels may come to their end."""
    if escalation.step - policy.began + max(1, len(policy.levels)) < policy.pages:
        return False
    return await _any_page(session, escalation.alert_id, policy.began + 1, ("sent",))


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


async def _reach(
    session: WriteSession,
    escalation: Escalation,
    alert: Alert,
    level: Level,
    known: Known,
    missed: list[Missed],
    now: datetime,
) -> Reach | None:
    """Whom the level means right now, and who up to here could not be reached; None: nobody of it can."""
    found = await reach(session, level.targets, now, known)
    _tell_level(session, escalation, alert, level, found, now)
    if not found.targets:
        missed += found.missed or [Missed("no_target", "", f"Level {_number(escalation)} names nobody.")]
        return None
    escalation.due_at = now + level.wait
    return Reach(_by_level(found.targets, escalation, level), [*missed, *found.missed])


def _by_level(targets: Sequence[Target], escalation: Escalation, level: Level) -> list[Target]:
    """The same people, told by which level of the policy; the last one, of all policies, has no number."""
    if level == policy_of(escalation.policy).last:
        return list(targets)
    number = _number(escalation)
    return [replace(one, reason=f"{one.reason}, level {number}") for one in targets]


async def _page(session: WriteSession, due: Sequence[tuple[Escalation, Alert, Reach]], now: datetime) -> None:
    """Write the pages of these levels; the log is told who is paged, and who up to here could not be.

    Who is held by quiet hours since an earlier round is neither paged nor told of again.
    """
    wanted = [Wanted(row.step, alert, target) for row, alert, found in due for target in found.targets]
    paged = await page_all(session, wanted, now) if wanted else []
    for row, alert, found in due:
        names = [one.target.member.name for one in paged if one.alert is alert]
        if names or found.missed:
            record(
                session,
                "alert.escalated",
                at=now,
                **about(alert),
                step=row.step,
                names=names,
                unreachable=found.unreachable,
            )
    if due:
        ring_later(session, ALERTS)


def _tell_level(
    session: WriteSession, escalation: Escalation, alert: Alert, level: Level, found: Reach, now: datetime
) -> None:
    """Record that the level was due, and each of its targets that cannot be paged."""
    policy, step = policy_of(escalation.policy), escalation.step
    kind = "last_level" if level == policy.last else "everyone_level" if level.everyone else "level"
    decide(
        session, kind, alert_id=alert.id, at=now, step=step,
        level=_number(escalation), levels=len(policy.levels), policy=str(escalation.policy.get("name", "")),
    )  # fmt: skip
    for one in (*found.missed, *found.relieved):
        decide(
            session, one.kind, alert_id=alert.id, at=now, step=step, member_id=one.member_id, name=one.name
        )


def _number(escalation: Escalation) -> int:
    """Which level of its policy is due, from 1 on; in each round anew."""
    policy = policy_of(escalation.policy)
    since = escalation.step - 1 - policy.began
    return 1 + (since % policy.pages % max(1, len(policy.levels)) if policy.pages else 0)


def _exhausted(session: WriteSession, escalation: Escalation, alert: Alert, now: datetime) -> None:
    """Everyone was paged as often as agreed: people must see that nobody has answered."""
    escalation.state = "exhausted"
    escalation.trouble = f"Nobody acknowledged after {_levels(escalation.step)} paged."
    decide(session, "exhausted", alert_id=alert.id, at=now, step=escalation.step)
    record(session, "alert.exhausted", at=now, **about(alert), reason=escalation.trouble)


def _levels(step: int) -> str:
    return "1 level was" if step == 1 else f"{step} levels were"


async def _nobody(
    session: WriteSession, escalation: Escalation, alert: Alert, reason: str, now: datetime
) -> None:
    """Nobody in a whole round: loud once per reason, by every way there is, and tried again in a minute.

    Whoever has an active seat and may respond is written to by each contact that works, whatever their rules
    and quiet hours say; the admins first, the others where no admin has any.
    """
    if escalation.trouble != reason:
        decide(session, "nobody", alert_id=alert.id, at=now, step=escalation.step)
        record(session, "alert.nobody_paged", at=now, **about(alert), reason=reason)
        for people in (await admins(session), await responders(session)):
            if await page_everywhere(session, escalation.step, alert, people, now):
                ring_later(session, ALERTS)
                break
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
