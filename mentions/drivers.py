"""What drives a change: the terms, stories, voices and places of a stretch of time against another one.

Stories and copies are counted among READ mentions of each stretch, the rest among SAMPLE of those, where a
text and its copies are one text, so that a storm of copies does not decide the words. Where there are more,
they are taken evenly, by a digest of their ids: each is as likely as any other, and for the same mentions
they are the same.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    cast,
    func,
    literal,
    select,
)

from kit.db import ReadSession
from kit.errors import NotFound
from mentions.coordination import Post, coordination
from mentions.copies.story import Story
from mentions.mention import Match, Mention
from mentions.monitor import Monitor, own_monitors
from mentions.texts.terms import count_terms, distinctive, share_table
from mentions.texts.text import Text, fold
from people.organisations import Brand

READ = 10_000  # mentions of each of the two stretches that are counted
SAMPLE = 2_000  # of those, mentions whose texts are read
BEFORE = timedelta(days=1)
EXAMPLES = 3
AUTHORS = 5
STORIES = 3
SHARES = 5  # places, languages, domains
EXAMPLE_LENGTH = 280  # characters
ALIKE = 0.7  # share of common words from which two texts are one example


class Stretch(NamedTuple):
    """From `since` until before `until`."""

    since: datetime
    until: datetime


class Part(NamedTuple):
    """Mentions of a stretch: a condition for those that are read, and in how many each of them was picked."""

    matched: ColumnElement[bool]
    picked_of: float
    """1.0: all are read."""


async def drivers(
    session: ReadSession,
    monitor_ids: int | Collection[int],
    since: datetime,
    until: datetime,
    *,
    sentiment: str | None = None,
    baseline: Stretch | None = None,
) -> dict[str, Any]:
    """What these monitors' mentions of [since, until) are about that those of `baseline` were not.

    The monitors are of one brand. `sentiment` looks at those mentions only. Without a baseline it is the day
    before `since`. Ready for JSON:

    - `since`, `until`, `baseline_since`, `baseline_until`, and `before`, how many mentions the baseline has
    - `mentions`, how many of them are `copies`, how many were `read` for the stories and `sampled` for the
      rest; where fewer were read than there are, the first two and `before` are reckoned from those read
    - `terms`, `places`, `languages`, `domains`: `term` (the word, place, …), `count`, `expected` (as many as
      there would be had people talked as in the baseline), `score` (z of the log-odds ratio)
    - `stories`, those with copies: `id`; of the first `mention`, `text`, `author`, `url`, `at`; `count`,
      `copies`, `accounts`, `velocity` (the most of them within a minute), `reach` (people, the authors'
      audiences added up) and `expected`, `score`
    - `authors` by reach: `author`, `count`, `followers`, `reach` (their audience, added up over their
      mentions), and `mention`, the id of one of theirs
    - `examples`: id, text, author, url, sentiment, published_at
    - `coordination`: `sign`, `value`, `bar`, `reached` (`mentions.coordination`)

    NotFound: no such monitor.
    """
    ids = [monitor_ids] if isinstance(monitor_ids, int) else sorted(monitor_ids)
    brand_words = await _brand_words(session, ids)
    compared = baseline or Stretch(since - BEFORE, since)
    here = await _part(session, ids, Stretch(since, until), sentiment)
    earlier = await _part(session, ids, compared, sentiment)
    now, before = await _sample(session, here.matched), await _sample(session, earlier.matched)
    (read, copies), (read_before, _) = await _totals(session, here), await _totals(session, earlier)
    stories = await _stories(session, here, earlier, read, read_before)
    told = await asyncio.to_thread(_told_of, now, before, brand_words)
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "baseline_since": compared.since.isoformat(),
        "baseline_until": compared.until.isoformat(),
        "before": round(read_before * earlier.picked_of),
        "mentions": round(read * here.picked_of),
        "copies": round(copies * here.picked_of),
        "read": read,
        "sampled": len(now),
        "stories": stories,
        **told,
    }


def _told_of(
    now: Sequence[Mention], before: Sequence[Mention], brand_words: frozenset[str]
) -> dict[str, Any]:
    """What two samples come to. Pure: it takes a quarter of a second, and runs beside what pages people."""
    once, once_before = _once(now), _once(before)
    terms = distinctive(
        count_terms((mention.text for mention in once), without=brand_words),
        count_terms((mention.text for mention in once_before), without=brand_words),
    )
    return {
        "terms": [asdict(term) for term in terms],
        "authors": _authors(now),
        "examples": _examples(once, [fold(term.term) for term in terms]),
        "places": _shares((_place(mention) for mention in now), (_place(mention) for mention in before)),
        "languages": _shares((mention.lang for mention in now), (mention.lang for mention in before)),
        "domains": _shares((mention.domain for mention in now), (mention.domain for mention in before)),
        "coordination": [
            {**asdict(line), "reached": line.reached}
            for line in coordination(
                [Post(one.author, one.arrived_at, one.story_id, one.copy) for one in now]
            )
        ],
    }


async def brand_monitors(session: ReadSession, brand_id: int) -> Sequence[int]:
    """The monitors of a brand, whose mentions together are what is said about it."""
    return (await session.scalars(own_monitors(brand_id))).all()


async def _part(
    session: ReadSession, monitor_ids: Sequence[int], stretch: Stretch, sentiment: str | None
) -> Part:
    """READ mentions of these monitors, each once however many of the monitors found it."""
    found = _found(monitor_ids, stretch)
    ids: Sequence[int] = (await session.scalars(found.limit(READ + 1))).all()
    picked_of = 1.0
    if len(ids) > READ:
        total = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
        one_in = -(-total // READ)
        ids = (await session.scalars(found.where(_digest(Match.mention_id) % one_in == 0))).all()
        picked_of = total / max(1, len(ids))
    matched = and_(
        Mention.id == any_(literal(ids, ARRAY(BigInteger))),
        Mention.arrived_at >= stretch.since,
        Mention.arrived_at < stretch.until,
        Mention.deleted_at.is_(None),
    )
    return Part(matched if sentiment is None else and_(matched, Mention.sentiment == sentiment), picked_of)


def _found(monitor_ids: Sequence[int], stretch: Stretch) -> Select[int]:
    """The ids of these monitors' mentions."""
    query = select(Match.mention_id).where(
        Match.monitor_id.in_(monitor_ids),
        Match.arrived_at >= stretch.since,
        Match.arrived_at < stretch.until,
    )
    return query if len(monitor_ids) == 1 else query.distinct()


