"""A stretch of time in which a brand expects to be talked about more than usual, because of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row
from mentions.monitor import Monitor
from people.members import Member
from people.organisations import Brand

KINDS = ("campaign", "holiday")
CAMPAIGN, HOLIDAY = KINDS
"""A holiday brings more, too; and its audience may keep other hours."""


class Campaign(Row):
    """One announced window. Those of a repeating event are rows of their own."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("lift >= 1 AND lift <= 100", name="lift"),
        CheckConstraint("kind IN ('campaign', 'holiday')", name="kind"),
        Index("ix_campaign_brand_id_starts_at", "brand_id", "starts_at"),
        Index(
            "uq_campaign_imported",
            "brand_id",
            "uid",
            "occurrence",
            unique=True,
            postgresql_where="uid IS NOT NULL",
        ),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id))
    monitor_id: Mapped[int | None] = mapped_column(ForeignKey(Monitor.id))
    """Null: every monitor of the brand."""
    kind: Mapped[str] = mapped_column(default=CAMPAIGN, server_default=CAMPAIGN)
    """One of KINDS."""
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lift: Mapped[float]
    """How many times as many mentions as usual are expected, 1 to 100."""
    brief: Mapped[str] = mapped_column(default="", server_default="")
    """What is promised, the rules, the dates: for whoever is woken, or answers."""
    link: Mapped[str] = mapped_column(default="", server_default="")
    """Where more of it is written: http or https, or empty."""
    contact: Mapped[str] = mapped_column(default="", server_default="")
    """Whom to ask, with their telephone or mail; beside or instead of"""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """a member of the house."""
    uid: Mapped[str | None]
    """What a file calls it; null when it was typed in."""
    occurrence: Mapped[str | None]
    """Which of a repeating event's it is, as the file says."""
    imported: Mapped[dict[str, Any] | None]
    """What the file said: the same file again leaves alone what people have changed here."""
    version: Mapped[int] = mapped_column(default=1)
