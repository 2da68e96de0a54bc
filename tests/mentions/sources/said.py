"""How each kind of source says something, for tests that put many kinds through the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.mentions.sources.outside import Answer, Outside, as_json, as_text

Said = Iterable[tuple[int, str]]
"""The number of each item, and when it says that it was published."""


def ferry(number: int) -> str:
    """What item so and so says: a word for monitors, and letters beyond ASCII."""
    return f"ferry {number} cançó"


def statuses(said: Said) -> list[dict[str, Any]]:
    return [
        {
            "id": str(number),
            "uri": f"https://mar.example/statuses/{number}",
            "content": f"<p>{ferry(number)}</p>",
            "created_at": at,
            "account": {"acct": "ana"},
        }
        for number, at in said
    ]


def mastodon(said: Said) -> Answer:
    lines = [f"event: update\ndata: {plain(status)}\n\n" for status in statuses(said)]
    return as_text("".join(lines), content_type="text/event-stream")


def mastodon_search(said: Said) -> Answer:
    return listed({"statuses": statuses(said)})


def rss(said: Said) -> Answer:
    entries = [
        f"<entry><id>{number}</id><title>{ferry(number)}</title><published>{at}</published></entry>"
        for number, at in said
    ]
    return as_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>')


def gdelt(said: Said) -> Answer:
    def seen(at: str) -> str:
        return datetime.fromisoformat(at).strftime("%Y%m%dT%H%M%SZ")

    return listed(
        {
            "articles": [
                {"url": f"https://n.example/{number}", "title": ferry(number), "seendate": seen(at)}
                for number, at in said
            ]
        }
    )


def talkwalker(said: Said) -> Answer:
    def result(number: int, at: str) -> bytes:
        stamp = int(datetime.fromisoformat(at).timestamp() * 1000)
        found = {
            "url": f"https://blog.example/{number}",
            "content": ferry(number),
            "published": stamp,
            "search_indexed": stamp,
        }
        return plain({"chunk_type": "CT_RESULT", "chunk_result": {"data": {"data": found}}}).encode()

    offset = {"chunk_type": "CT_CONTROL", "chunk_control": {"resume_offset": "o"}}
    return Answer(parts=(*(result(*one) for one in said), json.dumps(offset).encode()))


def mention_com(said: Said) -> Answer:
    found = [{"id": str(number), "description": ferry(number), "published_at": at} for number, at in said]
    return listed({"mentions": found})


def brandwatch(said: Said) -> Answer:
    return listed(
        {
            "results": [
                {"resourceId": str(number), "fullText": ferry(number), "date": at} for number, at in said
            ]
        }
    )


def reddit(said: Said) -> Answer:
    def post(number: int, at: str) -> dict[str, Any]:
        stamp = datetime.fromisoformat(at).timestamp()
        return {"name": f"t3_{number}", "title": ferry(number), "created_utc": stamp, "author": "ana"}

    return listed(
        {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": post(*one)} for one in said]}}
    )


def youtube(said: Said) -> Answer:
    def thread(number: int, at: str) -> dict[str, Any]:
        snippet = {"textOriginal": ferry(number), "publishedAt": at, "updatedAt": at}
        top = {"id": f"c{number}", "snippet": snippet}
        return {"id": f"c{number}", "snippet": {"videoId": "video_1", "topLevelComment": top}}

    return listed({"items": [thread(*one) for one in said]})


def meltwater(said: Said) -> bytes:
    found = [
        {"id": str(number), "content": {"text": ferry(number)}, "published_date": at} for number, at in said
    ]
    return json.dumps({"documents": found}).encode()


def webhook(said: Said) -> bytes:
    found = [{"id": str(number), "text": ferry(number), "published_at": at} for number, at in said]
    return json.dumps({"mentions": found}).encode()


def plain(found: Any) -> str:
    """As many servers write it: letters as they are, so that an encoding matters."""
    return json.dumps(found, ensure_ascii=False)


def listed(found: Any) -> Answer:
    return as_text(plain(found), content_type="application/json")


@dataclass(frozen=True)
class Voice:
    """A kind that is asked, or listened to, by HTTP."""

    says: Callable[[Said], Answer]
    path: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def where(self, server: Outside) -> dict[str, str]:
        """Its settings, with the server as its own."""
        url = f"{server.url}{self.path}"
        return {**self.settings, **dict.fromkeys(("server", "address"), server.url), "url": url}


ASKED = {
    "mastodon": Voice(mastodon, "/api/v1/streaming/public"),
    "mastodon_search": Voice(mastodon_search, "/api/v2/search", {"query": "ferry"}),
    "rss": Voice(rss, "/feed"),
    "gdelt": Voice(gdelt, "/api/v2/doc/doc", {"query": "ferry"}),
    "talkwalker": Voice(talkwalker, "/api/v3/stream/c/ferries/results", {"collector": "ferries"}),
    "mention_com": Voice(mention_com, "/api/accounts/a/alerts/5/mentions", {"account": "a", "alert": "5"}),
    "brandwatch": Voice(brandwatch, "/projects/7/data/mentions", {"project": "7", "query": "11"}),
    "reddit": Voice(reddit, "/search", {"client": "id", "account": "tocsin", "query": "ferry"}),
    "youtube": Voice(youtube, "/youtube/v3/commentThreads", {"videos": "video_1"}),
}
PUSHED = {"meltwater": meltwater, "webhook": webhook}


def beside(server: Outside) -> None:
    """What is asked beside what matters: Mastodon's instance and timeline, Reddit's token and edits."""
    server.on("/api/v2/instance", as_text("", status=404))
    server.on("/api/v1/timelines/public", as_json([]))
    server.on("/api/v1/access_token", as_json({"access_token": "tok"}))
    server.on("/api/info", as_json({"kind": "Listing", "data": {"children": []}}))
