"""What a Mastodon server is asked: where it streams, whether that is well, and pages of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mentions.drafts.draft import host
from mentions.sources import web
from mentions.sources.base import Connection, Trouble
from mentions.sources.payload import text_at

PAGE = 40  # statuses, the most that Mastodon gives
STREAMS = ("public", "public:local", "public:remote", "hashtag", "hashtag:local", "list")


@dataclass(frozen=True)
class Wanted:
    """Which of a server's streams, with what it needs."""

    stream: str
    tag: str = ""
    list: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """As both transports want them."""
        named = {"tag": self.tag} if self.stream.startswith("hashtag") else {}
        return named | ({"list": self.list} if self.stream == "list" else {})

    @property
    def path(self) -> str:
        """Of the stream by SSE, and of what distinguishes them there."""
        return "/api/v1/streaming/" + self.stream.replace(":", "/")

    @property
    def timeline(self) -> tuple[str, dict[str, str]]:
        """Where the same statuses stand to be read later: path and parameters."""
        first, _, part = self.stream.partition(":")
        narrowed = {part: "true"} if part else {}
        paths = {
            "public": "public",
            "hashtag": f"tag/{quote(self.tag, safe='')}",
            "list": f"list/{self.list}",
        }
        return f"/api/v1/timelines/{paths[first]}", narrowed


def wanted(connection: Connection) -> Wanted:
    """What the settings ask for. Raises Trouble."""
    given = connection.settings
    found = Wanted(
        given.get("stream") or "public", given.get("tag", "").strip().lstrip("#"), given.get("list", "")
    )
    if found.stream not in STREAMS:
        raise Trouble(f"There is no stream {found.stream!r}: {', '.join(STREAMS)}.", permanent=True)
    if found.stream.startswith("hashtag") and not found.tag:
        raise Trouble("The stream of a hashtag needs the hashtag.", permanent=True)
    if found.stream == "list" and not found.list.isalnum():
        raise Trouble("The stream of a list needs the list's number.", permanent=True)
    return found


def base(connection: Connection) -> str:
    """The server's address, without a slash at its end."""
    given = connection.settings.get("server", "").strip().rstrip("/")
    return given if "://" in given else f"https://{given}"


def home(connection: Connection) -> str:
    return host(base(connection)) or ""


def headers(connection: Connection) -> dict[str, str]:
    return {"Authorization": f"Bearer {connection.secret}"} if connection.secret else {}


@dataclass(frozen=True)
class Streaming:
    """Where a server streams."""

    address: str
    """http or https."""
    outside: bool = False
    """It was named by a server of the outside, and may not lead to the inside, whenever it is asked."""


async def streaming_of(connection: Connection) -> Streaming:
    """As the server says; servers that do not say stream where they are."""
    try:
        told = await web.get(connection, base(connection) + "/api/v2/instance")
        content = told.json()
    except Trouble as trouble:
        if not trouble.permanent:
            raise
        return Streaming(base(connection))  # an older server, or another kind
    address = text_at(content, "configuration", "urls", "streaming").rstrip("/")
    for scheme, web_scheme in (("wss://", "https://"), ("ws://", "http://")):
        if address.startswith(scheme):
            address = web_scheme + address[len(scheme) :]
    if not address.startswith(("https://", "http://")):
        return Streaming(base(connection))
    return Streaming(address, told.outside)


async def check_health(connection: Connection, streaming: Streaming) -> None:
    """Raises Trouble when the streaming server says that it is not well; many say nothing."""
    try:
        address = streaming.address + "/api/v1/streaming/health"
        page = await web.get(connection, address, outside=streaming.outside)
    except Trouble as trouble:
        if not trouble.permanent:
            raise
        return
    if page.text.strip().upper() not in ("", "OK") and len(page.text) < 100:
        raise Trouble(f"The streaming server says of its health: {page.text.strip()}.")


async def page(connection: Connection, asked: Wanted, **limits: str | int) -> list[Any]:
    """Statuses of the timeline behind a stream, the newest first. Raises Trouble."""
    path, narrowed = asked.timeline
    params: dict[str, str | int] = {**narrowed, "limit": PAGE, **limits}
    found = await web.get_json(
        connection, base(connection) + path, params=params, headers=headers(connection)
    )
    if not isinstance(found, list):
        raise Trouble("The timeline is not a list; is this a Mastodon server?")
    return found
