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
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What its kind asks for: an address, a search, a tag."""
    path_token: Mapped[str | None]
    """The unguessable last part of the address of a hook that cannot sign; None: it must sign."""
    allowed_addresses: Mapped[list[Any]] = mapped_column(default=list)
    """Networks (CIDR) that may send; empty: any."""
    keep: Mapped[str] = mapped_column(default="all")
    """`all`, or `matched`: what no monitor asked for is counted as received, and not stored."""
    retention_days: Mapped[int | None]
    """How long its mentions are kept; None: as long as the installation keeps any."""
    raw_days: Mapped[int | None]
    """How long the payloads as sent are kept, for finding out what went wrong; None: not at all."""
    expected_minutes: Mapped[int | None]
    """After how long without an item it counts as silent; None: learnt from its own rhythm."""
    enabled_at: Mapped[datetime | None]
    """Since when it is listened to; None: not known, as of what people bring by hand."""


class SourceHealth(Base):
    """What was last seen of a source: written by the pipeline, apart from the settings people edit."""

    __tablename__ = "source_health"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    first_received_at: Mapped[datetime | None]
    """When it first brought something, asked for or not; None: nothing yet."""
    last_received_at: Mapped[datetime | None]
    """When it last brought something that was not there before."""
    last_published_at: Mapped[datetime | None]
    received: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    unmatched: Mapped[int] = mapped_column(default=0)
    """Received and not kept, because no monitor asked for it."""
    published_lag_seconds: Mapped[float | None]
    """From published to received, of what it last brought: the median; None: not known, as of files."""
    last_tried_at: Mapped[datetime | None]
    """When we last asked it, or it last called."""
    last_ok_at: Mapped[datetime | None]
    """When that last went well, whether or not it brought anything."""
    failing_since: Mapped[datetime | None]
    error: Mapped[str | None]
    """What is wrong, in a sentence for people; None: nothing."""
    silent_since: Mapped[datetime | None]
    """Since when it has been reported as silent; None: it is not."""
    refused_at: Mapped[datetime | None]
    """When somebody last called it who did not prove to be its sender; to the minute, since each process
    notes each reason once a minute at most."""
    refused_why: Mapped[str | None]
    """In a sentence for people."""
    heard_since: Mapped[datetime | None]
    """When it was first asked and answered, or, where it calls us, first brought what a monitor looks for, or
    more than a test; on that day it is a newcomer (`mentions.counting.newcomers`). None: not yet."""
    ended_at: Mapped[datetime | None]
    """When it was switched off, or last heard where it has been silent for days; None: it is listened to."""
    left_to: Mapped[int | None]
    """The monitor up to which it is known what it carried (`mentions.counting.leaving`); None: done."""


class SourceCursor(Base):
    """How far we have read a source: saved only after what it brought was safe."""

    __tablename__ = "source_cursor"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    cursor: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
