"""One look at Reddit: what is new, and what was edited or taken away of what we saw lately."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Connection, Gap, Items, Trouble, untold
from mentions.sources.payload import at, judged, list_at, object_at, text_at
from mentions.sources.reddit.server import Reddit
from mentions.sources.reddit.thing import read_thing, thing_name, things

PAGE = 100  # things, the most that Reddit gives
MOST_PAGES = 10  # a listing ends after 1,000 things
OVERLAP = 600.0  # seconds looked at again: a post held back for a moderator comes late, at its old place
WATCHED = 1_000  # things looked at again for edits and deletions, one page of them at each look
_SUBREDDITS = re.compile(r"[A-Za-z0-9_]+(?:\+[A-Za-z0-9_]+)*")


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """New posts and comments since the cursor, and changes of earlier ones. Raises Trouble."""
    listings = wanted(connection.settings)
    reddit = Reddit(connection)
    await reddit.sign_in()
    now, found, newest = connection.now().timestamp(), [], dict(object_at(cursor, "newest"))
    gap: Gap | None = None
    for path, params in listings:
        since = _number(newest.get(path))
        since = since and min(since, now)
        some, whole = await _since(reddit, path, params, since)
        gap = gap if whole else _gap(some, since, connection.now()) or gap
        times = [since or 0.0, *(min(_created(thing), now) for thing in some)]
        newest[path] = max(times) or now  # of an empty listing we have seen all
        found += some
    drafts, rejected = judged(found, lambda thing: read_thing(thing, now=connection.now()))
    watched = [name for name in list_at(cursor, "watched") if isinstance(name, str)]
    drafts += await _changes(reddit, watched[:PAGE], connection)
    again = watched[PAGE:] + watched[:PAGE]
    fresh = [draft.native_id for draft in drafts if not draft.deleted and draft.native_id not in set(again)]
    kept = {"newest": newest, "watched": (again + fresh)[-WATCHED:]}
    return Items(drafts, kept, rejected, reddit.wait, gap=gap)


def wanted(settings: Mapping[str, str]) -> list[tuple[str, dict[str, str | int]]]:
    """Path and parameters of each listing to read. Raises Trouble. Pure."""
    query = settings.get("query", "").strip()
    names = "+".join(re.split(r"[\s,+]+", settings.get("subreddits", "").replace("r/", " ").strip(" /,")))
    if names and not _SUBREDDITS.fullmatch(names):
        raise Trouble("A community's name has letters, digits and underscores only.", permanent=True)
    if not query and not names:
        raise Trouble("A search, or communities: one of them is needed.", permanent=True)
    comments: list[tuple[str, dict[str, str | int]]] = [(f"/r/{names}/comments", {})] if names else []
    if not query:
        return [(f"/r/{names}/new", {}), *comments]
    found: dict[str, str | int] = {"q": query, "sort": "new", "type": "link"}
    if names:
        return [(f"/r/{names}/search", {**found, "restrict_sr": 1}), *comments]
    return [("/search", found)]


async def _since(
    reddit: Reddit, path: str, params: Mapping[str, str | int], since: float | None
) -> tuple[list[Any], bool]:
    """The things of a listing back to `since`, the newest first, and whether all; at first, one page."""
    found: list[Any] = []
    after: dict[str, str | int] = {}
    for _ in range(MOST_PAGES if since else 1):
        listing = await reddit.get(path, **params, **after, limit=PAGE)
        if not isinstance(at(listing, "data", "children"), list):
            raise Trouble("Reddit's answer is no listing.")
        page = list(things(listing))
        found += page
        last = text_at(listing, "data", "after")
        if not last or any(_created(thing) < (since or 0.0) - OVERLAP for thing in page):
            return found, True
        after = {"after": last}
    return found, since is None


def _gap(found: list[Any], since: float | None, now: datetime) -> Gap | None:
    """What a listing that ended too soon leaves out; of what we knew already, nothing."""
    oldest = min((_created(thing) for thing in found), default=0.0)
    if since is None or oldest <= since:
        return None
    begin, end = (datetime.fromtimestamp(moment, UTC) for moment in (since, min(oldest, now.timestamp())))
    return untold(begin, end)


async def _changes(reddit: Reddit, names: list[str], connection: Connection) -> list[MentionDraft]:
    """Of things that we saw, those that were edited or taken away; skipped when our share is used up."""
    if not names or reddit.wait is not None:
        return []
    listing = await reddit.get("/api/info", id=",".join(names))
    seen = [thing for thing in things(listing) if thing_name(thing) in set(names)]
    drafts, _ = judged(seen, lambda thing: read_thing(thing, now=connection.now()))
    return [draft for draft in drafts if draft.deleted or draft.revised_at]


def _created(thing: Any) -> float:
    return _number(at(thing, "data", "created_utc")) or 0.0


def _number(value: object) -> float | None:
    """Seconds of Unix time of this century, nothing else."""
    plausible = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4_102_444_800
    return float(value) if plausible and isinstance(value, int | float) else None