def _digest(mention_id: SQLColumnExpression[int]) -> ColumnElement[int]:
    """A number from 0 that has nothing to do with what else is known of the mention."""
    return func.abs(cast(func.hashint8(mention_id), BigInteger))


async def _sample(session: ReadSession, matched: ColumnElement[bool]) -> Sequence[Mention]:
    """The newest first."""
    query = select(Mention).where(matched).order_by(_digest(Mention.id), Mention.id).limit(SAMPLE)
    found = (await session.scalars(query)).all()
    return sorted(found, key=lambda mention: (mention.arrived_at, mention.id), reverse=True)


async def _totals(session: ReadSession, part: Part) -> tuple[int, int]:
    """All mentions that are read, and how many of them are copies."""
    query = select(func.count(), func.count().filter(Mention.copy)).select_from(Mention).where(part.matched)
    total, copies = (await session.execute(query)).one()
    return total, copies


def _once(found: Sequence[Mention]) -> list[Mention]:
    """One mention of each story, and all that belong to none."""
    first: dict[int, Mention] = {}
    for mention in found:
        first.setdefault(mention.story_id or -mention.id, mention)
    return list(first.values())


async def _brand_words(session: ReadSession, monitor_ids: Sequence[int]) -> frozenset[str]:
    """The words of the brand's name, also run together as in a hashtag: they are in every text anyway."""
    query = select(Brand.name).join(Monitor, Monitor.brand_id == Brand.id).where(Monitor.id.in_(monitor_ids))
    name = await session.scalar(query.limit(1))
    if name is None:
        raise NotFound("There is no such monitor.")
    words = fold(name).split()
    return frozenset([*words, "".join(words)])


async def _stories(
    session: ReadSession, here: Part, earlier: Part, total: int, total_before: int
) -> list[dict[str, Any]]:
    """The stories that were repeated, the most told first; the totals are of all mentions that are read."""
    matched = here.matched
    told = await _told(session, matched)
    top = sorted(told, key=lambda story: (-told[story]["count"], story))[:STORIES]
    if not top:
        return []
    before = await _told(session, and_(earlier.matched, Mention.story_id.in_(top)))
    rows = share_table(_counted(told, total), _counted(before, total_before), limit=len(told) + 1)
    shares = {row.term: row for row in rows}
    firsts = await _firsts(session, top, matched)
    fastest = await _fastest(session, top, matched)
    return [
        {"id": story, **_first(firsts.get(story)), **told[story], "velocity": fastest.get(story, 0)}
        | {"expected": shares[str(story)].expected, "score": shares[str(story)].score}
        for story in top
    ]


async def _fastest(
    session: ReadSession, stories: Sequence[int], matched: ColumnElement[bool]
) -> dict[int, int]:
    """The most mentions of each story that arrived within one minute of the clock."""
    minute = func.date_trunc("minute", Mention.arrived_at)
    told = (
        select(Mention.story_id.label("story"), func.count().label("count"))
        .where(matched, Mention.story_id.in_(stories))
        .group_by(Mention.story_id, minute)
        .subquery()
    )
    rows = await session.execute(select(told.c.story, func.max(told.c.count)).group_by(told.c.story))
    return {story: count for story, count in rows}  # noqa: C416 - dict() of rows is no dict to mypy


