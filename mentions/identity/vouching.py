"""Whose word is good for which item stands at an address."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select

from kit.db import ReadSession
from mentions.source import Source
from mentions.sources.registry import KINDS

Voucher = Callable[[int, str | None], bool]
"""Whether this source vouches for what stands at this address."""


async def voucher(session: ReadSession, source_ids: Collection[int]) -> Voucher:
    """What these sources' kinds and settings say; a source that is fed by hand vouches for nothing."""
    query = select(Source.id, Source.kind, Source.settings).where(Source.id.in_(source_ids))
    known = {
        number: (KINDS[kind], given) for number, kind, given in await session.execute(query) if kind in KINDS
    }

    def vouches(source_id: int, address: str | None) -> bool:
        kind, settings = known.get(source_id, (None, {}))
        return kind is not None and kind.vouches(settings, address)

    return vouches
