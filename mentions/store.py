"""Drafts become mentions: language, sentiment, monitors and roll-ups, once however often they come."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from kit.bell import SIGNALS, ring_later
from kit.db import ReadSession, WriteSession
from mentions.draft import MentionDraft
from mentions.harm import of_harm
from mentions.language import identify
from mentions.matcher import Matcher
from mentions.monitor import Monitor
from mentions.sentiment import Sentiment, SentimentModel
from mentions.source import SourceHealth


@dataclass(frozen=True)
class Stored:
    """How many mentions were new, and how many had been there before."""

    new: int
    duplicates: int


@dataclass(frozen=True)
class Enriched:
    """A draft with what we found out about it."""

    draft: MentionDraft
    arrived_at: datetime
    lang: str
    sentiment: Sentiment
    monitor_ids: Sequence[int]
    harm: bool

    @property
    def minute(self) -> int:
        return int(self.arrived_at.timestamp()) // 60


async def enabled_monitors(session: ReadSession) -> Sequence[Monitor]:
    """The monitors that listen, in the order of their ids."""
    return (await session.scalars(select(Monitor).where(Monitor.enabled).order_by(Monitor.id))).all()


async def store(
    session: WriteSession,
    source_id: int,
    drafts: Sequence[MentionDraft],
    *,
    scorer: SentimentModel,
    monitors: Sequence[Monitor],
    arrived_at: datetime,
    also: Collection[int] = (),
    rejected: int = 0,
) -> Stored:
    """Store what is new of one source's drafts and count it, all in the caller's transaction.

    A mention is new when its (source, native id) is: redelivery changes nothing but the health figures.
    `arrived_at` holds for drafts that do not say; `also` are monitors that every draft belongs to.
    """
    unique = list({draft.native_id: draft for draft in reversed(drafts)}.values())
    unknown = await _unknown(session, source_id, unique)
    # in a thread: a large batch takes the better part of a second, and pages must go out meanwhile
    enriched = await asyncio.to_thread(_enrich, unknown, scorer, monitors, arrived_at, frozenset(also))
    new = await _insert_mentions(session, source_id, enriched)
    await _insert_matches(session, new)
    await _add_counts(session, [item for _, item in new])
    await _note_health(session, source_id, drafts, len(new), rejected, arrived_at)
    if new:
        ring_later(session, SIGNALS)
    return Stored(len(new), len(drafts) - len(new))


async def _unknown(
    session: WriteSession, source_id: int, drafts: Sequence[MentionDraft]
) -> list[MentionDraft]:
    """Those not stored yet, in the order of their ids: two workers then wait for, never deadlock, another."""
    query = text("SELECT native_id FROM mention WHERE source_id = :source AND native_id = ANY(:ids)")
    ids = [draft.native_id for draft in drafts]
    known = set((await session.execute(query, {"source": source_id, "ids": ids})).scalars())
    return sorted((d for d in drafts if d.native_id not in known), key=lambda draft: draft.native_id)


def _enrich(
    drafts: Sequence[MentionDraft],
    scorer: SentimentModel,
    monitors: Sequence[Monitor],
    arrived_at: datetime,
    also: frozenset[int],
) -> list[Enriched]:
    texts = [draft.text for draft in drafts]
    langs = [found.code for found in identify(texts, declared=[draft.lang for draft in drafts])]
    judgements = scorer.score(texts, langs)
    matched = Matcher([(monitor.id, monitor.query) for monitor in monitors]).match(texts)
    return [
        Enriched(
            draft,
            draft.arrived_at or arrived_at,
            lang,
            judgement,
            sorted(also.union(ids)),
            of_harm(draft.text),
        )
        for draft, lang, judgement, ids in zip(drafts, langs, judgements, matched, strict=True)
    ]


_INSERT_MENTIONS = text("""
    INSERT INTO mention (source_id, native_id, text, author, followers, url, lang, sentiment, score,
                         published_at, arrived_at)
    SELECT :source, * FROM unnest(
        CAST(:native_ids AS text[]), CAST(:texts AS text[]), CAST(:authors AS text[]),
        CAST(:followers AS bigint[]), CAST(:urls AS text[]), CAST(:langs AS text[]),
        CAST(:sentiments AS text[]), CAST(:scores AS float8[]),
        CAST(:published AS timestamptz[]), CAST(:arrived AS timestamptz[]))
    ON CONFLICT (source_id, native_id) DO NOTHING
    RETURNING id, native_id""")


async def _insert_mentions(
    session: WriteSession, source_id: int, items: Sequence[Enriched]
) -> list[tuple[int, Enriched]]:
    """The (mention id, item) pairs of what was really new: another worker may have been first."""
    if not items:
        return []
    rows = await session.execute(
        _INSERT_MENTIONS,
        {
            "source": source_id,
            "native_ids": [item.draft.native_id for item in items],
            "texts": [item.draft.text for item in items],
            "authors": [item.draft.author for item in items],
            "followers": [item.draft.followers for item in items],
            "urls": [item.draft.url for item in items],
            "langs": [item.lang for item in items],
            "sentiments": [item.sentiment.label for item in items],
            "scores": [item.sentiment.score for item in items],
            "published": [item.draft.published_at for item in items],
            "arrived": [item.arrived_at for item in items],
        },
    )
    by_native_id = {item.draft.native_id: item for item in items}
    return [(mention_id, by_native_id[native_id]) for mention_id, native_id in rows]


_INSERT_MATCHES = text("""
    INSERT INTO mention_match (monitor_id, mention_id, arrived_at)
    SELECT * FROM unnest(CAST(:monitors AS bigint[]), CAST(:mentions AS bigint[]),
                         CAST(:arrived AS timestamptz[]))""")


async def _insert_matches(session: WriteSession, new: Iterable[tuple[int, Enriched]]) -> None:
    rows = [(monitor, mention, item.arrived_at) for mention, item in new for monitor in item.monitor_ids]
    if rows:
        monitors, mentions, arrived = map(list, zip(*rows, strict=True))
        values = {"monitors": monitors, "mentions": mentions, "arrived": arrived}
        await session.execute(_INSERT_MATCHES, values)


_ADD_COUNTS = text("""
    INSERT INTO minute_count AS old (monitor_id, minute, volume, negative, positive, harm)
    SELECT * FROM unnest(CAST(:monitors AS bigint[]), CAST(:minutes AS bigint[]), CAST(:volume AS bigint[]),
                         CAST(:negative AS bigint[]), CAST(:positive AS bigint[]), CAST(:harm AS bigint[]))
    ON CONFLICT (monitor_id, minute) DO UPDATE SET
        volume = old.volume + excluded.volume,
        negative = old.negative + excluded.negative,
        positive = old.positive + excluded.positive,
        harm = old.harm + excluded.harm""")


async def _add_counts(session: WriteSession, new: Sequence[Enriched]) -> None:
    """Add to the roll-ups, by the minute of arrival; in order of the keys, against deadlocks."""
    counts = Counter(
        (monitor, item.minute, item.sentiment.label) for item in new for monitor in item.monitor_ids
    )
    harm = Counter((monitor, item.minute) for item in new if item.harm for monitor in item.monitor_ids)
    keys = sorted({(monitor, minute) for monitor, minute, _ in counts})
    if not keys:
        return
    negative = [counts[*key, "negative"] for key in keys]
    positive = [counts[*key, "positive"] for key in keys]
    neutral = [counts[*key, "neutral"] for key in keys]
    values = {
        "monitors": [monitor for monitor, _ in keys],
        "minutes": [minute for _, minute in keys],
        "volume": [sum(parts) for parts in zip(negative, positive, neutral, strict=True)],
        "negative": negative,
        "positive": positive,
        "harm": [harm[key] for key in keys],
    }
    await session.execute(_ADD_COUNTS, values)


async def _note_health(
    session: WriteSession,
    source_id: int,
    drafts: Sequence[MentionDraft],
    new: int,
    rejected: int,
    arrived_at: datetime,
) -> None:
    """What people look at to see whether a source is alive."""
    published_at = max((draft.published_at for draft in drafts), default=None)
    row = insert(SourceHealth).values(
        source_id=source_id,
        last_received_at=arrived_at,
        last_published_at=published_at,
        received=new,
        duplicates=len(drafts) - new,
        rejected=rejected,
    )
    old, add = SourceHealth, row.excluded
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[old.source_id],
            set_={
                "last_received_at": func.greatest(old.last_received_at, add.last_received_at),
                "last_published_at": func.greatest(old.last_published_at, add.last_published_at),
                "received": old.received + add.received,
                "duplicates": old.duplicates + add.duplicates,
                "rejected": old.rejected + add.rejected,
            },
        )
    )
