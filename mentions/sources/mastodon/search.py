"""A Mastodon server's own search, looked at again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Gap, Items
from mentions.sources.mastodon import server
from mentions.sources.mastodon.ids import comparable, earlier_by, later, order
from mentions.sources.mastodon.status import read_status
from mentions.sources.payload import judged, list_at, text_at

OVERLAP = 300  # seconds that are read again: a search knows a status only some time after it was written
MOST_PAGES = 10
"""Of one step: servers let nobody skip as much as they like, so the next begins below its oldest."""


async def search(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """What was found since the cursor; the first time, the newest page only. Raises Trouble.

    The cursor: `id` (the newest that we have seen), and while there is more between that and what the look
    before saw, `since` (where to end) and `until` (where to go on, downwards).
    """
    newest, since, until = (text_at(cursor, name) for name in ("id", "since", "until"))
    since = since or earlier_by(OVERLAP, newest)
    found, whole = await _pages(connection, since, until, MOST_PAGES if newest else 1)
    home, now = server.home(connection), connection.now()
    drafts, rejected = judged(found, lambda status: read_status(status, home=home, now=now))
    ids = sorted(filter(None, (text_at(status, "id") for status in found)), key=order)
    for name in ids[-1:]:
        newest = later(newest, name)
    done = {"id": newest or "0"}
    if whole or not since or not ids or not comparable(ids[0], since) or later(ids[0], since) == since:
        return Items(drafts, done, rejected)
    further = earlier_by(-1, ids[0])  # the second of the oldest again: servers search by the second
    if until and later(further, until) == further:
        gap = Gap(
            f"More than {len(found):,} posts were found, and the server shows no more of them: "
            "the rest is missing."
        )
        return Items(drafts, done, rejected, gap=gap)
    return Items(drafts, {**done, "since": since, "until": further}, rejected, wait=0)


async def _pages(connection: Connection, since: str, until: str, most: int) -> tuple[list[Any], bool]:
    """The statuses between these two, the newest first, and whether those are all."""
    found: list[Any] = []
    for page in range(most):
        statuses = await _page(connection, since, until, page * server.PAGE)
        found += statuses
        if len(statuses) < server.PAGE:
            return found, True
    return found, False


async def _page(connection: Connection, since: str, until: str, offset: int) -> list[Any]:
    params: dict[str, str | int] = {
        "q": connection.settings.get("query", ""),
        "type": "statuses",
        "limit": server.PAGE,
        "offset": offset,
    }
    params |= {name: value for name, value in (("min_id", since), ("max_id", until)) if value}
    address = server.base(connection) + "/api/v2/search"
    found = await web.get_json(connection, address, params=params, headers=server.headers(connection))
    return list_at(found, "statuses")
