"""One execution of a runbook version in one incident."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incident.incident import Incident
from incident.response import Response
from incident.review import Lesson
from kit.db import Row
from people.members import Member
from people.organisations import Organisation
from runbooks.runbook import Version


class Run(Row):
    """The version that was newest when the run began; its steps are copied, not referred to."""

    __tablename__ = "run"

    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(Version.id))
    started_at: Mapped[datetime]


class Step(Row):
    """One thing to do, in this incident, by one owner, by a deadline."""

    __tablename__ = "run_step"
    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        CheckConstraint("state IN ('todo', 'awaiting_approval', 'done', 'skipped')", name="state"),
        Index(
            "ix_run_step_due_at",
            "due_at",
            postgresql_where="state IN ('todo', 'awaiting_approval') AND overdue_at IS NULL",
        ),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), index=True)
    key: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="todo")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    owner_organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id), index=True)
    """Set when the step is a partner's: its members see this step and its briefing, nothing else."""
    due_at: Mapped[datetime]
    due_minutes: Mapped[int]
    needs_approval: Mapped[bool]
    response_id: Mapped[int | None] = mapped_column(ForeignKey(Response.id))
    """The statement that this step produces, once somebody began to draft it."""
    completed_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    completed_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    skip_reason: Mapped[str | None]
    overdue_at: Mapped[datetime | None]
    """When the sweep told the timeline that the deadline had passed."""
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey(Lesson.id))
    """Carried over from the plan: the lesson this step came from."""
