"""What is learned of labels: made from people's decisions by a listening worker, one row that all read.

It is made anew when the decisions have changed, at most each ten minutes and outside of any transaction. When
a decision's text must be forgotten, the row goes with it (`forget`), and is made anew at the next look.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.core import Core
from kit.db import Base, ReadSession, WriteSession
from mentions.judging.enrich import whole_text
from mentions.mention import Mention
from mentions.triage.decisions import Decision
from mentions.triage.labels import words_of
from mentions.triage.learned import Heard, Learned
from mentions.triage.teaching import Lesson, count, tried

APART = timedelta(minutes=10)
DECISIONS = 2_000
"""The newest that are learned from."""
SAMPLE = 2_000
"""Mentions that nobody decided about, spread over a fortnight."""
READ = 4_000
"""Characters of a text: more than the words that are looked at have."""
FORTNIGHT = timedelta(days=14)
NOBODY = "0 None"
"""`seen` without any decision."""

_KEPT: dict[UUID, Learned] = {}
"""The one that this process read last."""


class LabelModel(Base):
    """What was learned, with how often it was right: each decision judged by what the others teach."""

    __tablename__ = "triage_model"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    seen: Mapped[str]
    """What changes with the decisions."""
    made_at: Mapped[datetime]
    decisions: Mapped[int]
    rules_right: Mapped[int]
    learned_right: Mapped[int]
    """Rules and model together."""
    used: Mapped[bool]
    """Only what is right more often than the rules alone."""
    sampled: Mapped[int]
    """Mentions that nobody decided about, of which"""
    changed: Mapped[int]
    """so many would get another label than the rules'."""
    digest: Mapped[UUID] = mapped_column(Uuid())
    """Of the content."""
    content: Mapped[dict[str, Any]]
    """See `Learned.written`."""


async def current(session: ReadSession) -> Learned | None:
    """Return what was learned, if it is used; a process reads it when it has changed."""
    used = select(LabelModel.digest).where(LabelModel.used)
    digest = await session.scalar(used)
    if digest not in _KEPT:
        _KEPT.clear()
        # both at once: it may be another one by now
        for digest, content in await session.execute(used.add_columns(LabelModel.content)):
            _KEPT[digest] = Learned.read(content)
    return next(iter(_KEPT.values()), None)


async def forget(session: WriteSession) -> None:
    """Let go of it: a text that it was made of must be forgotten. Until the next look the rules decide."""
    await session.execute(delete(LabelModel))


_ALONE = text("LOCK TABLE triage_decision IN SHARE ROW EXCLUSIVE MODE")
"""What an erasure on its way takes out is out, and another worker that learned the same has written it."""


async def learn_due(core: Core) -> int:
    """The sweep: make it anew where people have decided something since; returns whether it did."""
    now = core.clock.now()
    async with core.database.read() as session:
        if (seen := await _due(session, now)) is None:
            return 0
        lessons, sample = await _lessons(session), await _sample(session, now)
    made = await asyncio.to_thread(learn, lessons, sample)
    async with core.database.unit_of_work() as session:
        await session.execute(_ALONE)
        if await _due(session, now) != seen:
            return 0
        row = {"id": 1, "seen": seen, "made_at": now, **made}
        new = insert(LabelModel).values(row)
        await session.execute(new.on_conflict_do_update(index_elements=["id"], set_=row))
    return 1


def learn(lessons: Sequence[Lesson], sample: Sequence[Heard]) -> dict[str, Any]:
    """The columns of the row that these come to. Pure; for a thread, a fraction of a second."""
    counts = count(lessons, sample)
    found, learned = tried(counts, lessons), counts.learned()
    content = learned.written()
    return {
        **found._asdict(),
        "used": found.learned_right > found.rules_right,
        "sampled": len(sample),
        "changed": len(learned.changes(sample)),
        "digest": UUID(bytes=sha256(json.dumps(content).encode()).digest()[:16]),
        "content": content,
    }


async def _due(session: ReadSession, now: datetime) -> str | None:
    """The decisions as they are (`seen`), where it is time to learn from them; None where it is not."""
    number, newest = (await session.execute(select(func.count(), func.max(Decision.made_at)))).one()
    seen = f"{number} {newest}"
    there = (await session.execute(select(LabelModel.seen, LabelModel.made_at))).one_or_none()
    if there is None:
        return None if seen == NOBODY else seen
    return None if seen == there.seen or now - there.made_at < APART else seen


async def _lessons(session: ReadSession) -> list[Lesson]:
    query = select(Decision).order_by(Decision.made_at.desc(), Decision.id.desc()).limit(DECISIONS)
    return [
        Lesson(Heard(words_of(row.text[:READ]), row.lang, row.sentiment, row.said), row.label)
        for row in await session.scalars(query)
    ]


async def _sample(session: ReadSession, now: datetime) -> list[Heard]:
    """Mentions with the rules' label, evenly by their numbers, so that a crisis is not all there is."""
    recent = Mention.arrived_at >= now - FORTNIGHT
    ends: list[int] = []
    for order in ((Mention.arrived_at, Mention.id), (Mention.arrived_at.desc(), Mention.id.desc())):
        ends += await session.scalars(select(Mention.id).where(recent).order_by(*order).limit(1))
    if not ends:
        return []
    low, high = min(ends), max(ends)
    numbers = range(low, high + 1, max(1, (high - low) // SAMPLE))
    query = select(Mention).where(
        Mention.id.in_(numbers),
        recent,
        Mention.triaged_by.is_(None),
        Mention.learned.is_(None),
        Mention.deleted_at.is_(None),
    )
    return [
        Heard(words_of(whole_text(row)[:READ]), row.lang, row.sentiment, row.triage)
        for row in await session.scalars(query.order_by(Mention.id))
    ]
