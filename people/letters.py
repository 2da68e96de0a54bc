"""Letters to people of the house: rows written with their reason, carried out by `alerts.paging.outbox`.

A letter is no page: it wakes nobody, may wait for minutes, and reads the same on a page and in a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row, WriteSession
from people.departments import Department
from people.members import Member


@dataclass(frozen=True)
class Section:
    """A part of a letter: a heading, which may be empty, and lines of plain text."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Paper:
    """What a letter says, in the recipient's language. Plain text, as hostile as the public wrote it."""

    language: str
    subject: str
    sections: Sequence[Section]
    link_label: str
    link: str
    """Path of ours, such as `/cases/7`."""
    footer: str = ""


@dataclass(frozen=True)
class About:
    """What a letter speaks of. Whether it may still be told is looked at again when the letter goes out."""

    brand_ids: Sequence[int] = ()
    incident_id: int | None = None
    step_ids: Sequence[int] = ()


class Letter(Row):
    """One letter to one address; its key keeps it from being written twice."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'sending', 'sent', 'failed')", name="state"),
        Index("ix_letter_due_at", "due_at", postgresql_where="state IN ('due', 'sending')"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    """One of both: to whom. The address is looked up when it is sent."""
    paper: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """An `About`; empty where it speaks of nothing that may be kept from anybody."""
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[datetime]
    """When to send; while `sending`, the moment after which the attempt counts as lost."""
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


async def write(
    session: WriteSession,
    paper: Paper,
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
    member_id: int | None = None,
    department_id: int | None = None,
    about: About | None = None,
) -> bool:
    """Put a letter into the outbox, in the transaction of its reason; False when its key is there already.

    `due_at`: when it goes out, None: at once.
    """
    assert (member_id is None) != (department_id is None)
    row = insert(Letter).values(
        key=key,
        member_id=member_id,
        department_id=department_id,
        paper=asdict(paper),
        about=asdict(about) if about else {},
        state="due",
        due_at=due_at or now,
        attempts=0,
        created_at=now,
    )
    made = await session.execute(row.on_conflict_do_nothing(index_elements=[Letter.key]).returning(Letter.id))
    return made.scalar_one_or_none() is not None


def paper_of(letter: Letter) -> Paper:
    """The letter's words as they were written."""
    raw = dict(letter.paper)
    raw["sections"] = [Section(**section) for section in raw["sections"]]
    return Paper(**raw)


def about_of(letter: Letter) -> About:
    """What it speaks of."""
    return About(**letter.about)
