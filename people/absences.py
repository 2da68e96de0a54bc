"""When people are not to be paged: holidays that they enter, and what a calendar of theirs says."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from people.members import Member


class Holiday(Row):
    """Whole days, by the person's own clock; the last one counts."""

    __tablename__ = "holiday"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    """For the person and the admins only."""
    made_at: Mapped[datetime]


class AwayCalendar(Row):
    """The iCal address of a person's out-of-office calendar, and how the last look at it went."""

    __tablename__ = "away_calendar"
    __table_args__ = (Index("ix_away_calendar_due_at", "due_at"),)

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), unique=True)
    url: Mapped[str]
    """Often a secret of the calendar's provider: shown to its owner only, and never logged."""
    may_be_inside: Mapped[bool] = mapped_column(default=False)
    """An admin entered it: it may lead to a server of the inner network."""
    due_at: Mapped[datetime]
    """When to look next; while it is being looked at, the moment after which the look counts as lost."""
    look: Mapped[int] = mapped_column(default=0)
    """Counts the looks: only the newest may record what it saw."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    sha256: Mapped[str | None]
    """Of the last contents."""
    read_until: Mapped[datetime | None]
    """How far ahead repeating events were written out."""
    ok_at: Mapped[datetime | None]
    error: Mapped[str | None]
    """Why the last look failed; what was known before still counts."""


class BusyTime(Row):
    """A time in which a calendar says its owner is busy. Nothing else of the event is kept."""

    __tablename__ = "busy_time"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)

    calendar_id: Mapped[int] = mapped_column(ForeignKey("away_calendar.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class DutySettings(Base):
    """How a person wants to be told of duty; without a row, as `NOTICE_HOURS` says."""

    __tablename__ = "duty_settings"
    __table_args__ = (CheckConstraint("notice_hours BETWEEN 0 AND 168", name="notice_hours"),)

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    notice_hours: Mapped[int]
    """How long before a shift the notice is due; 0: no notice."""


NOTICE_HOURS = 12
MOST_NOTICE_HOURS = 168
