"""An author's request to be forgotten: what they wrote is wiped wherever mentions are kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, text

from kit.db import WriteSession
from mentions.raw import RawPayload

_ERASE = text("""
    UPDATE mention SET text = '', title = NULL, author = NULL, url = NULL, followers = NULL, reach = NULL,
        thread = NULL, reply_to = NULL, place = NULL, native_id = 'erased:' || id, deleted_at = now()
    WHERE lower(author) = lower(:author)
    RETURNING id""")


async def erase(session: WriteSession, author: str) -> Sequence[int]:
    """Wipe all that this author (any capitals, every source) wrote; returns the ids of those mentions.

    That something was said stays counted. The same items sent again are recognised and not stored anew.
    """
    await _drop_payloads(session, author)
    return (await session.scalars(_ERASE, {"author": author})).all()


async def _drop_payloads(session: WriteSession, author: str) -> None:
    """Payloads as sent are whole or gone: one that names the author goes, in any of JSON's spellings."""
    spellings = {author.casefold(), json.dumps(author)[1:-1].casefold()}
    async for row in await session.stream(select(RawPayload.id, RawPayload.body)):
        content = zlib.decompress(row.body).decode("utf-8", "replace").casefold()
        if any(spelling in content for spelling in spellings):
            await session.execute(delete(RawPayload).where(RawPayload.id == row.id))


def without(value: Any, author: str) -> Any:
    """What was made of mentions, such as evidence and figures, without what this author wrote in it. Pure.

    An object that names the author in one of its values loses its texts, links and that name; its numbers
    stay, for they are what was decided on.
    """
    if isinstance(value, list):
        return [without(item, author) for item in value]
    if not isinstance(value, dict):
        return value
    theirs = any(isinstance(item, str) and item.casefold() == author.casefold() for item in value.values())
    if theirs:
        return {key: _emptied(item) for key, item in value.items()}
    return {key: without(item, author) for key, item in value.items()}


def _emptied(value: Any) -> Any:
    return None if isinstance(value, str | dict | list) else value
