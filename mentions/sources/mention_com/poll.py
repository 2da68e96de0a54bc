"""Mention.com's pages: newest first, `more` leads to older ones, `pull` to what has come since.

Where an answer has no `pull`, each look begins at the newest page and goes back until it meets a mention of
the look before. The first look takes the newest page only, and of that what is fresh: older mentions would
all count as said now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from mentions.draft import MentionDraft
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.mention_com.mention import draft_of
from mentions.sources.payload import at, judged, list_at
from mentions.sources.web import get_json

ADDRESS = "https://api.mention.net"
PAGE = 100  # mentions asked for at once; the API allows 1,000
MOST_PAGES = 20  # of one look
FRESH = timedelta(minutes=30)
KNOWN = 200  # ids kept to know again what was read

Params = dict[str, str | int]


@dataclass
class _Look:
    """What one look has brought, and where the next one begins."""

    known: frozenset[str]
    pull: Params | None
    newest: list[str] = field(default_factory=list)
    drafts: list[MentionDraft] = field(default_factory=list)
    rejected: int = 0
    more: Params | None = None


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """What is new since the cursor. Raises Trouble when not even the first page can be had."""
    reading = _Look(frozenset(cursor.get("known", ())), _params(cursor.get("pull")))
    begin = _params(cursor.get("more")) or reading.pull or {}
    resumed = bool(cursor.get("more"))
    first = not cursor
    wait = await _read(connection, reading, begin, resumed=resumed, pages=1 if first else MOST_PAGES)
    if first:
        fresh = connection.now() - FRESH
        reading.drafts = [draft for draft in reading.drafts if draft.published_at >= fresh]
        reading.more = None
    return Items(tuple(reading.drafts), _after(cursor, reading, resumed), reading.rejected, wait)


async def _read(
    connection: Connection, reading: _Look, begin: Params, *, resumed: bool, pages: int
) -> float | None:
    """Read from `begin` to where we know the mentions; what is left over stays in `reading.more`."""
    reading.more = begin
    for number in range(pages):
        try:
            content = await _page(connection, reading.more)
        except Trouble as trouble:
            if number == 0:
                raise
            return trouble.retry_after
        ids = _take(reading, content, connection)
        if number == 0 and not resumed:
            reading.pull = _params(at(content, "_links", "pull", "params")) or reading.pull
            reading.newest = ids
        following = _params(at(content, "_links", "more", "params"))
        if not list_at(content, "mentions") or following in (None, reading.more) or reading.known & set(ids):
            reading.more = None
            return None
        reading.more = following
    return None


async def _page(connection: Connection, params: Params) -> Any:
    told = {"limit": PAGE} | params
    headers = {"Authorization": f"Bearer {connection.secret or ''}", "Accept": "application/json"}
    content = await get_json(connection, _url(connection.settings), params=told, headers=headers)
    if not isinstance(at(content, "mentions"), list):
        raise Trouble("The answer is not a page of mentions; is the address right?")
    return content


def _take(reading: _Look, content: Any, connection: Connection) -> list[str]:
    """Add the page's mentions; returns their ids."""
    drafts, rejected = judged(
        list_at(content, "mentions"), lambda mention: draft_of(mention, connection.now())
    )
    reading.drafts += [draft for draft in drafts if draft.native_id not in reading.known]
    reading.rejected += rejected
    return [draft.native_id for draft in drafts]


def _after(cursor: Mapping[str, Any], reading: _Look, resumed: bool) -> dict[str, Any]:
    """While older pages are still to be read, what is newest waits, and the known stay the old ones."""
    newest: Sequence[str] = cursor.get("newest", ()) if resumed else reading.newest
    state: dict[str, Any] = {"pull": reading.pull} if reading.pull else {}
    if reading.more is not None:
        return {**state, "more": reading.more, "newest": list(newest), "known": sorted(reading.known)}
    return {**state, "known": [*newest, *cursor.get("known", ())][:KNOWN]}


def _params(found: object) -> Params | None:
    """A link's parameters. Its address is not used: it could lead our token anywhere."""
    if not isinstance(found, dict):
        return None
    told = {name: value for name, value in found.items() if isinstance(value, str | int)}
    return told or None


def _url(settings: Mapping[str, str]) -> str:
    address = (settings.get("address") or ADDRESS).rstrip("/")
    account, alert = (quote(settings.get(name, ""), safe="") for name in ("account", "alert"))
    return f"{address}/api/accounts/{account}/alerts/{alert}/mentions"
