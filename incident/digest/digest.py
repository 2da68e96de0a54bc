"""Who wants a digest and when, and the digests that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row
from people.departments import Department
from people.members import Member

CADENCES = ("daily", "weekly")


class DigestSubscription(Row):
    """One digest that one person, or one department, gets again and again."""

    __tablename__ = "digest_subscription"
    __table_args__ = (
        UniqueConstraint("member_id", "cadence"),
        UniqueConstraint("department_id", "cadence"),
        CheckConstraint("cadence IN ('daily', 'weekly')", name="cadence"),
        CheckConstraint("(member_id IS NULL) <> (department_id IS NULL)", name="reader"),
        Index("ix_digest_subscription_due_at", "due_at", postgresql_where="enabled"),
    )

    member_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    cadence: Mapped[str]
    hour: Mapped[int]
    """0 … 23 by the reader's clock; weekly ones come on Mondays."""
    brands: Mapped[list[Any]] = mapped_column(default=list)
    """Brand ids; empty: all of them."""
    enabled: Mapped[bool] = mapped_column(default=True)
    due_at: Mapped[datetime]
    """When the next one is made; kept in step with the reader's zone and hour."""
    covered_until: Mapped[datetime]
    """The end of what the last one told: the next begins there."""


class Digest(Row):
    """What was told, as figures: read in any language, and the same for ever."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("subscription_id", "period"),)

    subscription_id: Mapped[int] = mapped_column(ForeignKey("digest_subscription.id"))
    period: Mapped[str]
    """The moment until which it tells: one digest each, however often it is tried. Not its day, on which
    somebody who moves it to another hour gets two. Older ones have the day or the week here."""
    cadence: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    made_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    """As `incident.digest.figures` has them."""
