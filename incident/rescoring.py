"""While a brand has an incident, a slower and better model looks at what is said of it a second time.

A part of the worker, where TOCSIN_ACCURATE is on. It reads a few mentions, judges them outside of any
transaction, and records what changed; how far it is in an incident is kept in the broker, and what is lost
there is only done once more. One worker at a time does it.

A text on which the model fails keeps its first judgement, and costs no other text its second one. While the
model fails on all that waits, nothing is left behind: it is asked again, and the auditor tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from sqlalchemy import select

from incident.incident import Incident
from kit.core import Core
from mentions.drivers import brand_monitors
from mentions.mention import Mention
from mentions.monitor import Monitor
from mentions.sentiment import Sentiment, SentimentModel, rescore
from mentions.sentiment.masks import names_in
from mentions.sentiment.plugged import standing

AT_ONCE = 20
"""Mentions that are judged together: about a second's work."""
PAUSE = 5.0
"""Seconds between looks when nothing waits."""
LOCK_SECONDS = 60
KEPT_SECONDS = 30 * 24 * 3600
_LOCK, _PLACE = "tocsin:accurate:lock", "tocsin:accurate:{}"

Judged = dict[int, tuple[str, Sentiment]]
"""By a mention's number: the text that was read, and the judgement on it."""

log = structlog.get_logger(__name__)


async def keep_rescoring(core: Core) -> None:
    """Judge what waits, until cancelled; at once return where the setting is off or the extra is missing."""
    if not core.settings.accurate:
        await asyncio.Event().wait()
    try:
        from mentions.sentiment.plugged.accurate import AccurateModel

        model = await asyncio.to_thread(AccurateModel)
    except ImportError:
        log.error("accurate.missing", why="TOCSIN_ACCURATE is on: install tocsin[accurate]")
        await asyncio.Event().wait()
    while True:
        if not await rescore_open(core, model):
            await asyncio.sleep(PAUSE)


async def rescore_open(core: Core, model: SentimentModel) -> int:
    """Judge the next few mentions of each open incident; returns how many were looked at."""
    if not await core.bell.redis.set(_LOCK, b"1", nx=True, ex=LOCK_SECONDS):
        return 0
    try:
        async with core.database.read() as session:
            query = select(Incident).where(Incident.state == "open", Incident.drill.is_(False))
            incidents = (await session.scalars(query.order_by(Incident.id))).all()
        looked = [await _rescore(core, model, incident) for incident in incidents]
        await standing.told(core, standing.ACCURATE, fails=None in looked)
        return sum(filter(None, looked))
    finally:
        await core.bell.redis.delete(_LOCK)


async def _rescore(core: Core, model: SentimentModel, incident: Incident) -> int | None:
    """How many mentions were looked at; None: the model failed on each, and they wait."""
    place = _PLACE.format(incident.id)
    after = int(await core.bell.redis.get(place) or 0)
    async with core.database.read() as session:
        monitors = await brand_monitors(session, incident.brand_id)
        queries = (await session.scalars(select(Monitor.query).where(Monitor.id.in_(monitors)))).all()
        rows = await rescore.waiting(
            session, monitors, after=after, since=incident.detected_at, limit=AT_ONCE
        )
    if not rows:
        return 0
    model.know(names_in(tuple(queries)))
    judged = await _judged(model, rows)
    if not judged:
        return None
    async with core.database.unit_of_work() as session:
        changed = await rescore.record(session, judged)
    await core.bell.redis.set(place, rows[-1].id, ex=KEPT_SECONDS)
    log.info("accurate.judged", incident=incident.id, mentions=len(rows), changed=changed)
    return len(rows)


async def _judged(model: SentimentModel, rows: Sequence[Mention]) -> Judged:
    """Judge them together, or where that fails each alone, without those on which the model fails."""
    try:
        return await asyncio.to_thread(_judge, model, rows)
    except Exception as error:  # whatever the libraries behind a model raise
        log.warning("accurate.fails", mentions=[row.id for row in rows], why=_why(error))
    found: Judged = {}
    for row in rows if len(rows) > 1 else ():
        with suppress(Exception):
            found |= await asyncio.to_thread(_judge, model, [row])
    return found


def _judge(model: SentimentModel, rows: Sequence[Mention]) -> Judged:
    found = model.score([row.text for row in rows], [row.lang for row in rows])
    return {row.id: (row.text, one) for row, one in zip(rows, found, strict=True)}


def _why(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
