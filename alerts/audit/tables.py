"""What the auditor writes down, and the versions of the engine's parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Audit(Base):
    """The auditor's latest look. One row."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    """The worker that looked."""
    findings: Mapped[list[Any]]
    """`[{"kind": …, "count": …, "since": …, "about": …}]`, empty when all is well."""
    clean_since: Mapped[datetime | None]
    """Since when every look was clean; None: it is not."""
    heartbeat_at: Mapped[datetime | None]
    """When the outside address was last reached."""
    heartbeat_error: Mapped[str | None]


class EnginePart(Base):
    """A part of the engine and the newest version that has run on this database: older ones stand aside."""

    __tablename__ = "engine_part"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    since: Mapped[datetime]


class Pulse(Base):
    """When a part of the engine last did its round, in any process."""

    __tablename__ = "pulse"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Setback(Base):
    """A row that could not be worked off by an error of ours: set aside for a while, and reported."""

    __tablename__ = "setback"

    part: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int]
    error: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
