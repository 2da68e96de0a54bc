"""Where mentions come from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row


class Source(Row):
    """One connection to the outside: a webhook, a feed, a file that was imported."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(unique=True)
    """The last part of `/ingest/{source}`."""
    kind: Mapped[str]
    """`webhook`, `file` …: a folder of `mentions/sources/`."""
    secret: Mapped[str | None]
    """Shared secret for signed batches; None: nothing can be sent in by HTTP."""
    field_map: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Our field to theirs, for sources that do not speak our format."""
    enabled: Mapped[bool] = mapped_column(default=True)


class SourceHealth(Base):
    """What was last seen of a source: written by the pipeline, apart from the settings people edit."""

    __tablename__ = "source_health"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    last_received_at: Mapped[datetime | None]
    last_published_at: Mapped[datetime | None]
    received: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
