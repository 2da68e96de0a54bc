"""Counting a monitor's past by the query it has now: matches and counts per minute, a part at a time.

A new monitor without a past tells the detector nothing for days; so its query is tried on what is stored.
Each part is one transaction and goes back in time from where the last one stopped. Only what changes is
written, so that a part which is done again changes nothing. Nobody is paged for the past: the detector
learns from it, and opens alerts for what burns now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from kit.bell import SIGNALS, ring_later
from kit.core import Core
from kit.db import WriteSession
from kit.events import record
from mentions.counting import leaving
from mentions.counting.rollups import add, source_of
from mentions.figures import Change, Said, figures
from mentions.identity import keys
from mentions.judging.enrich import SourceNames
from mentions.judging.judge import source_names
from mentions.judging.matcher import Matcher
from mentions.judging.stored import Past, past, seen
from mentions.mention import Match, Mention
from mentions.monitor import Monitor, Recount
from mentions.notable import Watchlist, is_news, weighing
from mentions.texts.harm import of_harm_in

log = structlog.get_logger(__name__)

PAST = timedelta(days=14)
"""How far back: what the detector learns from."""
SETTLE = timedelta(seconds=15)
"""Until batches that began with the monitors of before are stored."""
AT_ONCE = 5_000  # mentions in one transaction
LAST_ID = 2**62


async def ask_for(session: WriteSession, monitor: Monitor, before: Sequence[str], now: datetime) -> None:
    """Have the past counted by the monitor's query. `before`: the query that it had in that past."""
    row = insert(Recount).values(
        monitor_id=monitor.id,
        since=now - PAST,
        reached=now + SETTLE,
        reached_id=LAST_ID,
        before=list(before),
        due_at=now + SETTLE,
    )
    again: dict[str, Any] = {
        column: row.excluded[column] for column in ("since", "reached", "reached_id", "due_at")
    }
    # asked for again before it was done: some of the past is still by the query before the last
    again["before"] = Recount.before.op("||")(row.excluded.before)
    await session.execute(row.on_conflict_do_update(index_elements=[Recount.monitor_id], set_=again))


