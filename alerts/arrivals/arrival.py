"""What was last found to arrive at a monitor, for the ticker."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from mentions.monitor import Monitor


class ArrivalSeen(Base):
    """The newest finding of a monitor; it goes when it is too old to matter."""

    __tablename__ = "arrival_seen"

    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id), primary_key=True)
    signal: Mapped[str]
    """One of `alerts.detection.severity.ARRIVING`."""
    minute: Mapped[int]
    """In which it was looked at, since 1970-01-01 UTC."""
    evidence: Mapped[dict[str, Any]]
    inputs: Mapped[dict[str, Any]]
    """Of its severity (`alerts.detection.severity.Inputs`)."""
