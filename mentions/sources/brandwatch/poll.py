"""Brandwatch's pages of mentions: a stretch of time every few minutes, one page at each step.

It finds some things late and dates them back, so a stretch begins half an hour before the last one ended, and
once an hour a day before: what is known already falls to its id. Nothing from before the source was
connected is fetched, for it would all count as said now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.brandwatch.mention import draft_of
from mentions.sources.payload import at, judged, list_at, object_at, text_at, time_at
from mentions.sources.web import get_json

ADDRESS = "https://api.brandwatch.com"
PAGE = 1_000  # mentions asked for at once
NARROW, WIDE = timedelta(minutes=30), timedelta(days=1)
WIDE_EVERY = timedelta(hours=1)
AGAIN_EVERY = timedelta(minutes=30)  # a stretch is begun anew no more often than this


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """The next page of the stretch that is being read, or the first one of a new stretch."""
    now = connection.now()
    state = _begun(cursor, now)
    stretch = state["stretch"]
    try:
        content = await _page(connection, stretch)
    except Trouble as trouble:
        if stretch["page"] is None or not trouble.permanent or _again_already(stretch, now):
            raise
        # a page's mark does not live for ever: read the stretch again, which tells whether it was that
        again = {**stretch, "page": None, "again": now.isoformat()}
        return Items(cursor={**state, "stretch": again}, wait=0.0)
    drafts, rejected = _drafts(content, now)
    following = text_at(content, "nextCursor")
    if (not drafts and not rejected) or following in ("", stretch["page"]):
        done = {"connected": state["connected"], "wide": state["wide"], "since": stretch["end"]}
        return Items(drafts, done, rejected)
    return Items(drafts, {**state, "stretch": {**stretch, "page": following}}, rejected, wait=0.0)


async def glance(connection: Connection) -> Items:
    """The newest page of the last day: a first look takes half an hour of it."""
    now = connection.now()
    stretch = {"start": (now - WIDE).isoformat(), "end": now.isoformat(), "page": None}
    drafts, rejected = _drafts(await _page(connection, stretch, direction="desc"), now)
    return Items(drafts, rejected=rejected)


def _begun(cursor: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The state with a stretch to read: the one that was left unfinished, or from the last to now."""
    connected = min(time_at(cursor, "connected") or now - NARROW, now - NARROW)
    wide = min(time_at(cursor, "wide") or now, now)
    state = {"connected": connected.isoformat(), "wide": wide.isoformat()}
    end = time_at(cursor, "stretch", "end")
    if time_at(cursor, "stretch", "start") and end and end <= now:
        begun = object_at(cursor, "stretch")
        return {**state, "stretch": {**begun, "page": text_at(begun, "page") or None}}
    back = NARROW
    if now - wide >= WIDE_EVERY:
        back, state["wide"] = WIDE, now.isoformat()
    start = max(min(time_at(cursor, "since") or connected, now) - back, connected)
    return {**state, "stretch": {"start": start.isoformat(), "end": now.isoformat(), "page": None}}


def _again_already(stretch: Mapping[str, Any], now: datetime) -> bool:
    """Whether the stretch was begun anew a moment ago, and that did not help."""
    again = time_at(stretch, "again")
    return again is not None and now - again < AGAIN_EVERY


def _drafts(content: Any, now: datetime) -> tuple[list[MentionDraft], int]:
    return judged(list_at(content, "results"), lambda mention: draft_of(mention, now))


async def _page(connection: Connection, stretch: Mapping[str, Any], *, direction: str = "asc") -> Any:
    params: dict[str, str | int] = {
        "queryId": connection.settings.get("query", ""),
        "startDate": stretch["start"],
        "endDate": stretch["end"],
        "pageSize": PAGE,
        "orderBy": "date",
        "orderDirection": direction,
    }
    if stretch["page"] is not None:
        params["cursor"] = stretch["page"]
    headers = {"Authorization": f"Bearer {connection.secret or ''}"}
    content = await get_json(connection, _url(connection.settings), params=params, headers=headers)
    if not isinstance(at(content, "results"), list):
        raise Trouble("The answer is not a page of mentions; is the address right?")
    return content


def _url(settings: Mapping[str, str]) -> str:
    address = (settings.get("address") or ADDRESS).rstrip("/")
    return f"{address}/projects/{quote(settings.get('project', ''), safe='')}/data/mentions"
