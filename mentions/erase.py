"""An author's request to be forgotten: what they wrote is wiped wherever mentions are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from kit.db import WriteSession

_ERASE = text("""
    UPDATE mention SET text = '', title = NULL, author = NULL, url = NULL, followers = NULL, reach = NULL,
        thread = NULL, reply_to = NULL, place = NULL, native_id = 'erased:' || id, deleted_at = now()
    WHERE lower(author) = lower(:author)
    RETURNING id""")


async def erase(session: WriteSession, author: str) -> Sequence[int]:
    """Wipe all that this author (any capitals, every source) wrote; returns the ids of those mentions.

    That something was said stays counted. The same items sent again are recognised and not stored anew.
    """
    return (await session.scalars(_ERASE, {"author": author})).all()
