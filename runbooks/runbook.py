"""The plan for one crisis type, in numbered versions that never change once written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incident.review import Lesson
from kit.db import Row
from people.members import Member


class Runbook(Row):
    """A named plan. What is run is its newest version."""

    __tablename__ = "runbook"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    crisis_type: Mapped[str] = mapped_column(unique=True)
    """Key of `incident.types`."""
    summary: Mapped[str] = mapped_column(default="")


class Version(Row):
    """One edition. Version n+1 is a new set of steps; version n stays as it was run."""

    __tablename__ = "runbook_version"
    __table_args__ = (UniqueConstraint("runbook_id", "number"),)

    runbook_id: Mapped[int] = mapped_column(ForeignKey("runbook.id"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    created_at: Mapped[datetime]


class StepPlan(Row):
    """One thing to do, as planned. `key` names the same step in every version."""

    __tablename__ = "runbook_step"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        CheckConstraint("kind IN ('task', 'statement')", name="kind"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("runbook_version.id"), index=True)
    key: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    kind: Mapped[str]
    """`task`, or `statement`: a step whose result is a response."""
    owner: Mapped[str]
    """Whose it is: `lead`, `on_call`, `partner`, or `member:ID`."""
    due_minutes: Mapped[int]
    """Deadline in minutes from detection (T+)."""
    needs_approval: Mapped[bool]
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey(Lesson.id))
    """The lesson that last changed this step."""
