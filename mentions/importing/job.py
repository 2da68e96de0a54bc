"""A file that somebody sent: what is to be done with it, and how far that is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from people.members import Member
from people.organisations import Brand

DRAFT, WAITING, RUNNING, DONE, FAILED = STATES = ("draft", "waiting", "running", "done", "failed")


class ImportJob(Row):
    """One file. Its content is in its parts until it was read in, or nobody wanted it for a day."""

    __tablename__ = "import_job"

    name: Mapped[str]
    """The file's, without its folder; the ending says what it holds."""
    size: Mapped[int]
    """Bytes, unpacked."""
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    created_at: Mapped[datetime]
    state: Mapped[str]
    source: Mapped[str]
    """Under which name its mentions are filed."""
    brand_id: Mapped[int | None] = mapped_column(ForeignKey(Brand.id))
    """For whose first monitor all of them count; None: the monitors look for what they find."""
    zone: Mapped[str]
    """Of times without an offset; empty: such lines are refused."""
    field_map: Mapped[dict[str, Any]]
    """Ours to theirs, as far as a person said."""
    lines: Mapped[int]
    """Read so far; the next three are what became of them."""
    new: Mapped[int]
    known: Mapped[int]
    rejected: Mapped[int]
    faults: Mapped[list[Any]]
    """The first of the rejected: line and reason. For 30 days, or until somebody is erased: they quote."""
    error: Mapped[str | None]
    """Why it failed."""
    tries: Mapped[int]
    """How often a worker has begun with it."""
    claimed_until: Mapped[datetime | None]
    """A worker is at it; afterwards another one may go on."""
    finished_at: Mapped[datetime | None]


class ImportPart(Base):
    """A piece of the content."""

    __tablename__ = "import_part"

    job_id: Mapped[int] = mapped_column(ForeignKey(ImportJob.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
