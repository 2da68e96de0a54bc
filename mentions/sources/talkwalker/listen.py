"""Staying connected to a Talkwalker collector, from the offset where we were."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.sources import web
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.gather import gathered
from mentions.sources.payload import at, judged, read_json, text_at
from mentions.sources.talkwalker.chunk import read_result
from mentions.sources.talkwalker.objects import read_objects

PACE = 12.0  # seconds between two connections: Talkwalker allows five a minute
FEW = 100  # results by which settings are tried
QUIET = 600.0  # seconds without a byte: a collector that found nothing says nothing
NOT_A_PLACE = ("", "earliest", "latest")
"""Offsets that do not say where we are."""


def listen(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
    """The collector's results: at first all that it still has, later from where we stopped."""
    return gathered(_steps(connection, text_at(cursor, "resume_offset") or "earliest"))


async def glance(connection: Connection) -> Items:
    """The first results that the collector has; it ends after those, and none of them costs a credit anew."""
    drafts: list[MentionDraft] = []
    rejected, spoke = 0, False
    async with aclosing(_steps(connection, "earliest", then="stop")) as steps:
        async for items in steps:
            spoke = True
            drafts += items.drafts
            rejected += items.rejected
            if len(drafts) >= FEW:
                break
    if not spoke:  # one that found nothing yet says at least where it is
        raise Trouble("The answer is not JSON; is the address right?")
    return Items(drafts, rejected=rejected)


async def _steps(connection: Connection, offset: str, *, then: str = "wait") -> AsyncGenerator[Items]:
    """`then`: what the collector does after the newest result, `wait` for more or `stop`."""
    server = connection.settings.get("server", "").strip().rstrip("/") or "https://api.talkwalker.com"
    collector = quote(connection.settings.get("collector", "").strip(), safe="")
    asked = {
        "resume_offset": offset,
        "end_behaviour": then,
        "access_token": connection.secret or "",
    }
    address = f"{server}/api/v3/stream/c/{collector}/results"
    headers = {"Accept-Encoding": "identity"}
    async with web.answer(
        connection, "GET", address, params=asked, headers=headers, silence=QUIET
    ) as response:
        async for chunk in read_objects(web.flow(response)):
            yield read_chunk(chunk, connection)


def read_chunk(raw: bytes | None, connection: Connection) -> Items:
    """What one chunk brings: a mention, or the offset to go on from. Raises Trouble on CT_ERROR."""
    try:
        chunk = read_json(web.decoded(raw or b"", ""))
    except Invalid:
        return Items(rejected=1)
    kind = text_at(chunk, "chunk_type")
    if kind == "CT_ERROR" or at(chunk, "status_code") not in (None, "0", 0):
        raise _trouble(chunk)
    if kind == "CT_CONTROL":
        offset = text_at(chunk, "chunk_control", "resume_offset")
        return Items(cursor=None if offset in NOT_A_PLACE else {"resume_offset": offset})
    if kind != "CT_RESULT":
        return Items()
    drafts, rejected = judged([chunk], lambda chunk: read_result(chunk, now=connection.now()))
    return Items(drafts, rejected=rejected)


def _trouble(chunk: Any) -> Trouble:
    error = at(chunk, "chunk_error")
    said = text_at(error, "message") or text_at(error, "status_message") or text_at(chunk, "status_message")
    return Trouble(f"Talkwalker says: {said[:200] or 'an error'}.", retry_after=PACE)
