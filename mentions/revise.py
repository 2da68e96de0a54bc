"""What an author changed or took back: the mention follows, and so do the counts of its minute."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from kit.db import WriteSession
from mentions.enrich import enrich
from mentions.erase import forget_taught
from mentions.harm import of_harm_in
from mentions.item import Item
from mentions.keys import Key, Place, release
from mentions.mention import WIPED, Match, Mention
from mentions.notable import weighing
from mentions.rollups import Counted, moved
from mentions.sentiment import SentimentModel
from mentions.triage import learning
from mentions.vouching import Voucher


async def revise(
    session: WriteSession,
    items: Sequence[Item],
    places: Mapping[Key, Place],
    *,
    vouches: Voucher,
    scorer: SentimentModel,
    now: datetime,
) -> tuple[int, list[Counted]]:
    """Apply edits and deletions, in their order, to the mentions at these places.

    Returns how many changed, and what that changes in the counts: the caller adds it, after all else.

    An edit that is not newer than what is there changes nothing, and so does any that comes twice. What
    was said stays counted: only a judgement that the edit changed moves from one figure to another.
    What several sources brought is changed by one that vouches for it, or gone when all took it back.
    """
    rows = await _mentions(session, {places[item.key] for item in items if item.key in places})
    harm = {number: of_harm_in(row.title, row.text) for number, row in rows.items()}
    changed: dict[int, Item] = {}
    released: set[Key] = set()
    for item in items:
        there = item.key in places and item.key not in released
        row = rows.get(places[item.key][0]) if there else None
        if row is None or not _is_news(item, row):
            continue
        if _may(item, row, vouches):
            _rewrite(row, item, now)
            changed[row.id] = item
        elif item.draft.deleted:
            row.brought -= 1
            released.add(item.key)
    await release(session, released)
    gone = [key for key, item in changed.items() if item.draft.deleted]
    if gone:
        await forget_taught(session, gone)
    edited = [(rows[key], item) for key, item in changed.items()]
    return len(changed), await _judge_again(session, edited, harm, scorer)


async def _mentions(session: WriteSession, places: set[Place]) -> dict[int, Mention]:
    if not places:
        return {}
    query = select(Mention).where(
        Mention.id.in_([number for number, _ in places]),
        Mention.arrived_at >= min(arrived for _, arrived in places),
        Mention.arrived_at <= max(arrived for _, arrived in places),
    )
    found = await session.scalars(query.order_by(Mention.id).with_for_update())
    return {row.id: row for row in found}


def _is_news(item: Item, row: Mention) -> bool:
    """Whether the item says something later than what is there."""
    if row.deleted_at is not None:
        return False
    revised_at = item.draft.revised_at
    return item.draft.deleted or (
        revised_at is not None and revised_at > (row.revised_at or row.published_at)
    )


def _may(item: Item, row: Mention, vouches: Voucher) -> bool:
    """Whether its source may change the mention: any can claim an address, and say the words of another."""
    alone = row.brought == 1 and (item.draft.deleted or row.source_id == item.source_id)
    return alone or vouches(item.source_id, row.url)


def _rewrite(row: Mention, item: Item, now: datetime) -> None:
    draft = item.draft
    if draft.deleted:
        for column, value in WIPED.items():
            setattr(row, column, value)
        row.deleted_at = now
    else:
        row.text, row.title, row.revised_at = draft.text, draft.title, draft.revised_at


async def _judge_again(
    session: WriteSession,
    edited: Sequence[tuple[Mention, Item]],
    harm: Mapping[int, bool],
    scorer: SentimentModel,
) -> list[Counted]:
    """The model's word on the new texts; a person's stands. `harm`: whether the old ones told of it."""
    edited = [(row, item) for row, item in edited if row.deleted_at is None and row.judged_by is None]
    learned = await learning.current(session) if edited else None
    found = await asyncio.to_thread(enrich, [item for _, item in edited], scorer, (), {}, learned)
    monitors = await _monitors_of(session, [row for row, _ in edited])
    weigh = await weighing(session)
    moves: list[Counted] = []
    for (row, _), judged in zip(edited, found, strict=True):
        before = row.said(harm=harm[row.id])
        row.lang, row.sentiment = judged.lang, judged.sentiment.label
        moves += moved(row, before, row.said(harm=judged.harm), monitors[row.id], weigh)
        row.score, row.confidence = judged.sentiment.score, judged.sentiment.confidence
        if row.triaged_by is None:
            row.triage, row.learned = judged.triage, judged.learned
    return moves


async def _monitors_of(session: WriteSession, rows: Sequence[Mention]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if rows:
        arrived = [row.arrived_at for row in rows]
        query = select(Match.mention_id, Match.monitor_id).where(
            Match.mention_id.in_([row.id for row in rows]), Match.arrived_at.in_(arrived)
        )
        for mention_id, monitor_id in await session.execute(query):
            found[mention_id].append(monitor_id)
    return found
