"""What people said of the detector: an alert that was no crisis, a crisis without an alert."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import Row
from mentions.monitor import Monitor
from people.members import Member


class Mark(Row):
    """One thing that somebody said of a monitor's past. What is taken back stays, with the time of it."""

    __tablename__ = "detector_mark"
    __table_args__ = (
        CheckConstraint("kind IN ('no_crisis', 'missed')", name="kind"),
        CheckConstraint("(kind = 'no_crisis') = (alert_id IS NOT NULL)", name="alert"),
        Index("uq_detector_mark_alert", "alert_id", unique=True, postgresql_where="taken_back_at IS NULL"),
        Index("ix_detector_mark_monitor_id_minute", "monitor_id", "minute"),
    )

    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id))
    kind: Mapped[str]
    minute: Mapped[int]
    """Since 1970-01-01 UTC: when the alert began, or when there should have been one."""
    alert_id: Mapped[int | None] = mapped_column(ForeignKey(Alert.id))
    note: Mapped[str]
    """Why, in the words of who said it."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    made_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


class Proposal(Row):
    """A setting that would have done better, waiting for a person. At most one is open per monitor."""

    __tablename__ = "detector_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
        Index("uq_detector_proposal_open", "monitor_id", unique=True, postgresql_where="state = 'open'"),
    )

    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id))
    state: Mapped[str] = mapped_column(default="open")
    wish: Mapped[dict[str, Any]]
    """What it would set: the fields of `alerts.tuning.service.Wish`."""
    seen: Mapped[int]
    """The version of the monitor's setting that it was compared with."""
    since: Mapped[int]
    until: Mapped[int]
    """The minutes that both were run over."""
    now: Mapped[dict[str, Any]]
    then: Mapped[dict[str, Any]]
    """The records of the present setting and of the proposed one (`proposals.told`)."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    decided_at: Mapped[datetime | None]
