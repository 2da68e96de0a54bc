"""What was decided on a statement: the text as it was read, by whom, and what they asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incident.response import Response
from kit.db import Row
from people.members import Member
from people.organisations import Organisation


class ResponseDecision(Row):
    """One approval or return of one version. Never changed."""

    __tablename__ = "response_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('approved', 'returned')", name="verdict"),
        CheckConstraint("(verdict = 'returned') = (reason IS NOT NULL)", name="reason"),
    )

    response_id: Mapped[int] = mapped_column(ForeignKey(Response.id), index=True)
    verdict: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    reason: Mapped[str | None]
    """What should change; of a return only."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id))
    """The partner whose desk the statement was on: another, that gets it later, does not read this text."""
    decided_by: Mapped[int] = mapped_column(ForeignKey(Member.id))
    decided_at: Mapped[datetime]
