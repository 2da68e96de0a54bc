"""Opportunities reach somebody: opened and told by a sweep, then taken, decided on and concluded by people.

Whom to tell is said on the departments' pages (`people.departments.who_takes_opportunities`). It is a letter,
by day, in the reader's language; what is decided before the letter goes out is not told any more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from alerts.alert import Alert
from alerts.wording.compose import Claim, told
from incident.opportunity import Opportunity
from incident.opportunity_words import paper
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.zones import zone_of
from mentions.monitor import Monitor
from mentions.triage import checks
from people.departments import admins, who_takes_opportunities
from people.letters import About, Letter, write
from people.members import Member
from people.organisations import Brand
from people.permissions import RESPONDERS, Viewer, require_house, require_responder
from people.telling import tell

SIGNAL = "positive"
"""The signal of the family `opportunity` (`alerts.families`)."""
FRESH = timedelta(days=1)
BATCH = 100
MAX_LISTED = 50
MORNING, EVENING = 8, 20
"""By the reader's clock; what comes later waits for the next morning."""


@dataclass(frozen=True)
class Listed:
    """An opportunity and the alert that it came of."""

    opportunity: Opportunity
    alert: Alert
    can_take_over: bool
    """Whether who asks may have it although somebody took it, who is gone."""


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_unopened(now),)


def _unopened(now: Moment) -> Select[int]:
    """Also what ended while no worker ran, but nothing that is yesterday's."""
    known = exists().where(Opportunity.alert_id == Alert.id)
    fresh = Alert.opened_at > now - FRESH
    return select(Alert.id).where(Alert.signal == SIGNAL, fresh, ~known).order_by(Alert.id)


async def open_opportunities(core: Core) -> int:
    """The sweep: note each alert of praise that is not noted yet, and write to who takes opportunities."""
    async with core.database.unit_of_work() as session:
        return await open_due(session, now=core.clock.now())


async def open_due(session: WriteSession, *, now: datetime) -> int:
    """How many were opened; an alert that another worker holds is left to it."""
    fresh = select(Alert).where(Alert.id.in_(_unopened(now).limit(BATCH))).with_for_update(skip_locked=True)
    alerts = (await session.scalars(fresh.order_by(Alert.id))).all()
    known = set(await session.scalars(select(Opportunity.alert_id).where(
        Opportunity.alert_id.in_([alert.id for alert in alerts])
    )))  # fmt: skip
    readers = await who_takes_opportunities(session) if alerts else []
    for alert in alerts:
        if alert.id not in known:
            await _open(session, alert, readers, now)
    return len(alerts)


async def _open(session: WriteSession, alert: Alert, readers: Sequence[Member], now: datetime) -> None:
    row = Opportunity(alert_id=alert.id, opened_at=now)
    session.add(row)
    await session.flush()
    brand = await session.get_one(Brand, alert.brand_id)
    monitor = await session.get(Monitor, alert.monitor_id) if alert.monitor_id is not None else None
    name = monitor.about(brand.name) if monitor is not None else brand.name
    claim = Claim(name, alert.level, alert.signal, alert.title, alert.since, alert.evidence)
    for reader in readers:
        letter = paper(*told(claim, reader.language), reader.language)
        due_at = by_day(now, reader.time_zone)
        key, about = _key(row.id, reader.id), About([alert.brand_id])
        await write(session, letter, key=key, now=now, due_at=due_at, member_id=reader.id, about=about)


def _key(opportunity_id: int, member_id: int) -> str:
    return f"opportunity:{opportunity_id}:{member_id}"


def by_day(now: datetime, zone: str) -> datetime:
    """Now, if it is day there; else the next morning. Pure."""
    local = now.astimezone(zone_of(zone))
    if MORNING <= local.hour < EVENING:
        return now
    day = local.date() + timedelta(days=local.hour >= EVENING)
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=local.tzinfo)


async def opportunities(session: ReadSession, viewer: Viewer, *, open_only: bool) -> list[Listed]:
    """The newest first; open ones, or with those that are settled. Forbidden to partners."""
    require_house(viewer)
    query = select(Opportunity, Alert).join(Alert, Alert.id == Opportunity.alert_id)
    if open_only:
        query = query.where(Opportunity.closed_at.is_(None))
    rows = (await session.execute(query.order_by(Opportunity.id.desc()).limit(MAX_LISTED))).all()
    there = await _there(session) if any(row.closed_at is None for row, _ in rows) else set()
    return [Listed(row, alert, _can_take_over(row, viewer, there)) for row, alert in rows]


