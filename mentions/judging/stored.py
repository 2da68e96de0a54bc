"""The stored past as queries see it: rows of mentions, newest first, as what a query may ask about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select

from mentions.judging.enrich import SourceNames, matchable
from mentions.judging.matcher import Matchable
from mentions.mention import Mention

Past = Row[Any]
"""One row of `past`."""


_COLUMNS = (
    "id", "arrived_at", "published_at", "source_id", "text", "title", "author", "followers", "url", "lang",
    "sentiment", "score", "domain", "country", "kind", "copy", "reach", "firsts", "repeated",
)  # fmt: skip


def past(of: Any = Mention) -> Select[Any]:
    """All mentions (or those of an alias of them) that still have their text, newest arrival first."""
    query = select(*(getattr(of, name) for name in _COLUMNS)).where(of.deleted_at.is_(None))
    return query.order_by(of.arrived_at.desc(), of.id.desc())


def seen(row: Past, sources: SourceNames) -> Matchable:
    """The row as a query sees it."""
    return matchable(row, row.lang, row.source_id, sources)
