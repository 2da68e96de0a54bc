"""A second, slower judgement on mentions that are stored: the better model's word replaces the first one's.

A person's word stands, whichever way it was given; counts move in the same transaction as the mention.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from kit.bell import SIGNALS, ring_later
from kit.db import ReadSession, WriteSession
from mentions.counting import rollups
from mentions.mention import Match, Mention
from mentions.notable import weighing
from mentions.sentiment import corrections
from mentions.sentiment.model import Sentiment


async def waiting(
    session: ReadSession, monitor_ids: Collection[int], *, after: int, since: datetime, limit: int
) -> Sequence[Mention]:
    """Return the first mentions of these monitors with a number above `after` that no person has judged."""
    matched = select(Match.mention_id).where(Match.monitor_id.in_(monitor_ids), Match.arrived_at >= since)
    query = select(Mention).where(
        Mention.id.in_(matched),
        Mention.id > after,
        Mention.arrived_at >= since,
        Mention.judged_by.is_(None),
        Mention.deleted_at.is_(None),
    )
    return (await session.scalars(query.order_by(Mention.id).limit(limit))).all()


async def record(session: WriteSession, judged: Mapping[int, tuple[str, Sentiment]]) -> int:
    """Give the mentions the judgements on the texts beside them; returns how many labels changed.

    What was judged by a person, edited or taken back in the meantime stays as it is.
    """
    query = select(Mention).where(Mention.id.in_(judged)).order_by(Mention.id).with_for_update()
    rows = (await session.scalars(query)).all()
    by_people = await corrections.known(session, [corrections.text_key(row.text) for row in rows])
    weigh = await weighing(session)
    changed, moves = 0, []
    for row in rows:
        text, sentiment = judged[row.id]
        own = row.judged_by is not None or corrections.text_key(row.text) in by_people
        if own or row.text != text or row.deleted_at is not None:
            continue
        changed += row.sentiment != sentiment.label
        moves += await corrections.moves(session, row, sentiment.label, weigh)
        row.sentiment, row.score, row.confidence = sentiment
    await rollups.add(session, moves)
    if changed:
        ring_later(session, SIGNALS)
    return changed
