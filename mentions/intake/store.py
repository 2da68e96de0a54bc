"""Drafts become mentions: language, sentiment, monitors and roll-ups, once however often they come.

All batches that a worker has read are one set of statements: take the keys of what was judged as new, COPY
the rows, add to the counts. What came again to change something is applied after that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError

from kit.bell import SIGNALS, ring_later
from kit.db import ReadSession, WriteSession
from mentions import lateness
from mentions.copies.fold import Stories
from mentions.counting import leaving, newcomers, rollups
from mentions.identity import handles, keys, threads, voices
from mentions.identity.keys import Key, Place
from mentions.identity.vouching import Voucher, voucher
from mentions.intake import repeats
from mentions.intake.revise import Means, revise
from mentions.intake.source_health import note_health
from mentions.item import Enriched, Item
from mentions.judging.judge import Judged, judge
from mentions.judging.matcher import Queries
from mentions.monitor import Monitor
from mentions.privacy import partitions
from mentions.privacy.erase import forget_accounts, places_of_accounts
from mentions.sentiment import SentimentModel, corrections
from mentions.source import Source
from mentions.triage.queue import enqueue
from mentions.waiting.batch import Batch


@dataclass(frozen=True)
class Stored:
    """What became of the drafts; every one is exactly one of these."""

    new: int = 0
    duplicates: int = 0
    """There before, from this source or another; or a deletion of something never seen."""
    revised: int = 0
    """Edits and deletions of what was there."""
    unmatched: int = 0
    """Not kept: its source keeps what a monitor asks for, and none did."""


async def enabled_monitors(session: ReadSession) -> Queries:
    """The monitors that listen, in the order of their ids."""
    query = select(Monitor.id, Monitor.query).where(Monitor.enabled).order_by(Monitor.id)
    return tuple((number, written) for number, written in await session.execute(query))


async def store(
    session: WriteSession,
    batches: Sequence[Batch],
    *,
    scorer: SentimentModel,
    monitors: Queries,
    stories: Stories | None = None,
    judged: Judged | None = None,
    counted_at: datetime | None = None,
) -> Stored:
    """Store what is new in these batches and count it, all in the caller's transaction.

    A mention is new when its (source, native id) and its `uri` are (`mentions.identity.keys`): redelivery
    changes nothing but the health figures, an edit or a deletion changes the mention that is there. `stories`
    is what this process remembers of recent texts; who stores more than once keeps it, else it is read anew.
    `judged`: what was found out about these batches ahead of the transaction. `counted_at`: the present,
    which lies behind the batches' own time by as long as they waited for a worker; None: they did not wait.
    """
    if not batches:
        return Stored()
    if judged is None or judged.monitors != monitors:
        judged = await judge(session, batches, monitors, scorer)
    first, again = judged.first, judged.again
    enriched = await corrections.apply(session, judged.new)
    wanted = await _kept(session, enriched)
    now = max(batch.arrived_at for batch in batches)
    means = Means(scorer, monitors, judged.sources, stories or Stories())
    vouches = await voucher(session, {batch.source_id for batch in batches})
    places = await keys.known(session, sorted({item.key for item in again}))
    unseen = [item for item in again if item.draft.deleted and item.key not in places]
    new, gone, claimed = await _insert(session, wanted, unseen, now, vouches, means.stories)
    fresh = {found.item.key for found in new}
    # also what seemed new: while we judged it, another worker may have stored what it is an edit of
    news = [item for item in first if item.key not in fresh and item.draft.revised_at is not None]
    news += again
    changes = await rollups.counted(session, new) if new else []
    await lateness.note(session, changes, counted_at or now)
    revised = 0
    places = await keys.known(session, sorted({item.key for item in (*news, *gone)}))
    theirs = await _of_the_gone(session, batches)
    if theirs or (claimed.joined and places):
        await keys.lock(session, {*claimed.joined, *places.values(), *theirs})
    await keys.join(session, claimed.joined)
    if news or gone:
        await revise(session, gone, places, vouches=vouches, means=means, now=now)
        revised, moved = await revise(session, news, places, vouches=vouches, means=means, now=now)
        changes += moved
    await _forget_the_gone(session, batches, [*(found.item for found in new), *news], now)
    for batch in batches:
        await handles.note(session, batch.handles, batch.arrived_at)
    since = min(batch.arrived_at for batch in batches)
    await newcomers.first_heard(session, new, since)
    await leaving.spoke(session, {found.item.source_id for found in new}, since)
    shared = await repeats.repeated(session, claimed.by, counted_at or now)
    await rollups.add(session, changes, shared)
    await lateness.learn(session, _lags(new))
    await note_health(session, batches, new, Counter(found.item.source_id for found in enriched), wanted)
    if new or revised:
        ring_later(session, SIGNALS)
    total, unmatched = sum(len(batch.drafts) for batch in batches), len(enriched) - len(wanted)
    return Stored(len(new), total - len(new) - revised - unmatched, revised, unmatched)


async def _of_the_gone(session: ReadSession, batches: Sequence[Batch]) -> set[Place]:
    """Where that lies which the accounts said that are no more."""
    places: set[Place] = set()
    for batch in batches:
        if batch.gone:
            places |= await places_of_accounts(session, batch.source_id, batch.gone, batch.arrived_at)
    return places


async def _forget_the_gone(
    session: WriteSession, batches: Sequence[Batch], said: Sequence[Item], now: datetime
) -> None:
    """Wipe what accounts said up to the batch that tells of their end. `said`: what was new or edited here.

    What came late counts as heard before it reached us, so of what was said here the batch's time decides.
    """
    for batch in batches:
        if batch.gone:
            later = {
                item.key
                for item in said
                if not item.draft.deleted and (item.reached_us_at or item.arrived_at) > batch.arrived_at
            }
            spared = {number for number, _ in (await keys.known(session, sorted(later))).values()}
            await forget_accounts(
                session, batch.source_id, batch.gone, until=batch.arrived_at, spared=spared, now=now
            )


def _lags(new: Sequence[Enriched]) -> Iterator[tuple[int, datetime, datetime]]:
    """Source, published and reached us, of what has no other time of arrival."""
    for item in (found.item for found in new):
        if item.reached_us_at is not None:
            yield item.source_id, item.draft.published_at, item.reached_us_at


async def _kept(session: ReadSession, enriched: Sequence[Enriched]) -> list[Enriched]:
    """Without what no monitor asked for, where the source keeps only that."""
    sources = {found.item.source_id for found in enriched if not found.monitor_ids}
    picky: set[int] = set()
    if sources:
        picky = set(
            await session.scalars(select(Source.id).where(Source.id.in_(sources), Source.keep == "matched"))
        )
    return [found for found in enriched if found.monitor_ids or found.item.source_id not in picky]


COLUMNS = (
    "id", "arrived_at", "source_id", "native_id", "text", "author", "followers", "url", "lang", "sentiment",
    "score", "confidence", "triage", "learned", "published_at", "title", "kind", "domain", "thread",
    "reply_to", "reach", "country", "place", "story_id", "copy", "firsts", "revised_at",
)  # fmt: skip


async def _insert(
    session: WriteSession,
    wanted: Sequence[Enriched],
    unseen: Sequence[Item],
    now: datetime,
    vouches: Voucher,
    stories: Stories,
) -> tuple[list[Enriched], list[Item], keys.Claimed]:
    """Store what is really new: another worker may have been first.

    `unseen`: deletions of what is not here. Also returned are those of what came now and was gone before, and
    what is to be joined to the mentions that are there (`keys.join`).
    """
    if not wanted and not unseen:
        return [], [], keys.Claimed()
    claimed = await keys.claim(session, [found.item for found in wanted], unseen, now, vouches)
    ids = claimed.new
    new = [found for found in wanted if found.item.key in ids]
    if new:
        new = await _add(session, new, ids, now, stories)
    return new, [found.item.deleted() for found in new if found.item.key in claimed.gone], claimed


async def _add(
    session: WriteSession,
    new: Sequence[Enriched],
    ids: Mapping[Key, int],
    now: datetime,
    stories: Stories,
) -> list[Enriched]:
    """Write the new mentions with what hangs on them."""
    new = await stories.fold(session, [(ids[found.item.key], found) for found in new])
    new = await threads.told(session, await voices.hear(session, new))
    await partitions.ensure(session, [found.item.arrived_at for found in new], now)
    rows = [_row(ids[found.item.key], found) for found in new]
    await _copy(session, "mention", COLUMNS, rows)
    matches = [
        (monitor, ids[found.item.key], found.item.arrived_at)
        for found in new
        for monitor in found.monitor_ids
    ]
    await _copy(session, "mention_match", ("monitor_id", "mention_id", "arrived_at"), matches)
    await enqueue(session, [(ids[found.item.key], found) for found in new], now)
    return new


def _row(number: int, found: Enriched) -> tuple[Any, ...]:
    draft, judged = found.item.draft, found.sentiment
    return (
        number, found.item.arrived_at, found.item.source_id, draft.native_id, draft.text, draft.author,
        draft.followers, draft.url, found.lang, judged.label, judged.score, judged.confidence, found.triage,
        found.learned, draft.published_at, draft.title, draft.kind, draft.domain, draft.thread,
        draft.reply_to, draft.reach, draft.country, draft.place, found.story_id, found.copy, found.firsts,
        draft.revised_at,
    )  # fmt: skip


async def _copy(
    session: WriteSession, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """COPY in the session's own transaction: a third of the time that INSERT takes for thousands of rows."""
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    try:
        await driver.copy_records_to_table(table, columns=columns, records=rows)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:  # as from any other statement
        kind = DBAPIError if isinstance(error, asyncpg.PostgresError) else InterfaceError
        raise kind(f"COPY {table}", None, error) from error
