"""Notices about duty: rows with due times, sent if they are still true by then (`alerts.duty.send`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row, WriteSession
from people.members import Member
from people.schedules import Schedule

NoticeKind = Literal["starting", "moved", "swap_asked", "swap_declined", "cover_asked"]


class DutyNotice(Row):
    """One thing to tell one person."""

    __tablename__ = "duty_notice"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('starting', 'moved', 'swap_asked', 'swap_declined', 'cover_asked')", name="kind"
        ),
        CheckConstraint("state IN ('due', 'sending', 'sent', 'failed', 'withdrawn')", name="state"),
        Index("ix_duty_notice_due_at", "due_at", postgresql_where="state IN ('due', 'sending')"),
        Index(
            "uq_duty_notice_moved",
            "schedule_id",
            "member_id",
            unique=True,
            postgresql_where="kind = 'moved' AND state = 'due'",
        ),
    )

    key: Mapped[str] = mapped_column(unique=True)
    """Of what it tells: it is told once."""
    kind: Mapped[str]
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey(Schedule.id))
    about: Mapped[dict[str, Any]]
    """starting: `starts_at`; moved: `until` and `before`, the shifts as they were known until then;
    swap and cover: the row's `id`."""
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[datetime]
    """When to send; while `sending`, the moment after which the attempt counts as lost."""
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


async def notify(
    session: WriteSession,
    kind: NoticeKind,
    *,
    key: str,
    member_id: int,
    schedule_id: int,
    about: dict[str, Any],
    due_at: datetime,
    now: datetime,
) -> None:
    """Put a notice into the outbox; nothing happens when there is one like it already."""
    row = insert(DutyNotice).values(
        key=key,
        kind=kind,
        member_id=member_id,
        schedule_id=schedule_id,
        about=about,
        state="due",
        due_at=due_at,
        attempts=0,
        made_at=now,
    )
    await session.execute(row.on_conflict_do_nothing())
