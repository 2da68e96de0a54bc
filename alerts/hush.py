"""Confidential incidents: while one is open, pages about its brand carry no text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from alerts.contacts.contact import Hush
from kit.db import ReadSession, WriteSession


async def hush(session: WriteSession, incident_id: int, brand_id: int, *, now: datetime) -> None:
    """From now on, of all alerts of the brand: one that opens later belongs to the incident as well."""
    row = insert(Hush).values(incident_id=incident_id, brand_id=brand_id, since=now)
    await session.execute(row.on_conflict_do_nothing())


async def speak_again(session: WriteSession, incident_id: int) -> None:
    """The incident is over, or no longer confidential."""
    await session.execute(delete(Hush).where(Hush.incident_id == incident_id))


async def is_hushed(session: ReadSession, brand_ids: Collection[int]) -> bool:
    """Whether a confidential incident of one of the brands is open."""
    return bool(await hushed_brands(session, brand_ids))


async def hushed_brands(session: ReadSession, brand_ids: Collection[int]) -> set[int]:
    """Those of the brands that have one."""
    return set(await session.scalars(select(Hush.brand_id).where(Hush.brand_id.in_(brand_ids))))
