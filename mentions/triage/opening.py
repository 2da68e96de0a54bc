"""Mentions become cases by rule: a sweep over what storing them leaves (`mentions.triage.queue`).

In a crisis thousands of complaints come at once: copies never make a case, an author makes one, and the log
gets one line for each department and batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from mentions.mention import Match, Mention
from mentions.monitor import OWN, Monitor
from mentions.triage.belonging import case_keys
from mentions.triage.case import CaseQueue
from mentions.triage.gathering import Group, Key, take_in
from mentions.triage.routing import MAY_BE, routes

BATCH = 500
WEIGHT = ("praise", "question", "lead", "complaint", "media", "threat")
"""Labels that may become cases, the one that matters most last."""


def due(_: Moment) -> Questions:
    """What the sweep has to do."""
    return (select(CaseQueue.mention_id),)


async def open_cases(core: Core) -> int:
    """The sweep: work off one batch of the queue; returns how many mentions that were."""
    async with core.database.unit_of_work() as session:
        return await work_off(session, now=core.clock.now())


async def work_off(session: WriteSession, *, now: datetime) -> int:
    """Take the oldest of the queue that nobody else has, and open or join their cases."""
    oldest = (
        select(CaseQueue.mention_id)
        .order_by(CaseQueue.mention_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = delete(CaseQueue).where(CaseQueue.mention_id.in_(oldest))
    taken_rows = await session.execute(taken.returning(CaseQueue.mention_id, CaseQueue.arrived_at))
    waiting = dict(taken_rows.all())
    groups = await _groups(session, waiting, now)
    if groups:
        ways = await routes(session)
        await take_in(session, groups, ways, ways.by_itself, now=now)
    return len(waiting)


async def _groups(session: WriteSession, arrived: dict[int, datetime], now: datetime) -> list[Group]:
    """The mentions by brand and case, in the order of the keys."""
    if not arrived:
        return []
    low, high = min(arrived.values()), max(arrived.values())
    query = (
        select(Monitor.brand_id, Monitor.id, Mention)
        .join(Match, (Match.mention_id == Mention.id) & (Match.arrived_at == Mention.arrived_at))
        .join(Monitor, Monitor.id == Match.monitor_id)
        .where(Mention.id.in_(arrived), Mention.arrived_at.between(low, high))
        .where(Match.arrived_at.between(low, high))
        .where(Mention.deleted_at.is_(None), Mention.triage.in_(MAY_BE), Monitor.type.in_(OWN))
        .order_by(Mention.arrived_at, Mention.id)
    )
    found: dict[Key, dict[int, Mention]] = {}
    monitors: dict[Key, set[int]] = {}
    rows = (await session.execute(query)).all()
    said = [(brand_id, mention) for brand_id, _, mention in rows]
    for (brand_id, monitor_id, mention), key in zip(rows, await case_keys(session, said, now), strict=True):
        found.setdefault((brand_id, key), {})[mention.id] = mention
        monitors.setdefault((brand_id, key), set()).add(monitor_id)
    return [
        _group(key, list(members.values()), frozenset(monitors[key]))
        for key, members in sorted(found.items())
    ]


def _group(key: Key, said: Sequence[Mention], monitor_ids: frozenset[int]) -> Group:
    """What weighs most counts: of a complaint that turns into a threat, the threat."""
    return Group(*key, said, max((mention.triage for mention in said), key=WEIGHT.index), monitor_ids)
