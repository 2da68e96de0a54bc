"""Payloads as they were sent, for sources whose owner wants to look into what went wrong. They expire."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.core import Core
from kit.db import Row
from kit.errors import Invalid
from mentions.source import Source
from mentions.sources.bodies import text, unpacked


class RawPayload(Row):
    """One request's body, as UTF-8 and packed with zlib; `sha256` is of the body as it was sent."""

    __tablename__ = "raw_payload"
    __table_args__ = (Index("ix_raw_payload_received_at", "received_at"),)

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id))
    received_at: Mapped[datetime]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)


async def keep(core: Core, source: Source, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Keep the body where the source asks for it (`raw_days`); nothing otherwise.

    It is kept as text: what cannot be read could not be searched for who asks to be forgotten.
    """
    if source.raw_days is None:
        return
    packed = await asyncio.to_thread(_packed, body, headers)
    if packed is None:
        return
    digest = hashlib.sha256(body).hexdigest()
    async with core.database.unit_of_work() as session:
        session.add(RawPayload(source_id=source.id, received_at=now, sha256=digest, body=packed))


def _packed(body: bytes, headers: Mapping[str, str]) -> bytes | None:
    try:
        return zlib.compress(text(unpacked(body, headers), headers).encode("utf-8", "replace"), 6)
    except Invalid:
        return None


def names(packed: bytes, author: str) -> bool:
    """Whether a kept body has this name in it, in any capitals and in whatever spelling JSON allows."""
    content = zlib.decompress(packed).decode("utf-8", "replace")
    if author.casefold() in content.casefold():
        return True
    try:
        # as pairs: of two values for one name, both are there
        plain = json.dumps(json.loads(content, object_pairs_hook=list), ensure_ascii=False)
    except (ValueError, RecursionError):
        return False
    return json.dumps(author, ensure_ascii=False)[1:-1].casefold() in plain.casefold()
