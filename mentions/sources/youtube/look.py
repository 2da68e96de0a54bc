"""One look at the comments of some videos or of a channel's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from mentions.sources.base import Connection, Gap, Items, Trouble, untold
from mentions.sources.payload import judged, list_at, object_at, text_at, time_at, whole_at
from mentions.sources.youtube.comment import comments, read_comment
from mentions.sources.youtube.server import Closed, ask

log = structlog.get_logger(__name__)

PAGE = 100
MOST_PAGES = 20
MOST_REPLIES = 20  # pages of one thread's replies
REACHED = MOST_REPLIES * PAGE  # replies of one thread: that more are left out is said once
OVERLAP = timedelta(hours=1)  # looked at again: a comment is held back until it is approved
WATCHED = 500  # threads whose number of replies we remember
_ID = re.compile(r"[A-Za-z0-9_-]{5,40}")

Found = list[tuple[Any, str]]


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """Comments and replies since the cursor, the last page of threads always. Raises Trouble.

    A video that lets nobody read does not keep us from the others.
    """
    newest, counts = dict(object_at(cursor, "newest")), dict(object_at(cursor, "replies"))
    found: Found = []
    closed: list[Closed] = []
    gaps: list[Gap] = []
    targets = wanted(connection.settings)
    for name, target in targets:
        try:
            since = time_at(newest, name)
            since = since and min(since, connection.now())
            threads = await _threads(connection, target, since, gaps)
        except Closed as error:
            log.warning("youtube.closed", target=name, error=error.message)
            closed.append(error)
            continue
        newest[name] = _newest(since, threads, connection.now())
        for thread in threads:
            found += await _whole(connection, thread, counts, gaps)
    if len(closed) == len(targets):
        raise closed[0]
    now = connection.now()
    drafts, rejected = judged(found, lambda pair: read_comment(pair[0], pair[1], now=now))
    kept = {"newest": newest, "replies": dict(list(counts.items())[-WATCHED:])}
    return Items(drafts, kept, rejected, gap=gaps[0] if gaps else None)


def wanted(settings: Mapping[str, str]) -> list[tuple[str, dict[str, str | int]]]:
    """The name and the parameter of each video and of the channel. Raises Trouble. Pure."""
    channel = settings.get("channel", "").strip()
    videos = settings.get("videos", "").replace(",", " ").split()
    for name in filter(None, (channel, *videos)):
        if not _ID.fullmatch(name):
            raise Trouble(f"{name[:50]!r} is no id of a video or a channel.", permanent=True)
    if not channel and not videos:
        raise Trouble("A channel or videos: one of them is needed.", permanent=True)
    found: list[tuple[str, dict[str, str | int]]] = [(video, {"videoId": video}) for video in videos]
    if channel:
        found.append((channel, {"allThreadsRelatedToChannelId": channel}))
    return found


async def _threads(
    connection: Connection, target: Mapping[str, str | int], since: datetime | None, gaps: list[Gap]
) -> list[Any]:
    """The threads begun since then, the newest first; at first, one page."""
    found: list[Any] = []
    following: dict[str, str | int] = {}
    for _ in range(MOST_PAGES if since else 1):
        asked = {"part": "snippet,replies", "order": "time", "maxResults": PAGE, **target, **following}
        page = await ask(connection, "commentThreads", asked)
        threads = list_at(page, "items")
        found += threads
        times = [time for time in map(_published, threads) if time]
        token = text_at(page, "nextPageToken")
        if not token or (since and times and min(times) < since - OVERLAP):
            return found
        following = {"pageToken": token}
    oldest = min(filter(None, map(_published, found)), default=None)
    if since and oldest and oldest > since:
        gaps.append(untold(since, oldest))
    return found


async def _whole(connection: Connection, thread: Any, counts: dict[str, Any], gaps: list[Gap]) -> Found:
    """The thread's comments; its replies are asked for when it has more than were given and than we knew."""
    name, video = text_at(thread, "id"), text_at(thread, "snippet", "videoId")
    total = whole_at(thread, "snippet", "totalReplyCount") or 0
    given = list(comments(thread))
    before = counts.pop(name, 0)
    known = before if isinstance(before, int) else 0
    if total:
        counts[name] = total  # put last: the threads with news are remembered longest
    if total <= len(given) - 1 or total <= known or not name:
        return given
    try:
        replies = await _replies(connection, name, gaps if known <= REACHED else [])
    except Closed as error:  # taken back, or closed, since the thread was listed a moment ago
        log.info("youtube.closed", target=name, error=error.message)
        return given
    return given[:1] + [(reply, video) for reply in replies]


async def _replies(connection: Connection, parent: str, gaps: list[Gap]) -> list[Any]:
    found: list[Any] = []
    following: dict[str, str | int] = {}
    for _ in range(MOST_REPLIES):
        asked = {"part": "snippet", "parentId": parent, "maxResults": PAGE, **following}
        page = await ask(connection, "comments", asked)
        found += list_at(page, "items")
        token = text_at(page, "nextPageToken")
        if not token:
            return found
        following = {"pageToken": token}
    gaps.append(Gap(f"One thread has more than {len(found):,} replies: the rest of them is left out."))
    return found


def _newest(known: datetime | None, threads: Sequence[Any], now: datetime) -> str:
    """The time of the newest thread that we have seen, now for none; and none is newer than now."""
    times = [time for time in (known, *map(_published, threads)) if time and time <= now]
    return max(times, default=now).isoformat()


def _published(thread: Any) -> datetime | None:
    return time_at(thread, "snippet", "topLevelComment", "snippet", "publishedAt")
