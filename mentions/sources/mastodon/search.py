"""A Mastodon server's own search, looked at again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Items
from mentions.sources.mastodon import server
from mentions.sources.mastodon.ids import earlier_by, later
from mentions.sources.mastodon.status import read_status
from mentions.sources.payload import judged, list_at, text_at

OVERLAP = 300  # seconds that are read again: a search knows a status only some time after it was written
MOST_PAGES = 10


async def search(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """What was found since the cursor; the first time, the newest page only. Raises Trouble."""
    newest = str(cursor.get("id", ""))
    since, home, now = earlier_by(OVERLAP, newest), server.home(connection), connection.now()
    found: list[Any] = []
    for page in range(MOST_PAGES if newest else 1):
        statuses = await _page(connection, since, page * server.PAGE)
        found += statuses
        if len(statuses) < server.PAGE:
            break
    drafts, rejected = judged(found, lambda status: read_status(status, home=home, now=now))
    for status in found:
        newest = later(newest, text_at(status, "id"))
    return Items(drafts, {"id": newest or "0"}, rejected)


async def _page(connection: Connection, since: str, offset: int) -> list[Any]:
    params: dict[str, str | int] = {
        "q": connection.settings.get("query", ""),
        "type": "statuses",
        "limit": server.PAGE,
        "offset": offset,
    }
    if since:
        params["min_id"] = since
    address = server.base(connection) + "/api/v2/search"
    found = await web.get_json(connection, address, params=params, headers=server.headers(connection))
    return list_at(found, "statuses")
