"""An opportunity: a brand is praised more than usual. Somebody takes it, decides, tells what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import Row
from people.members import Member


class Opportunity(Row):
    """One for each alert of praise. It wakes nobody and is no incident."""

    __tablename__ = "opportunity"
    __table_args__ = (
        CheckConstraint("decision IN ('', 'use', 'pass')", name="decision"),
        Index("ix_opportunity_open", "id", postgresql_where="closed_at IS NULL"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id), unique=True)
    opened_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """Who has taken it."""
    decision: Mapped[str] = mapped_column(default="")
    """use, pass; empty: nobody has decided."""
    reason: Mapped[str] = mapped_column(default="")
    """What will be done, or why not."""
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    """What came of using it."""
    closed_at: Mapped[datetime | None]
    """Let pass, or its outcome is told."""
