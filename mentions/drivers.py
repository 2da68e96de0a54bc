"""What drives a change: the terms, authors and examples of a stretch of time against the day before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from kit.db import ReadSession
from kit.errors import NotFound
from mentions.mention import Match, Mention
from mentions.monitor import Monitor
from mentions.terms import count_terms, distinctive
from mentions.text import Text, fold
from people.organisations import Brand

SAMPLE = 2_000  # newest mentions read of each of the two stretches
EXAMPLES = 3
AUTHORS = 5
EXAMPLE_LENGTH = 280  # characters
ALIKE = 0.7  # share of common words from which two texts are one example


async def drivers(
    session: ReadSession,
    monitor_id: int,
    since: datetime,
    until: datetime,
    *,
    sentiment: str | None = None,
) -> dict[str, Any]:
    """What the monitor's mentions of [since, until) are about that those of the day before were not.

    `sentiment` looks at those mentions only. Ready for JSON: `mentions` (how many were read), `terms`
    (term, count, expected, score), `authors` (author, count, followers), `examples` (id, text, author, url,
    sentiment, published_at), `languages` (code to count). NotFound: no such monitor.
    """
    monitor = await session.get(Monitor, monitor_id)
    if monitor is None:
        raise NotFound("There is no such monitor.")
    now = await _sample(session, monitor_id, since, until, sentiment)
    before = await _sample(session, monitor_id, since - timedelta(days=1), since, sentiment)
    brand_words = await _brand_words(session, monitor.brand_id)
    vocabulary = count_terms((mention.text for mention in now), without=brand_words)
    usual = count_terms((mention.text for mention in before), without=brand_words)
    terms = distinctive(vocabulary, usual)
    return {
        "mentions": len(now),
        "terms": [asdict(term) for term in terms],
        "authors": _authors(now),
        "examples": _examples(now, [fold(term.term) for term in terms]),
        "languages": dict(Counter(mention.lang for mention in now).most_common()),
    }


async def _sample(
    session: ReadSession, monitor_id: int, since: datetime, until: datetime, sentiment: str | None
) -> Sequence[Mention]:
    query = (
        select(Mention)
        .join(Match, Match.mention_id == Mention.id)
        .where(
            Match.monitor_id == monitor_id,
            Match.arrived_at >= since,
            Match.arrived_at < until,
            Mention.arrived_at == Match.arrived_at,
        )
        .order_by(Match.arrived_at.desc(), Mention.id.desc())
        .limit(SAMPLE)
    )
    if sentiment is not None:
        query = query.where(Mention.sentiment == sentiment)
    return (await session.scalars(query)).all()


async def _brand_words(session: ReadSession, brand_id: int) -> frozenset[str]:
    """The words of the brand's name, also run together as in a hashtag: they are in every text anyway."""
    name = await session.scalar(select(Brand.name).where(Brand.id == brand_id))
    words = fold(name or "").split()
    return frozenset([*words, "".join(words)])


def _authors(found: Sequence[Mention]) -> list[dict[str, Any]]:
    """Who wrote most, the larger audience first where equal."""
    written = Counter(mention.author for mention in found if mention.author)
    audience: dict[str, int | None] = {}
    for mention in found:
        if mention.author and audience.get(mention.author) is None:
            audience[mention.author] = mention.followers
    ranked = sorted(written.items(), key=lambda pair: (-pair[1], -(audience[pair[0]] or 0), pair[0]))
    return [
        {"author": author, "count": count, "followers": audience[author]}
        for author, count in ranked[:AUTHORS]
    ]


def _examples(found: Sequence[Mention], terms: Sequence[str]) -> list[dict[str, Any]]:
    """Texts that say most of it, none twice; of equals the one with the larger audience."""
    ranked = sorted(
        found,
        key=lambda mention: (
            -sum(term in fold(mention.text) for term in terms),
            mention.score,
            -(mention.followers or 0),
        ),
    )
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
