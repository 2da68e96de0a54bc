"""The stored past as queries see it: rows of mentions, newest first, as what a query may ask about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select

from mentions.enrich import SourceNames, matchable
from mentions.matcher import Matchable
from mentions.mention import Mention

Past = Row[Any]
"""One row of `past`."""


_COLUMNS: tuple[Any, ...] = (
    Mention.id, Mention.arrived_at, Mention.published_at, Mention.source_id, Mention.text, Mention.title,
    Mention.author, Mention.followers, Mention.url, Mention.lang, Mention.sentiment, Mention.score,
    Mention.domain, Mention.country, Mention.kind, Mention.copy, Mention.reach, Mention.firsts,
)  # fmt: skip


def past() -> Select[Any]:
    """All mentions that still have their text, newest arrival first."""
    query = select(*_COLUMNS).where(Mention.deleted_at.is_(None))
    return query.order_by(Mention.arrived_at.desc(), Mention.id.desc())


def seen(row: Past, sources: SourceNames) -> Matchable:
    """The row as a query sees it."""
    return matchable(row, row.lang, row.source_id, sources)