async def _there(session: ReadSession) -> set[int]:
    """Who keeps what they have taken: the people who take opportunities, and admins."""
    people = [*await who_takes_opportunities(session), *await admins(session)]
    return {member.id for member in people if member.role in RESPONDERS}


def _can_take_over(row: Opportunity, viewer: Viewer, there: Collection[int]) -> bool:
    undecided = row.closed_at is None and row.decision == ""
    gone = row.owner_id is not None and row.owner_id not in there
    return undecided and gone and viewer.member_id in there


async def _free(session: ReadSession, viewer: Viewer) -> ColumnElement[bool]:
    """What this person may have: what nobody has, what is theirs, what somebody left undecided."""
    mine = or_(Opportunity.owner_id.is_(None), Opportunity.owner_id == viewer.member_id)
    there = await _there(session)
    if viewer.member_id not in there:
        return mine
    return or_(mine, and_(Opportunity.decision == "", Opportunity.owner_id.not_in(there)))


async def take(session: WriteSession, viewer: Viewer, opportunity_id: int, *, now: datetime) -> Opportunity:
    """Have it. Conflict: somebody else has it who is still there, or it is settled."""
    require_responder(viewer)
    free = await _free(session, viewer)
    return await _set(session, viewer, opportunity_id, "taken", free, now, owner_id=viewer.member_id)


async def decide(
    session: WriteSession, viewer: Viewer, opportunity_id: int, *, decision: str, reason: str, now: datetime
) -> Opportunity:
    """Use it or let it pass, and why. Who decides on what nobody has, has it; let pass, it is settled."""
    require_responder(viewer)
    if decision not in ("use", "pass"):
        raise Invalid("Say whether to use it or to let it pass.", field="decision")
    why = checks.required(reason, field="reason")
    free = await _free(session, viewer)
    values = {"owner_id": viewer.member_id, "decision": decision, "reason": why, "decided_at": now}
    closed = now if decision == "pass" else None
    row = await _set(session, viewer, opportunity_id, "decided", free, now, **values, closed_at=closed)
    await _spare(session, row.id)
    return row


async def conclude(
    session: WriteSession, viewer: Viewer, opportunity_id: int, *, outcome: str, now: datetime
) -> Opportunity:
    """What came of using it; then it is settled."""
    require_responder(viewer)
    words = checks.required(outcome, field="outcome")
    used = Opportunity.decision == "use"
    return await _set(session, viewer, opportunity_id, "concluded", used, now, outcome=words, closed_at=now)


async def _set(
    session: WriteSession,
    viewer: Viewer,
    opportunity_id: int,
    step: str,
    condition: ColumnElement[bool],
    now: datetime,
    **values: Any,
) -> Opportunity:
    """Compare and swap: of two who try at once the second is told who was first."""
    changed = (
        update(Opportunity)
        .where(Opportunity.id == opportunity_id, Opportunity.closed_at.is_(None), condition)
        .values(**values)
        .returning(Opportunity)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = (await session.execute(changed)).scalar_one_or_none()
    if row is None:
        raise await _late(session, opportunity_id)
    alert = await session.get_one(Alert, row.alert_id)
    tell(session, viewer, f"opportunity.{step}", now=now, brand_id=alert.brand_id, alert_id=alert.id,
         title=alert.title, said=row.outcome or row.reason)  # fmt: skip
    return row


async def _late(session: WriteSession, opportunity_id: int) -> Conflict | NotFound:
    row = await session.get(Opportunity, opportunity_id, populate_existing=True)
    if row is None:
        return NotFound("There is no such opportunity.")
    if row.closed_at is not None:
        return Conflict("This opportunity is settled already.")
    owner = await session.get(Member, row.owner_id) if row.owner_id is not None else None
    if owner is None:
        return Conflict("Decide first whether to use it.")
    if row.decision:
        return Conflict("{} has decided already.", owner.name)
    return Conflict("{} has it.", owner.name)


async def _spare(session: WriteSession, opportunity_id: int) -> None:
    """Nobody is written to any more about what is decided."""
    waiting = Letter.key.startswith(f"opportunity:{opportunity_id}:", autoescape=True), Letter.state == "due"
    await session.execute(delete(Letter).where(*waiting))
