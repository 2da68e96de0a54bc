"""On-call schedules as they are stored; who is on call at an instant is decided in `people.rota`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row
from people.members import Member


class Schedule(Row):
    """Layers of rotations, of which the upper ones win; what it says for a time may be overridden."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_notices_due_at", "notices_due_at"),)

    name: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str]
    """IANA name: a hand-over at 08:00 stays at 08:00 across daylight saving."""
    version: Mapped[int] = mapped_column(default=0)
    """Of the schedule and its layers as they are edited: who edits an older one is refused."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Counts everything that may move a shift, overrides and absences too."""
    changed_at: Mapped[datetime | None]
    """When `sequence` last moved."""
    notices_due_at: Mapped[datetime | None]
    """When the notices before its shifts are planned next; None: they never were."""


class ScheduleLayer(Row):
    """One rotation of a schedule."""

    __tablename__ = "schedule_layer"
    __table_args__ = (CheckConstraint("unit IN ('hours', 'days', 'weeks')", name="unit"),)

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), index=True)
    position: Mapped[int]
    """0 is the uppermost."""
    name: Mapped[str]
    time_zone: Mapped[str | None]
    """IANA name, for hand-over and windows; None: the schedule's."""
    handover: Mapped[str]
    """Wall-clock time of the hand-over, `HH:MM`."""
    starts_on: Mapped[date]
    """Day of the first hand-over; the first of `participants` takes it."""
    ends_on: Mapped[date | None]
    """Day at whose hand-over hour the layer ends; None: never."""
    every: Mapped[int]
    """Length of a turn, in units of the wall clock."""
    unit: Mapped[str]
    participants: Mapped[list[Any]]
    """Member ids in the order of their turns."""
    windows: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"weekdays": [0, 1], "starts": "22:00", "ends": "06:00"}]`, empty: at all hours."""


class ScheduleOverride(Row):
    """For a while something else than the layers say (`people.rota.plan.Override`)."""

    __tablename__ = "schedule_override"
    __table_args__ = (
        CheckConstraint("kind IN ('instead', 'add', 'nobody')", name="kind"),
        CheckConstraint("(member_id IS NULL) = (kind = 'nobody')", name="member"),
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_schedule_override_schedule_id_ends_at", "schedule_id", "ends_at"),
    )

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    kind: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    instead_of: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    swap_id: Mapped[int | None] = mapped_column(ForeignKey("shift_swap.id"))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("cover_request.id"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ShiftSwap(Row):
    """One person asks another to take a time, for another time or for nothing in return."""

    __tablename__ = "shift_swap"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn', 'undone')", name="state"),
        CheckConstraint("gives_from < gives_until", name="gives"),
        CheckConstraint("takes_from IS NULL OR takes_from < takes_until", name="takes"),
    )

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    other_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    gives_from: Mapped[datetime]
    gives_until: Mapped[datetime]
    """What the other takes of the asker's."""
    takes_from: Mapped[datetime | None]
    takes_until: Mapped[datetime | None]
    """What the asker takes of the other's; None: nothing."""
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="proposed")
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class CoverRequest(Row):
    """Somebody asks all colleagues to take a time; the first who does has it."""

    __tablename__ = "cover_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'taken', 'withdrawn', 'undone')", name="state"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class CalendarFeed(Row):
    """A secret address under which calendars read a schedule's or a person's shifts."""

    __tablename__ = "calendar_feed"
    __table_args__ = (CheckConstraint("(schedule_id IS NULL) <> (member_id IS NULL)", name="of_one"),)

    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("schedule.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """Whose shifts, on all schedules."""
    made_by: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
