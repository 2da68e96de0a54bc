"""Asking YouTube's Data API, whose refusals come as reasons."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mentions.sources import web
from mentions.sources.base import Connection, Trouble
from mentions.sources.web import Refused

PACIFIC = ZoneInfo("America/Los_Angeles")
_REASON = re.compile(r'"reason"\s*:\s*"(\w{1,50})"')
_SPENT = ("quotaExceeded", "dailyLimitExceeded")
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded")
_CLOSED = {
    "commentsDisabled": "YouTube says that comments are switched off.",
    "videoNotFound": "YouTube says that there is no such video.",
    "channelNotFound": "YouTube says that there is no such channel.",
    "commentNotFound": "YouTube says that there is no such comment.",
    "forbidden": "YouTube says that the comments are not public.",
}
_PASSES = "processingFailure"
"""Refused as a bad request (400), and taken the next time, as its documentation says."""


class Closed(Trouble):
    """One video, channel or thread lets nobody read its comments; others may."""


async def ask(connection: Connection, what: str, params: dict[str, str | int]) -> Any:
    """A page of `commentThreads` or `comments`. Raises Trouble, Closed for one."""
    server = connection.settings.get("server", "").strip().rstrip("/") or "https://www.googleapis.com"
    headers = {"X-Goog-Api-Key": connection.secret or ""}
    try:
        return await web.get_json(connection, f"{server}/youtube/v3/{what}", params=params, headers=headers)
    except Refused as refused:
        raise _trouble(refused, connection.now()) from refused


def _trouble(refused: Refused, now: datetime) -> Trouble:
    found = _REASON.search(refused.explained)
    reason = found[1] if found else ""
    if reason in _SPENT:
        return Trouble("Today's quota of the YouTube API is spent.", retry_after=until_renewal(now))
    if reason in _TOO_FAST:
        return Trouble("YouTube asks us to come less often.", retry_after=refused.retry_after or 60.0)
    if reason == _PASSES:
        return Trouble(refused.message)
    if reason in _CLOSED and refused.status in (403, 404):
        return Closed(_CLOSED[reason], permanent=True)
    return refused


def until_renewal(now: datetime) -> float:
    """Seconds until midnight in California, when quotas are renewed."""
    there = now.astimezone(PACIFIC)
    midnight = datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), PACIFIC)
    return (midnight - now).total_seconds()
