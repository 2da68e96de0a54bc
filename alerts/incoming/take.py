"""From what tools have said to alerts of ours: opened, raised, ended.

Some of what is due goes in one unit of work. Where one of them cannot be taken in, each is tried by itself,
and the one that fails again is put off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, select, update

from alerts.alert import Alert
from alerts.audit import setbacks
from alerts.audit.versions import may_run
from alerts.close import end_alert, make_way
from alerts.incoming.reading import LEVEL_OF
from alerts.incoming.source import AlertSource, IncomingAlert
from alerts.levels import rank
from alerts.open import Claim, open_alerts, raise_level
from kit.core import Core
from kit.db import Moment, Questions, WriteSession, passing
from people.organisations import Brand

log = structlog.get_logger(__name__)

PART = "incoming"
SIGNAL = "tool"
BATCH = 25
"""Alerts of one unit of work; after each, what is being escalated has its turn."""


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[IncomingAlert]:
    return select(IncomingAlert).where(IncomingAlert.due_at <= now)


async def take_in(core: Core) -> int:
    """Work off some of what is due; returns how many."""
    try:
        return await _take_some(core, BATCH)
    except Exception as error:
        if passing(error):
            raise
    worked = 0
    while worked < BATCH and await _take_one(core):
        worked += 1
    return worked


async def _take_some(core: Core, most: int, taken: list[int] | None = None) -> int:
    """One unit of work; `taken` is told the rows that were locked."""
    async with core.database.unit_of_work() as session:
        if not await may_run(session, PART):
            return 0
        rows = await _lock(session, core.clock.now(), most)
        if taken is not None:
            taken += [row.id for row in rows]
        await _take(session, rows, core.clock.now())
        for row in rows:
            row.due_at = None
            if row.failures:
                row.failures = 0
                await setbacks.recovered(session, PART, row.id)
        return len(rows)


async def _take_one(core: Core) -> bool:
    """The first that is due, by itself; when it fails, it is put off."""
    taken: list[int] = []
    try:
        return bool(await _take_some(core, 1, taken))
    except Exception as error:
        if not taken or passing(error):
            raise
        log.exception("incoming.put_off", incoming=taken[0])
        await _put_off(core, taken[0], error)
        return True


async def _lock(session: WriteSession, now: datetime, most: int) -> Sequence[IncomingAlert]:
    """Rows that are due and nobody else has, and whose brands nobody else has either.

    Alerts of one brand take turns. Who holds several rows must not wait for a brand that somebody holds who
    waits for one of ours.
    """
    query = _due(now).order_by(IncomingAlert.due_at, IncomingAlert.id).limit(most)
    rows = (await session.scalars(query.with_for_update(skip_locked=True))).all()
    if not rows:
        return rows
    brands = select(Brand).where(Brand.id.in_({row.brand_id for row in rows}))
    free = await session.scalars(brands.with_for_update(key_share=True, skip_locked=True))
    ours = {brand.id for brand in free}
    return [row for row in rows if row.brand_id in ours]


async def _take(session: WriteSession, rows: Sequence[IncomingAlert], now: datetime) -> None:
    """Open what is new, of each brand one at a time; then what became worse, or is over."""
    query = select(AlertSource).where(AlertSource.id.in_({row.source_id for row in rows}))
    sources = {source.id: source for source in await session.scalars(query)}
    fresh = [row for row in rows if row.alert_id is None]
    known = [row for row in rows if row.alert_id is not None or row.ended_at is not None]
    while fresh:
        wave = list({row.brand_id: row for row in reversed(fresh)}.values())
        await _open(session, wave, sources, now)
        fresh = [row for row in fresh if row.alert_id is None]
    for row in known:
        await _follow(session, row, sources[row.source_id], now)


async def _open(
    session: WriteSession, rows: Sequence[IncomingAlert], sources: Mapping[int, AlertSource], now: datetime
) -> None:
    claims = [
        Claim(
            brand_id=row.brand_id,
            monitor_id=None,
            signal=SIGNAL,
            level=LEVEL_OF[row.severity],
            title=row.title,
            evidence=evidence(row, sources[row.source_id]),
            since=min(row.started_at, now),
            # over before anybody looked: on record, and nobody is woken for it
            pages=row.severity != "inform" and row.ended_at is None,
        )
        for row in rows
    ]
    for row, alert in zip(rows, await open_alerts(session, claims, now=now), strict=True):
        row.alert_id = alert.id


async def _follow(session: WriteSession, row: IncomingAlert, source: AlertSource, now: datetime) -> None:
    """Its alert becomes worse, or ends, as the tool says. Was it closed, it is a new alert that pages."""
    level = LEVEL_OF[row.severity]
    alert = await session.get_one(Alert, row.alert_id)
    if alert.ended_at is None and rank(level) > rank(alert.level):
        if await make_way(session, alert, now=now):
            await _open(session, [row], {source.id: source}, now)
            await _follow(session, row, source, now)
            return
        alert.pages = alert.pages or row.severity != "inform"
        await raise_level(
            session, alert, level=level, title=row.title, evidence=evidence(row, source), now=now
        )
    if row.ended_at is not None and alert.ended_at is None:
        reason = f"{source.name} says that it is over."
        await end_alert(session, alert, now=now, reason=reason, rings_on=False)


def evidence(row: IncomingAlert, source: AlertSource) -> dict[str, Any]:
    """What the tool said, in the place of a detector's figures."""
    return {
        "reason": row.text or row.title,
        "tool": {"source": source.name, "key": row.key, "url": row.url, "labels": row.labels},
    }


async def _put_off(core: Core, row_id: int, error: Exception) -> None:
    failures = await setbacks.failed(core, PART, row_id, error)
    wait: timedelta = setbacks.put_off(failures)
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(IncomingAlert)
            .where(IncomingAlert.id == row_id)
            .values(due_at=core.clock.now() + wait, failures=failures)
        )
