"""Payloads as they were sent, for sources whose owner wants to look into what went wrong. They expire."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.core import Core
from kit.db import Row
from mentions.source import Source


class RawPayload(Row):
    """One request's body, packed with zlib."""

    __tablename__ = "raw_payload"
    __table_args__ = (Index("ix_raw_payload_received_at", "received_at"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    received_at: Mapped[datetime]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)


async def keep(core: Core, source: Source, body: bytes, now: datetime) -> None:
    """Keep the body where the source asks for it (`raw_days`); nothing otherwise."""
    if source.raw_days is None:
        return
    digest = hashlib.sha256(body).hexdigest()
    async with core.database.unit_of_work() as session:
        session.add(
            RawPayload(source_id=source.id, received_at=now, sha256=digest, body=zlib.compress(body, 6))
        )
