"""On-call schedules as they are stored; who is on call at an instant is decided in `people.rota`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row


class Schedule(Row):
    """A rotation of members that hands over at a wall-clock hour of its own time zone."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str]
    """IANA name: a hand-over at 08:00 stays at 08:00 across daylight saving."""
    handover: Mapped[str]
    """Wall-clock time of the hand-over, `HH:MM`."""
    starts_on: Mapped[str]
    """ISO date of the first hand-over; the first of `participants` takes it."""
    shift_days: Mapped[int]
    """Length of a shift in days: 1 daily, 7 weekly."""
    participants: Mapped[list[Any]]
    """Member ids in the order of their turns."""


class Override(Row):
    """For a while somebody else is on call."""

    __tablename__ = "schedule_override"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
