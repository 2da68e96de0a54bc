"""Texts that were repeated, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Story(Base):
    """A text that others repeat. Holds nothing anybody wrote; how often is counted from the mentions.

    Every text long enough to be repeated is a story of its own (`mention.story_id` is then its own id); a row
    comes with the first copy.
    """

    __tablename__ = "story"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The id of the first mention of it that we know; the mention itself may be gone."""
    first_at: Mapped[datetime]
    """When that mention arrived."""
    fingerprint: Mapped[int] = mapped_column(unique=True)
    """Of its words in order (`mentions.copies.sketch`): workers that found one text agree on one story."""
