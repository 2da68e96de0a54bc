"""A detector's claim, with evidence, that a signal left its normal range."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, case, text
from sqlalchemy.orm import Mapped, mapped_column

from alerts.families import OF_SIGNAL
from alerts.levels import LEVELS, rank
from kit.db import Base, Row
from mentions.monitor import Monitor
from people.members import Member
from people.organisations import Brand


class Alert(Row):
    """One claim about one brand. At most one is unended per monitor and family of signals."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("level IN ('green', 'amber', 'red')", name="level"),
        CheckConstraint("state IN ('open', 'acknowledged', 'closed')", name="state"),
        Index("ix_alert_state", "state"),
        Index("ix_alert_opportunity", "opened_at", postgresql_where="signal = 'positive'"),
        Index("ix_alert_brand_id_unended", "brand_id", postgresql_where="ended_at IS NULL"),
        Index(
            "uq_alert_unended_family",
            "monitor_id",
            text(OF_SIGNAL),
            unique=True,
            postgresql_where="ended_at IS NULL AND monitor_id IS NOT NULL",
        ),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id), index=True)
    monitor_id: Mapped[int | None] = mapped_column(ForeignKey(Monitor.id))
    signal: Mapped[str]
    """What was unusual: one of `alerts.families`, or what another tool calls it."""
    level: Mapped[str]
    title: Mapped[str]
    """One line for a phone's lock screen."""
    evidence: Mapped[dict[str, Any]]
    """Observed, expected, ratio, score, since, thresholds, drivers: see docs/detection.md."""
    since: Mapped[datetime]
    """First minute of what the claim is about."""
    opened_at: Mapped[datetime]
    """When the detector made the claim."""
    ended_at: Mapped[datetime | None]
    """When the signal was back in its range."""
    pages: Mapped[bool] = mapped_column(default=True)
    """Whether it wakes people and belongs in an incident; otherwise it only informs."""
    state: Mapped[str] = mapped_column(default="open")
    """What people did about it: open, acknowledged, closed."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))


def rank_of(alert: type[Alert]) -> ColumnElement[int]:
    """`alerts.levels.rank`, by the database."""
    return case({level: rank(level) for level in LEVELS}, value=alert.level)


class DetectorState(Base):
    """The state of a ticker's series after a minute, checkpointed with the alerts that it raised."""

    __tablename__ = "detector_state"

    shard: Mapped[int] = mapped_column(primary_key=True)
    """The number of its ticker,"""
    shards: Mapped[int] = mapped_column(server_default="1")
    """of so many (`alerts.ticker.shards`)."""
    minute: Mapped[int]
    """Last minute that was closed, since 1970-01-01 UTC."""
    series: Mapped[list[Any]]
    """`[monitor id, minute it was watched from, mentions in the fortnight before that, its first minute]`
    per monitor, in the arrays' order (`checkpoint.Watched`)."""
    arrays: Mapped[bytes] = mapped_column(LargeBinary)
