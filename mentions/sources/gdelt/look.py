"""One look at GDELT: one window of time, of which it tells at most 250 articles."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Gap, Items, untold
from mentions.sources.gdelt.article import PACE, read_article, read_list
from mentions.sources.payload import judged, time_at

MOST = 250  # articles in one answer, GDELT's limit
OVERLAP = timedelta(hours=1)  # looked at again: articles come late into the index
AT_FIRST = timedelta(hours=1)
DAY = timedelta(days=1)
FARTHEST = timedelta(days=7)  # a source switched off for longer does not read it all
NARROWEST = timedelta(minutes=15)  # GDELT's own step: a narrower window tells nothing new
_NAMES = ("since", "end", "until", "known")
_STAMP = "%Y%m%d%H%M%S"


LARGEST = 2_000_000  # bytes of an answer: 250 headlines have a tenth of it


@dataclass(frozen=True)
class Window:
    """What one question asks for; `until` the end of all we want, reached over several windows."""

    since: datetime
    end: datetime
    until: datetime
    known: datetime
    """Until when the look before told what there was."""
    goes_on: bool = False
    """Whether the question before asked for a part of the same."""


async def look(connection: Connection, cursor: Mapping[str, Any]) -> Items:
    """One window's articles; `wait` is 0 when the rest of it should be asked for at once.

    A full answer narrows the next question to the first half of the window. Raises Trouble.
    """
    window = next_window(cursor, connection.now())
    if window.goes_on:
        await asyncio.sleep(PACE)
    found = read_list((await _answer(connection, window)).text)
    drafts, rejected = judged(found, lambda article: read_article(article, now=connection.now()))
    if len(found) >= MOST and window.end - window.since > NARROWEST:
        half = window.since + max((window.end - window.since) / 2, NARROWEST)
        return Items(drafts, _cursor(replace(window, end=half)), rejected, wait=0)
    gap = _gap(window, full=len(found) >= MOST)
    if window.end < window.until:
        rest = replace(window, since=window.end, end=window.until)
        return Items(drafts, _cursor(rest), rejected, wait=0, gap=gap)
    return Items(drafts, {"since": window.until.isoformat()}, rejected, gap=gap)


async def glance(connection: Connection) -> Items:
    """The newest of the last day: a first look takes an hour of it."""
    return await look(connection, {"since": (connection.now() - DAY + OVERLAP).isoformat()})


def _gap(window: Window, *, full: bool) -> Gap | None:
    """What is not told in this window, or was never asked for before it."""
    if full and window.end > window.known:
        return untold(max(window.since, window.known), window.end)
    if not window.goes_on and window.known < window.since:
        begin = f"{window.since:%Y-%m-%d %H:%M}"
        return Gap(f"What was said before {begin} UTC is too long ago to be asked for: it is missing.")
    return None


def next_window(cursor: Mapping[str, Any], now: datetime) -> Window:
    """The rest of what was begun, else from an overlap before the last look until now. Pure."""
    since, end, until, known = (time_at(cursor, name) for name in _NAMES)
    if since and end and until and now - FARTHEST < since < end <= until <= now:
        return Window(since, end, until, known or since, goes_on=True)
    begin = max(since - OVERLAP, now - FARTHEST) if since else now - AT_FIRST
    begin = min(begin, now - OVERLAP)
    return Window(begin, now, now, since or begin)


def _cursor(window: Window) -> dict[str, str]:
    return {name: getattr(window, name).isoformat() for name in _NAMES}


async def _answer(connection: Connection, window: Window) -> web.Page:
    server = connection.settings.get("server", "").strip().rstrip("/") or "https://api.gdeltproject.org"
    asked: dict[str, str | int] = {
        "query": connection.settings.get("query", ""),
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": MOST,
        "startdatetime": window.since.astimezone(UTC).strftime(_STAMP),
        "enddatetime": window.end.astimezone(UTC).strftime(_STAMP),
    }
    return await web.get(connection, f"{server}/api/v2/doc/doc", params=asked, max_bytes=LARGEST)
