"""One look at a feed: only when it changed, and only as much of it as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Items
from mentions.sources.rss.feed import entries

_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """The feed's entries, or nothing when it is the one we know. Raises Trouble."""
    headers = {"Accept": _ACCEPT}
    if etag := cursor.get("etag"):
        headers["If-None-Match"] = str(etag)
    if modified := cursor.get("modified"):
        headers["If-Modified-Since"] = str(modified)
    page = await web.get(connection, connection.settings["url"], headers=headers)
    if page.unchanged:
        return Items()
    # in a thread: a large feed takes seconds to read
    found = await asyncio.to_thread(entries, page.content, page.headers, page.url, connection.now())
    return Items(found.drafts, _validators(page.headers) if found.whole else None, found.rejected)


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    """What the server wants to hear next time, to say that nothing changed."""
    seen = {"etag": headers.get("etag"), "modified": headers.get("last-modified")}
    return {name: value for name, value in seen.items() if value}