def _counted(told: dict[int, dict[str, int]], total: int) -> Counter[str]:
    """Mentions of each story, and of all else together under no name."""
    counts = Counter({str(story): row["count"] for story, row in told.items()})
    counts[""] = total - counts.total()
    return counts


async def _told(session: ReadSession, matched: ColumnElement[bool]) -> dict[int, dict[str, int]]:
    """Of each story that was told more than once: how often, in copies, by whom and to how many."""
    query = (
        select(
            func.coalesce(Mention.story_id, 0),
            func.count(),
            func.count().filter(Mention.copy),
            func.count(Mention.author.distinct()),
            func.coalesce(func.sum(func.coalesce(Mention.reach, Mention.followers)), 0),
        )
        .where(matched, Mention.story_id.is_not(None))
        .group_by(Mention.story_id)
        .having(func.count() > 1, func.count().filter(Mention.copy) > 0)
    )
    return {
        story: {"count": count, "copies": copies, "accounts": accounts, "reach": int(reach)}
        for story, count, copies, accounts, reach in await session.execute(query)
    }


async def _firsts(
    session: ReadSession, stories: Sequence[int], matched: ColumnElement[bool]
) -> dict[int, Mention]:
    """Each story's first mention; where that is gone, the first of those looked at."""
    known = (
        select(Mention)
        .join(Story, and_(Story.id == Mention.id, Story.first_at == Mention.arrived_at))
        .where(Story.id.in_(stories), Mention.deleted_at.is_(None))
    )
    found = {mention.id: mention for mention in await session.scalars(known)}
    left = [story for story in stories if story not in found]
    ids = select(func.min(Mention.id)).where(matched, Mention.story_id.in_(left)).group_by(Mention.story_id)
    earliest = select(Mention).where(matched, Mention.id.in_(ids))
    return found | {mention.story_id or 0: mention for mention in await session.scalars(earliest)}


def _first(mention: Mention | None) -> dict[str, Any]:
    if mention is None:  # taken back by its author between two statements
        return {"mention": None, "text": "", "author": None, "url": None, "at": None}
    return {
        "mention": mention.id,
        "text": (mention.title or mention.text)[:EXAMPLE_LENGTH],
        "author": mention.author,
        "url": mention.url,
        "at": mention.arrived_at.isoformat(),
    }


def _place(mention: Mention) -> str | None:
    return mention.place or mention.country


def _shares(now: Iterable[str | None], before: Iterable[str | None]) -> list[dict[str, Any]]:
    rows = share_table(_names(now), _names(before), SHARES)
    return [asdict(row) for row in sorted(rows, key=lambda row: (-row.count, -row.score, row.term))]


def _names(names: Iterable[str | None]) -> Counter[str]:
    return Counter(name for name in names if name)


def _authors(found: Sequence[Mention]) -> list[dict[str, Any]]:
    """Who was heard by most: audiences added up over the mentions, then who wrote most."""
    by_author = [mention for mention in found if mention.author]
    written = Counter(mention.author or "" for mention in by_author)
    audience: dict[str, int] = {}
    named_by = {mention.author or "": mention.id for mention in by_author}
    for mention in by_author:
        if mention.followers is not None:
            audience.setdefault(mention.author or "", mention.followers)
    heard: Counter[str] = Counter()
    for mention in by_author:
        author = mention.author or ""
        heard[author] += audience.get(author, 0) if mention.reach is None else mention.reach
    ranked = sorted(written, key=lambda author: (-heard[author], -written[author], author))
    return [
        {
            "author": author,
            "count": written[author],
            "followers": audience.get(author),
            "reach": heard[author],
            "mention": named_by[author],
        }
        for author in ranked[:AUTHORS]
    ]


def _examples(found: Sequence[Mention], terms: Sequence[str]) -> list[dict[str, Any]]:
    """Texts that say most of it, none twice; of equals the one with the larger audience."""

    def rank(mention: Mention) -> tuple[int, float, int]:
        folded = fold(mention.text)
        return -sum(term in folded for term in terms), mention.score, -(mention.followers or 0)

    ranked = sorted(found, key=rank)
    chosen: list[tuple[Mention, frozenset[str]]] = []
    for mention in ranked:
        words = Text(mention.text).tokens
        if not any(len(words & other) > ALIKE * min(len(words), len(other)) for _, other in chosen):
            chosen.append((mention, words))
        if len(chosen) == EXAMPLES:
            break
    return [_example(mention) for mention, _ in chosen]


def _example(mention: Mention) -> dict[str, Any]:
    return {
        "id": mention.id,
        "text": mention.text[:EXAMPLE_LENGTH],
        "author": mention.author,
        "url": mention.url,
        "sentiment": mention.sentiment,
        "published_at": mention.published_at.isoformat(),
    }
