"""A public statement or reply: drafted (also by a partner), approved and published in-house."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incident.incident import Incident
from kit.db import Row
from people.members import Member


class Response(Row):
    """One statement. Its text changes only as a draft; each state after that is somebody's act."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'approved', 'published')", name="state"),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), index=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    """Counts the edits of the text: an approval names the version that was read."""
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    published_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    return_reason: Mapped[str | None]
    published_url: Mapped[str | None]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
