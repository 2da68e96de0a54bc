"""Brandwatch's pages of mentions, looked at every few minutes.

It finds some things late and dates them back, so a look begins half an hour before the last one ended, and
once an hour a day before: what is known already falls to its id. Nothing from before the source was
connected is fetched, for it would all count as said now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from mentions.draft import MentionDraft
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.brandwatch.mention import draft_of
from mentions.sources.payload import at, judged, list_at, text_at
from mentions.sources.web import get_json

ADDRESS = "https://api.brandwatch.com"
PAGE = 1_000  # mentions asked for at once
MOST_PAGES = 10  # of one look; the next one goes on from there
NARROW, WIDE = timedelta(minutes=30), timedelta(days=1)
WIDE_EVERY = timedelta(hours=1)


@dataclass
class _Look:
    """A stretch of time being read page by page, and how far that has come."""

    start: str
    end: str
    page: str | None = None
    drafts: list[MentionDraft] = field(default_factory=list)
    rejected: int = 0
    whole: bool = False


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """What is new since the cursor. Raises Trouble when not even its first page can be had."""
    now = connection.now()
    state = _begun(cursor, now)
    reading = _Look(**state["reading"])
    wait = None
    try:
        await _read(connection, reading)
    except Trouble as trouble:
        if reading.page == state["reading"]["page"]:
            if reading.page is None or not trouble.permanent:
                raise
            reading.page = None  # a page's mark does not live for ever: the stretch is read again
        wait = trouble.retry_after
    return Items(tuple(reading.drafts), _after(state, reading), reading.rejected, wait)


def _begun(cursor: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The state with a stretch to read: the one that was left unfinished, or from the last to now."""
    state = dict(cursor)
    state.setdefault("connected", (now - NARROW).isoformat())
    state.setdefault("wide", now.isoformat())
    if state.get("reading"):
        return state
    since = datetime.fromisoformat(state.get("since", state["connected"]))
    back = NARROW
    if now - datetime.fromisoformat(state["wide"]) >= WIDE_EVERY:
        back, state["wide"] = WIDE, now.isoformat()
    start = max(since - back, datetime.fromisoformat(state["connected"]))
    return {**state, "reading": {"start": start.isoformat(), "end": now.isoformat(), "page": None}}


def _after(state: Mapping[str, Any], reading: _Look) -> dict[str, Any]:
    if not reading.whole:
        left = {"start": reading.start, "end": reading.end, "page": reading.page}
        return {**state, "reading": left}
    return {"connected": state["connected"], "wide": state["wide"], "since": reading.end}


async def _read(connection: Connection, reading: _Look) -> None:
    """Read on, at most MOST_PAGES. Trouble leaves `reading` at the page that could not be had."""
    for _ in range(MOST_PAGES):
        content = await get_json(
            connection,
            _url(connection.settings),
            params=_params(connection, reading),
            headers=_token(connection),
        )
        if not isinstance(at(content, "results"), list):
            raise Trouble("The answer is not a page of mentions; is the address right?")
        drafts, rejected = judged(
            list_at(content, "results"), lambda mention: draft_of(mention, connection.now())
        )
        reading.drafts += drafts
        reading.rejected += rejected
        following = text_at(content, "nextCursor")
        if not following or following == reading.page or not list_at(content, "results"):
            reading.whole = True
            return
        reading.page = following


def _url(settings: Mapping[str, str]) -> str:
    address = (settings.get("address") or ADDRESS).rstrip("/")
    return f"{address}/projects/{quote(settings.get('project', ''), safe='')}/data/mentions"


def _params(connection: Connection, reading: _Look) -> dict[str, str | int]:
    params: dict[str, str | int] = {
        "queryId": connection.settings.get("query", ""),
        "startDate": reading.start,
        "endDate": reading.end,
        "pageSize": PAGE,
        "orderBy": "date",
        "orderDirection": "asc",
    }
    return params | ({"cursor": reading.page} if reading.page else {})


def _token(connection: Connection) -> dict[str, str]:
    return {"Authorization": f"Bearer {connection.secret or ''}"}
