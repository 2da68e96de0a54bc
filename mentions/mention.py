"""One public post, article, review or comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row


class Mention(Row):
    """A mention as stored. Its identity is (source, native id), never its text."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("source_id", "native_id"),
        Index("ix_mention_arrived_at", "arrived_at"),
    )

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    native_id: Mapped[str]
    """The source's own id, always as text."""
    text: Mapped[str]
    author: Mapped[str | None]
    followers: Mapped[int | None]
    url: Mapped[str | None]
    lang: Mapped[str]
    """ISO 639-1, `und` when unknown."""
    sentiment: Mapped[str]
    """negative, neutral or positive."""
    score: Mapped[float]
    """-1 … 1: P(positive) - P(negative)."""
    published_at: Mapped[datetime]
    """When the author's side says it was published: shown, not trusted for detection."""
    arrived_at: Mapped[datetime]
    """The transport's time, by which roll-ups and detection go."""


class Match(Base):
    """This mention is one of this monitor's."""

    __tablename__ = "mention_match"

    monitor_id: Mapped[int] = mapped_column(ForeignKey("monitor.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True)
    arrived_at: Mapped[datetime]

    __table_args__ = (Index("ix_mention_match_monitor_id_arrived_at", "monitor_id", "arrived_at"),)