async def recount_due(core: Core) -> int:
    """One part of one monitor's past; returns how many mentions were looked at, and 1 for an end."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        query = select(Recount).where(Recount.due_at <= now).order_by(Recount.due_at).limit(1)
        wanted = await session.scalar(query.with_for_update(skip_locked=True))
        if wanted is None:
            return 0
        monitor = await session.get_one(Monitor, wanted.monitor_id)
        rows = await _next(session, wanted)
        if rows:
            await _count(session, monitor, wanted, rows)
            await leaving.recounted(session, monitor.id, wanted.since)
            wanted.reached, wanted.reached_id = rows[-1].arrived_at, rows[-1].id
        if len(rows) < AT_ONCE:
            await session.delete(wanted)
            record(
                session, "monitor.recounted", at=now, brand_id=monitor.brand_id,
                monitor_id=monitor.id, name=monitor.name, since=wanted.since.isoformat(),
            )  # fmt: skip
        ring_later(session, SIGNALS)
        return len(rows) or 1


async def _next(session: WriteSession, wanted: Recount) -> Sequence[Past]:
    query = past().where(
        Mention.arrived_at >= wanted.since,
        Mention.arrived_at <= wanted.reached,
        tuple_(Mention.arrived_at, Mention.id) < tuple_(wanted.reached, wanted.reached_id),
    )
    rows: Sequence[Past] = (await session.execute(query.limit(AT_ONCE))).all()
    return rows


async def _count(session: WriteSession, monitor: Monitor, wanted: Recount, rows: Sequence[Past]) -> None:
    """Bring matches and counts of these mentions to what the query says now."""
    sources = await source_names(session)
    queries = [monitor.query, *wanted.before]
    found = await asyncio.to_thread(_matched, queries, rows, sources)
    there = await _there(session, monitor.id, rows)
    missing = [row for row, ids in zip(rows, found, strict=True) if 0 in ids and row.id not in there]
    # what an import gave to the monitor, whatever its words, was found by none of its queries and stays
    surplus = [row for row, ids in zip(rows, found, strict=True) if ids and 0 not in ids and row.id in there]
    missing, surplus = await _held_still(session, monitor.query, missing, surplus, sources)
    added = await _change(session, _INSERT, monitor.id, missing)
    gone = await _change(session, _DELETE, monitor.id, surplus)
    weighs = (await weighing(session)).of(monitor.id)
    changes = [(row, _change_of(row, weighs)) for row in missing if row.id in added]
    changes += [(row, Change() - _change_of(row, weighs)) for row in surplus if row.id in gone]
    await add(
        session,
        [
            ((monitor.id, int(row.arrived_at.timestamp()) // 60), change, source_of(row))
            for row, change in changes
        ],
    )


def _matched(queries: Sequence[str], rows: Sequence[Past], sources: SourceNames) -> list[list[int]]:
    """For each row which of the queries find it, by their places."""
    return Matcher(list(enumerate(queries))).match([seen(row, sources) for row in rows])


async def _there(session: WriteSession, monitor_id: int, rows: Sequence[Past]) -> set[int]:
    query = select(Match.mention_id).where(
        Match.monitor_id == monitor_id,
        Match.arrived_at >= rows[-1].arrived_at,
        Match.arrived_at <= rows[0].arrived_at,
    )
    return set(await session.scalars(query))


async def _held_still(
    session: WriteSession,
    query: str,
    missing: Sequence[Past],
    surplus: Sequence[Past],
    sources: SourceNames,
) -> tuple[list[Past], list[Past]]:
    """`_held` of both; those that were edited meanwhile are tried once more, and go where they belong now."""
    old = {row.id: row for row in (*missing, *surplus)}
    held = await _held(session, list(old.values()))
    edited = [row for row in held.values() if seen(row, sources) != seen(old[row.id], sources)]
    found = await asyncio.to_thread(_matched, [query], edited, sources)
    wanted = {row.id for row in missing} - {row.id for row in edited}
    wanted |= {row.id for row, ids in zip(edited, found, strict=True) if ids}
    gone = {row.id for row in surplus} - wanted
    return [held[key] for key in held if key in wanted], [held[key] for key in held if key in gone]


async def _held(session: WriteSession, rows: Sequence[Past]) -> dict[int, Past]:
    """These mentions as they are now, and stay until what they add is counted; without those that are gone.

    While the queries were tried, people corrected sentiments, and authors took back what they had said.
    """
    if not rows:
        return {}
    await keys.lock(session, {(row.id, row.arrived_at) for row in rows})
    arrived = [row.arrived_at for row in rows]
    query = past().where(
        Mention.id.in_([row.id for row in rows]),
        Mention.arrived_at >= min(arrived),
        Mention.arrived_at <= max(arrived),
    )
    return {row.id: row for row in await session.execute(query)}


_INSERT = text("""
    INSERT INTO mention_match (monitor_id, mention_id, arrived_at)
    SELECT :monitor, given.*
    FROM unnest(CAST(:mentions AS bigint[]), CAST(:arrived AS timestamptz[])) AS given
    ON CONFLICT DO NOTHING RETURNING mention_id""")

_DELETE = text("""
    DELETE FROM mention_match AS old
    USING unnest(CAST(:mentions AS bigint[]), CAST(:arrived AS timestamptz[])) AS given (mention, arrived)
    WHERE old.monitor_id = :monitor AND old.mention_id = given.mention AND old.arrived_at = given.arrived
    RETURNING old.mention_id""")


async def _change(session: WriteSession, statement: Any, monitor_id: int, rows: Iterable[Past]) -> set[int]:
    """Run it on these mentions; the ids of those that it really changed."""
    rows = list(rows)
    if not rows:
        return set()
    values = {
        "monitor": monitor_id,
        "mentions": [row.id for row in rows],
        "arrived": [row.arrived_at for row in rows],
    }
    return set((await session.execute(statement, values)).scalars())


def _change_of(row: Past, weighs: Watchlist) -> Change:
    """What the mention adds to the counts of its minute."""
    audience = row.followers if row.reach is None else row.reach
    said = Said(row.sentiment, of_harm_in(row.title, row.text), row.copy, row.firsts, audience)
    notable = is_news(row.published_at, row.arrived_at) and weighs.has(row.author, row.followers, row.domain)
    return figures(said, notable=notable)
