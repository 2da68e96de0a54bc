"""Mention.com's pages: newest first, `more` leads to older ones, `pull` to what has come since.

One page at each step. Where an answer has no `pull`, each look begins at the newest page and goes back until
it meets a mention of the look before. The first look takes the newest page only, and of that what is fresh:
older mentions would all count as said now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.mention_com.mention import children, draft_of
from mentions.sources.payload import at, judged, list_at
from mentions.sources.web import get_json

ADDRESS = "https://api.mention.net"
PAGE = 100  # mentions asked for at once; the API allows 1,000
FRESH = timedelta(minutes=30)
KNOWN = 200  # ids kept, to know again what was read

Params = dict[str, str | int]


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """The next page on the way back, or the newest one.

    The cursor: `pull` (parameters of the next look), `known` (ids of the last looks), and in the midst of a
    look `more` (parameters of its next page) and `newest` (ids of its first page, known from its end on).
    """
    more, pull, known = _params(cursor.get("more")), _params(cursor.get("pull")), list_at(cursor, "known")
    content, now = await _page(connection, more or pull or {}), connection.now()
    mentions = list_at(content, "mentions")
    drafts, rejected = judged(mentions, lambda one: draft_of(one, now))
    folded, unread = judged(children(mentions), lambda one: draft_of(one, now))
    rejected += unread
    ids = [draft.native_id for draft in drafts]
    new = [draft for draft in drafts if draft.native_id not in known]
    told = (
        new + folded
    )  # one that is below another now may have been known before: it says nothing of the page
    newest = list_at(cursor, "newest") if more else ids
    if not more:
        pull = _params(at(content, "_links", "pull", "params")) or pull
    state: dict[str, Any] = {"pull": pull} if pull else {}
    following = _params(at(content, "_links", "more", "params"))
    if not cursor:
        fresh = [draft for draft in told if draft.published_at >= now - FRESH]
        return Items(fresh, {**state, "known": ids[:KNOWN]}, rejected)
    if following in (None, more) or not mentions or len(new) < len(drafts):
        return Items(told, {**state, "known": [*newest, *known][:KNOWN]}, rejected)
    return Items(told, {**state, "known": known, "newest": newest, "more": following}, rejected, wait=0.0)


async def glance(connection: Connection) -> Items:
    """The newest page, however old what is on it: a first look takes what is fresh."""
    return await look(connection, {"known": []})


async def _page(connection: Connection, params: Params) -> Any:
    headers = {"Authorization": f"Bearer {connection.secret or ''}", "Accept": "application/json"}
    told = {"limit": PAGE} | params
    content = await get_json(connection, _url(connection.settings), params=told, headers=headers)
    if not isinstance(at(content, "mentions"), list):
        raise Trouble("The answer is not a page of mentions; is the address right?")
    return content


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
