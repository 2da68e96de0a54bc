"""The look back, and what was learned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incident.incident import Incident
from kit.db import Row
from people.members import Member


class Review(Row):
    """Opens when the incident is resolved, with the timeline already in it."""

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), unique=True)
    state: Mapped[str] = mapped_column(default="open")
    summary: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Lesson(Row):
    """One finding, blameless: what to keep, or what to change."""

    __tablename__ = "lesson"
    __table_args__ = (CheckConstraint("kind IN ('keep', 'change')", name="kind"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    created_at: Mapped[datetime]
