"""What whoever has a step asked those who lead, and what they answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row
from people.members import Member
from people.organisations import Organisation
from runbooks.run import Step


class StepQuestion(Row):
    """One question on a running step, with its answer once there is one."""

    __tablename__ = "step_question"
    __table_args__ = (
        CheckConstraint("num_nulls(answer, answered_by, answered_at) IN (0, 3)", name="answered_as_a_whole"),
    )

    step_id: Mapped[int] = mapped_column(ForeignKey(Step.id), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    """Whose desk the step was on: a partner that gets the step later does not read it."""
    text: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey(Member.id))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    answered_at: Mapped[datetime | None]
