"""Cases: one per author and thread, for one department, with one owner at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from kit.events import Event
from mentions.triage.routing import RoutingRule
from people.departments import Department
from people.members import Member
from people.organisations import Brand

STATES = ("new", "claimed", "answered", "handed_over", "closed")
WAITING = ("new", "handed_over")
"""Nobody has it."""
OPEN = ("new", "handed_over", "claimed")

Index("ix_event_case", Event.data["case_id"].astext)


class Case(Row):
    """What somebody said to us, and who of us deals with it.

    Holds nothing that the public wrote: texts and names stay with the mentions, and go when they go.
    """

    __tablename__ = "triage_case"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'claimed', 'answered', 'handed_over', 'closed')", name="state"),
        Index(
            "uq_triage_case_key",
            "brand_id",
            "key",
            unique=True,
            postgresql_where="state <> 'closed'",
        ),
        Index("ix_triage_case_department_id", "department_id", "state"),
        Index(
            "ix_triage_case_due_at", "due_at", postgresql_where="late_told_at IS NULL AND answered_at IS NULL"
        ),
        Index("ix_triage_case_raised_by", "raised_by", postgresql_where="raised_by IS NOT NULL"),
        Index("ix_triage_case_owner_id", "owner_id", postgresql_where="state = 'claimed'"),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id))
    key: Mapped[str]
    """SHA-256 of who writes and in which conversation (`mentions.triage.grouping`)."""
    label: Mapped[str]
    """What it is about: a label of `mentions.triage.labels`, or a tag of `mentions.triage.routing`."""
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id))
    reason: Mapped[str]
    """Why it came to this department, in the house's words; empty: it is where its label usually goes."""
    rule_id: Mapped[int | None] = mapped_column(ForeignKey(RoutingRule.id, ondelete="SET NULL"))
    """The rule by which it is here: it says for whom it is, and how to answer."""
    state: Mapped[str] = mapped_column(default="new")
    story_id: Mapped[int | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Until when it should be answered."""
    late_told_at: Mapped[datetime | None]
    mentions: Mapped[int] = mapped_column(default=1)
    reach: Mapped[int] = mapped_column(default=0)
    """The largest audience of any of its mentions, people."""
    last_said_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    claimed_at: Mapped[datetime | None]
    claim_ends_at: Mapped[datetime | None]
    """After this anybody may take it over."""
    decision: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    """The wording that went out."""
    reply_url: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    outcome: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """Who first sent it to the department by hand; None: a rule.

    `Raiser` has all. Both columns stay, for the version before reads and writes nothing else; and the API
    tells who was first.
    """
    raised_note: Mapped[str] = mapped_column(default="")
    """Theirs."""


class Raiser(Base):
    """Somebody who sent a case to the department by hand, and is told what came of it."""

    __tablename__ = "triage_raiser"
    __table_args__ = (Index("ix_triage_raiser_member_id", "member_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("triage_case.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    """When they first did."""


class CaseMention(Base):
    """A mention belongs to a case. It may be gone from the mentions already."""

    __tablename__ = "triage_case_mention"
    __table_args__ = (Index("ix_triage_case_mention_mention_id", "mention_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("triage_case.id"), primary_key=True)
    mention_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    arrived_at: Mapped[datetime]


class CaseQueue(Base):
    """A mention whose label may make it a case; written with the mention, worked off by a sweep."""

    __tablename__ = "triage_queue"

    mention_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    arrived_at: Mapped[datetime]


class Notice(Row):
    """What somebody who raised a case is told on their desk; the mail says the same."""

    __tablename__ = "triage_notice"
    __table_args__ = (Index("ix_triage_notice_member_id", "member_id", postgresql_where="seen_at IS NULL"),)

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    case_id: Mapped[int] = mapped_column(ForeignKey("triage_case.id"))
    kind: Mapped[str]
    """`due`, `decided`, `answered`, `closed` or `handed_over`."""
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
