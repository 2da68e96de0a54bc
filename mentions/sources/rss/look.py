"""One look at a feed: only when it changed, and only as much of it as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Gap, Items
from mentions.sources.rss.feed import entries
from mentions.sources.rss.seen import Seen

_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """The feed's entries, or nothing when it is the one we know. Raises Trouble."""
    headers = {"Accept": _ACCEPT}
    if etag := cursor.get("etag"):
        headers["If-None-Match"] = str(etag)
    if modified := cursor.get("modified"):
        headers["If-Modified-Since"] = str(modified)
    page = await web.get(connection, connection.settings["url"], headers=headers)
    now = connection.now()
    if page.unchanged:
        known = str(cursor["cut"]) if cursor.get("cut") else None
        return Items(cursor={**cursor, "looked": now.isoformat()}, note=known)
    # in a thread: a large feed takes seconds to read
    found = await asyncio.to_thread(entries, page.content, page.headers, page.url, now)
    before = Seen.of(cursor)
    drafts = before.edited(found.drafts, now)
    seen = {"looked": now.isoformat(), "seen": before.then(drafts)}
    # one that was cut off is asked for again in full, by what it said when it was whole
    asked = _validators(page.headers) if found.whole else _validators(cursor)
    if found.cut:
        note = _cut(len(found.drafts))
        gap = None if cursor.get("cut") else Gap(note)
        return Items(drafts, {**asked, **seen, "cut": note}, found.rejected, gap=gap, note=note)
    return Items(drafts, asked | seen, found.rejected, gap=before.gap(drafts, now) if found.whole else None)


def _cut(count: int) -> str:
    return (
        f"The feed holds more than is read at once: only its first {count:,} entries were. Ask whoever "
        "publishes it for one that tells the latest."
    )


def _validators(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the server wants to hear next time, to say that nothing changed."""
    seen = {"etag": said.get("etag"), "modified": said.get("last-modified") or said.get("modified")}
    return {name: value for name, value in seen.items() if value}
