"""The change to a runbook step that a lesson proposes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incident.review import Lesson
from kit.db import Row
from people.members import Member
from runbooks.runbook import Runbook, Version


class Proposal(Row):
    """Read against the version it was written for; accepted onto the newest when that step is unchanged."""

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), unique=True)
    runbook_id: Mapped[int] = mapped_column(ForeignKey(Runbook.id))
    base_version_id: Mapped[int] = mapped_column(ForeignKey(Version.id))
    step_key: Mapped[str]
    changes: Mapped[dict[str, Any]]
    """New values by field: title, body, due_minutes, owner, needs_approval."""
    state: Mapped[str] = mapped_column(default="open")
    author_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey(Version.id))
    """The version that accepting it made."""
    created_at: Mapped[datetime]
