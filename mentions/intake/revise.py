"""What an author changed or took back: the mention follows, and so do matches, story, case and counts.

What an edit changes is counted in the minute of the mention, not in that of the edit: a thousand old posts
that are edited at once are no burst.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text

from kit.db import ReadSession, WriteSession
from mentions.copies.fold import Stories
from mentions.counting.rollups import Counted, moved
from mentions.figures import Said
from mentions.identity.keys import Key, Place, release
from mentions.identity.vouching import Voucher
from mentions.item import Item
from mentions.judging.enrich import SourceNames, enrich, matchable
from mentions.judging.matcher import Matchable, Queries, matcher_of
from mentions.mention import WIPED, Match, Mention
from mentions.notable import weighing
from mentions.privacy.erase import forget_taught
from mentions.sentiment import SentimentModel, corrections
from mentions.texts.harm import of_harm_in
from mentions.triage import learning
from mentions.triage.queue import FRESH, put

Edited = tuple[Mention, Item]
"""A mention with its new words, and what brought them."""
Belonging = Mapping[int, set[int]]
"""The monitors of each mention."""


@dataclass(frozen=True)
class Means:
    """What new words are judged by."""

    scorer: SentimentModel
    monitors: Queries
    sources: SourceNames
    stories: Stories


class Was(NamedTuple):
    """A mention before it was edited: what was counted of it, and what queries saw."""

    said: Said
    seen: Matchable


async def revise(
    session: WriteSession,
    items: Sequence[Item],
    places: Mapping[Key, Place],
    *,
    vouches: Voucher,
    means: Means,
    now: datetime,
) -> tuple[int, list[Counted]]:
    """Apply edits and deletions, in their order, to the mentions at these places.

    Returns how many changed, and what that changes in the counts: the caller adds it, after all else.

    An edit that is not newer than what is there changes nothing, and so does any that comes twice. What
    was taken back stays counted; of what was edited the judgement moves, and the monitors that it belongs to.
    What several sources brought is changed by one that vouches for it, or gone when all took it back.
    """
    rows = await _mentions(session, {places[item.key] for item in items if item.key in places})
    edits = {places[item.key][0] for item in items if item.key in places and not item.draft.deleted}
    was = _as_they_are([row for number, row in rows.items() if number in edits], means.sources)
    if was:
        await means.stories.catch_up(session)
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
    edited = [(rows[key], item) for key, item in changed.items() if rows[key].deleted_at is None]
    return len(changed), await _judge_again(session, edited, was, means, now)


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


def _as_they_are(rows: Collection[Mention], sources: SourceNames) -> dict[int, Was]:
    return {
        row.id: Was(
            row.said(harm=of_harm_in(row.title, row.text)),
            matchable(row, row.lang, row.source_id, sources),
        )
        for row in rows
    }


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
    session: WriteSession, edited: Sequence[Edited], was: Mapping[int, Was], means: Means, now: datetime
) -> list[Counted]:
    """What the new texts are about: a person's word stands. Who asks something of us now is queued."""
    if not edited:
        return []
    items, learned = [item for _, item in edited], await learning.current(session)
    found = await asyncio.to_thread(enrich, items, means.scorer, (), {}, learned)
    stories = await means.stories.again(session, edited)
    for (row, _), judged, story in zip(edited, await corrections.apply(session, found), stories, strict=True):
        row.lang, (row.story_id, row.copy) = judged.lang, story
        if row.judged_by is None:
            row.sentiment, row.score, row.confidence = judged.sentiment
        if row.triaged_by is None:
            row.triage, row.learned = judged.triage, judged.learned
    had, has = await _match_again(session, edited, was, means)
    await put(
        session,
        [
            (row.id, row.arrived_at, row.triage)
            for row, item in edited
            if has[row.id] and not row.copy and now - (item.draft.revised_at or row.published_at) < FRESH
        ],
    )
    weigh, moves = await weighing(session), []
    for (row, _), judged in zip(edited, found, strict=True):
        before, after = was[row.id].said, row.said(harm=judged.harm)
        moves += moved(row, before, after, had[row.id], has[row.id], weigh)
    return moves


async def _match_again(
    session: WriteSession, edited: Sequence[Edited], was: Mapping[int, Was], means: Means
) -> tuple[Belonging, Belonging]:
    """Bring the matches to what the new texts say; the monitors of each mention before and after.

    What an import gave to a monitor whatever its words, and what a monitor found that listens no more, stays.
    """
    seen = [was[row.id].seen for row, _ in edited]
    seen += [matchable(row, row.lang, row.source_id, means.sources) for row, _ in edited]
    found = await asyncio.to_thread(matcher_of(means.monitors).match, seen)
    had, has = await monitors_of(session, [row for row, _ in edited]), {}
    for (row, item), before, after in zip(edited, found[: len(edited)], found[len(edited) :], strict=True):
        has[row.id] = (had[row.id] - set(before)) | set(after) | item.also
    for statement, more, less in ((_GAIN, has, had), (_LOSE, had, has)):
        matches = [
            (monitor, row.id, row.arrived_at) for row, _ in edited for monitor in more[row.id] - less[row.id]
        ]
        if matches:
            columns = zip(("monitors", "mentions", "arrived"), zip(*matches, strict=True), strict=True)
            await session.execute(statement, {name: list(values) for name, values in columns})
    return had, has


_GIVEN = """
    unnest(CAST(:monitors AS bigint[]), CAST(:mentions AS bigint[]), CAST(:arrived AS timestamptz[]))
        AS given (monitor_id, mention_id, arrived_at)"""
_GAIN = text(f"""
    INSERT INTO mention_match (monitor_id, mention_id, arrived_at)
    SELECT given.* FROM {_GIVEN} ON CONFLICT DO NOTHING""")  # noqa: S608 - words of ours
_LOSE = text(f"""
    DELETE FROM mention_match AS old USING {_GIVEN}
    WHERE (old.monitor_id, old.mention_id, old.arrived_at)
          = (given.monitor_id, given.mention_id, given.arrived_at)""")  # noqa: S608


async def monitors_of(session: ReadSession, rows: Sequence[Mention]) -> defaultdict[int, set[int]]:
    """The monitors that each mention belongs to, by its id."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    query = select(Match.mention_id, Match.monitor_id).where(
        Match.mention_id.in_([row.id for row in rows]), Match.arrived_at.in_([row.arrived_at for row in rows])
    )
    for mention_id, monitor_id in await session.execute(query):
        found[mention_id].add(monitor_id)
    return found
