"""A mention on its way from a source's words to a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from asyncpg.pgproto import pgproto
from msgspec import structs

from mentions.drafts.draft import MentionDraft
from mentions.figures import ALL, Said
from mentions.lateness import Usual, heard_at
from mentions.sentiment import Sentiment
from mentions.waiting.batch import Batch

ANY_SOURCE = 0
"""The source under which an item's `uri` is kept: it is the same item wherever it comes from."""


@dataclass(frozen=True, slots=True)
class Item:
    """A draft, where it came from and when."""

    source_id: int
    draft: MentionDraft
    arrived_at: datetime
    """When it counts as heard: for what came late, when it was published."""
    also: frozenset[int]
    """Monitors to which it belongs, whatever its words."""
    reached_us_at: datetime | None = None
    """None: its transport says itself when it arrived."""

    key: tuple[int, UUID] = field(init=False)
    """Its identity: the source and a digest of the source's own id."""

    def __post_init__(self) -> None:
        # once: it is asked for at every step of the way
        object.__setattr__(self, "key", (self.source_id, digest(self.draft.native_id)))

    def deleted(self) -> Item:
        """Its deletion."""
        return replace(self, draft=structs.replace(self.draft, text="", deleted=True))


class Enriched(NamedTuple):
    """An item with what we found out about it."""

    item: Item
    lang: str
    sentiment: Sentiment
    monitor_ids: Sequence[int]
    harm: bool
    triage: str = ""
    learned: str | None = None
    """Why the label is not the rules'."""
    story_id: int | None = None
    copy: bool = False
    firsts: int = ALL
    """What it is the first of by its account within the hour (`mentions.figures`)."""

    @property
    def said(self) -> Said:
        """What is counted of it."""
        draft = self.item.draft
        audience = draft.followers if draft.reach is None else draft.reach
        return Said(self.sentiment.label, self.harm, self.copy, self.firsts, audience)

    @property
    def minute(self) -> int:
        return int(self.item.arrived_at.timestamp()) // 60


def digest(identity: str) -> UUID:
    """128 bits of SHA-256: what an id of up to 2,000 characters is compared by.

    As the driver gives it back: made, hashed and compared several times faster than the standard one.
    """
    found: UUID = pgproto.UUID(hashlib.sha256(identity.encode()).digest()[:16])
    return found


def items_of(batches: Iterable[Batch], usual: Usual = MappingProxyType({})) -> tuple[list[Item], list[Item]]:
    """What came for the first time in these batches, and what came again to change it, in their order.

    A mention cannot arrive after its batch did: a sender's clock that runs ahead is not believed. `usual`:
    how late its source usually is.
    """
    first: dict[tuple[int, UUID], Item] = {}
    again = []
    for batch in batches:
        also = frozenset(batch.monitor_ids)
        for draft in batch.drafts:
            item = _item(batch, draft, also, usual.get(batch.source_id))
            if not draft.deleted and item.key not in first:
                first[item.key] = item
            elif draft.deleted or draft.revised_at is not None:
                again.append(item)
    return list(first.values()), again


def _item(batch: Batch, draft: MentionDraft, also: frozenset[int], usual: timedelta | None) -> Item:
    if draft.arrived_at is not None:
        return Item(batch.source_id, draft, min(draft.arrived_at, batch.arrived_at), also)
    arrived_at = heard_at(draft.published_at, batch.arrived_at, usual)
    return Item(batch.source_id, draft, arrived_at, also, batch.arrived_at)
