"""Who has been heard within the hour: a thousand posts of one account are no crowd.

For each account and hour (by arrival) one row says what it has already been heard with: with anything, with
words of its own, with something negative, positive, about harm. What a mention is first of is noted with it
(`mention.firsts`) and never changes. One statement asks and notes, so that workers agree; rows of past hours
go within a few hours and hold no name.

An article, a review, a call is always a voice: a newspaper's second article is news of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

from sqlalchemy import SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, WriteSession
from mentions.figures import ALL, HARM, NEGATIVE, OWN, POSITIVE, VOICE
from mentions.item import Enriched, Item
from mentions.texts.text import fold

CHATTY = ("post", "comment")
"""Kinds of which an account may say very many."""

Place = tuple[int, int]
"""An hour (since 1970-01-01 UTC) and an account."""


class VoiceHour(Base):
    """What an account was heard with in an hour."""

    __tablename__ = "voice_hour"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """64 bits of a digest of source and author."""
    heard: Mapped[int] = mapped_column(SmallInteger)
    """VOICE … HARM of `mentions.figures`, added up."""
    before: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The same before the last statement, which gives it back."""


_HEAR = text("""
    INSERT INTO voice_hour AS old (hour, account, heard)
    SELECT * FROM unnest(CAST(:hours AS bigint[]), CAST(:accounts AS bigint[]), CAST(:heard AS smallint[]))
    ON CONFLICT (hour, account) DO UPDATE SET before = old.heard, heard = old.heard | excluded.heard
    RETURNING hour, account, before""")


async def hear(session: WriteSession, new: Sequence[Enriched]) -> list[Enriched]:
    """The same mentions, in their order, with what each is first of."""
    wanted: defaultdict[Place, int] = defaultdict(int)
    places = [_place(found.item) for found in new]
    for found, place in zip(new, places, strict=True):
        if place is not None:
            wanted[place] |= _heard_with(found)
    before = await _hear(session, wanted)
    firsts = [ALL] * len(new)
    for at in sorted(range(len(new)), key=lambda at: _order(new[at].item)):
        if (place := places[at]) is not None:
            mine = _heard_with(new[at])
            firsts[at] = mine & ~before[place]
            before[place] |= mine
    return [found._replace(firsts=first) for found, first in zip(new, firsts, strict=True)]


async def _hear(session: WriteSession, wanted: dict[Place, int]) -> dict[Place, int]:
    """Note it; what each account had been heard with before. In one order, against deadlocks."""
    if not wanted:
        return {}
    places = sorted(wanted)
    values = {
        "hours": [hour for hour, _ in places],
        "accounts": [account for _, account in places],
        "heard": [wanted[place] for place in places],
    }
    rows = await session.execute(_HEAR, values)
    return {(hour, account): before for hour, account, before in rows}


def _place(item: Item) -> Place | None:
    """None: always a voice of its own."""
    author = item.draft.author
    if not author or item.draft.kind not in CHATTY:
        return None
    name = f"{item.source_id}\n{fold(author).lstrip('@')}".encode("utf-8", "replace")
    account = int.from_bytes(blake2b(name, digest_size=8).digest(), "big", signed=True)
    return int(item.arrived_at.timestamp()) // 3600, account


def _heard_with(found: Enriched) -> int:
    """What a mention lets its account be heard with."""
    bits = VOICE | (HARM if found.harm else 0)
    if not found.copy:
        label = found.sentiment.label
        bits |= OWN | {"negative": NEGATIVE, "positive": POSITIVE}.get(label, 0)
    return bits


def _order(item: Item) -> tuple[object, ...]:
    """By time; the rest only so that the order is one."""
    return item.arrived_at, item.draft.published_at, item.source_id, item.draft.native_id
