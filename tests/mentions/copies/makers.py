"""Mentions as the fold sees them, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mentions.copies.fold import Numbered
from mentions.drafts.draft import MentionDraft
from mentions.item import Enriched, Item
from mentions.sentiment import Sentiment

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def numbered(texts: Sequence[str]) -> list[Numbered]:
    """The texts as new mentions of one source, numbered from 1, all of one moment."""
    drafts = (MentionDraft(native_id=str(at), text=text, published_at=NOON) for at, text in enumerate(texts))
    return [
        (at, Enriched(Item(1, draft, NOON, frozenset()), "es", Sentiment("neutral", 0.0, 0.5), (), False))
        for at, draft in enumerate(drafts, 1)
    ]
