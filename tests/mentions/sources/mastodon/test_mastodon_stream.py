"""A Mastodon server over real sockets, on good days and bad ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from mentions.drafts.draft import MentionDraft
from mentions.sources import public
from mentions.sources.base import Connection, Gap, Items, Trouble
from mentions.sources.mastodon import KIND, SEARCH
from tests.mentions.sources.outside import Answer, Asked, Outside, as_json, as_text, connected, outside

STREAM = {"content-type": "text/event-stream"}
PUBLIC = "/api/v1/streaming/public"
TIMELINE = "/api/v1/timelines/public"


def status(number: int, text: str = "el ferry", **values: Any) -> dict[str, Any]:
    uri = f"https://mar.example/statuses/{number}"
    made = {
        "id": str(number),
        "uri": uri,
        "url": uri,
        "visibility": "public",
        "content": f"<p>{text} {number}</p>",
    }
    return {**made, "created_at": "2026-03-01T11:59:30Z", "account": {"acct": "ana"}, **values}


def event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def update(*numbers: int) -> bytes:
    return b"".join(event("update", status(number)) for number in numbers)


@asynccontextmanager
async def mastodon(**settings: str) -> AsyncIterator[tuple[Outside, Connection]]:
    """A server with an empty timeline that streams where it is, and what we connect to it with."""
    async with outside() as server, connected({"server": server.url, **settings}) as connection:
        server.on("/api/v2/instance", as_json({"configuration": {"urls": {}}}))
        server.on("/api/v1/streaming/health", as_text("OK"))
        server.on(TIMELINE, as_json([]))
        yield server, connection


async def listened(
    connection: Connection, cursor: dict[str, Any], *, until: Callable[[list[MentionDraft]], bool]
) -> tuple[list[MentionDraft], dict[str, Any], int]:
    """What the stream brought until it was enough, with the cursor and how many were rejected."""
    drafts: list[MentionDraft] = []
    rejected = 0
    assert KIND.stream is not None
    async with asyncio.timeout(60), aclosing(KIND.stream(connection, cursor)) as steps:  # type: ignore[type-var]
        async for items in steps:
            drafts += items.drafts
            rejected += items.rejected
            cursor = dict(items.cursor) if items.cursor is not None else cursor
            if until(drafts):
                break
    return drafts, cursor, rejected


def has(*ids: int) -> Callable[[list[MentionDraft]], bool]:
    return lambda drafts: {str(number) for number in ids} <= {draft.native_id for draft in drafts}


async def test_posts_edits_and_deletions_come_as_they_happen() -> None:
    async with mastodon() as (server, connection):
        edit = status(11, "corregido", edited_at="2026-03-01T11:59:59Z")
        body = b":thump\n\n" + update(11) + event("status.update", edit) + event("delete", "10") + b":thump\n"
        server.on(PUBLIC, Answer(parts=(body,), headers=STREAM, ending="hold"))
        drafts, cursor, rejected = await listened(connection, {"id": "10"}, until=has(10, 11))
    assert [(one.native_id, one.text, one.revised_at is not None, one.deleted) for one in drafts] == [
        ("11", "el ferry 11", False, False),
        ("11", "corregido 11", True, False),
        ("10", "", False, True),
    ]
    assert (cursor, rejected) == ({"id": "11"}, 0)
    assert server.asked_for(PUBLIC)[0].headers["authorization"] == "Bearer secret"


async def test_what_was_missed_between_two_connections_is_read_from_the_timeline() -> None:
    async with mastodon() as (server, connection):
        server.on(PUBLIC, Answer(parts=(update(1), 0.02, update(2)), headers=STREAM, ending="reset"))
        found: list[MentionDraft] = []
        cursor: dict[str, Any] = {}
        with pytest.raises(Trouble, match="connection failed"):
            async for items in KIND.stream(connection, cursor):  # type: ignore[misc]
                found += items.drafts
                cursor = dict(items.cursor or cursor)
        assert cursor == {"id": "2"}
        pages = [[status(4), status(3)], [status(6), status(5)], []]
        server.on(TIMELINE, *(as_json(page) for page in pages))
        server.on(PUBLIC, Answer(parts=(update(6, 7),), headers=STREAM, ending="hold"))
        more, cursor, _ = await listened(connection, cursor, until=has(7))
    assert [one.native_id for one in found + more] == ["1", "2", "3", "4", "5", "6", "6", "7"]
    assert [one.params["min_id"] for one in server.asked_for(TIMELINE)[-3:]] == ["2", "4", "6"]
    assert cursor == {"id": "7"}


async def test_the_first_connection_begins_now_and_does_not_read_the_past() -> None:
    async with mastodon() as (server, connection):
        server.on(TIMELINE, as_json([status(500)]))
        server.on(PUBLIC, Answer(parts=(update(501),), headers=STREAM, ending="hold"))
        drafts, cursor, _ = await listened(connection, {}, until=has(501))
    assert [one.native_id for one in drafts] == ["501"]
    assert cursor == {"id": "501"}
    assert [one.params["limit"] for one in server.asked_for(TIMELINE)] == ["1"]


async def test_a_gap_that_is_too_large_is_said_and_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("mentions.sources.mastodon.listen"), "MOST_MISSED", 2)
    async with mastodon() as (server, connection):
        server.on(PUBLIC, Answer(headers=STREAM, ending="hold"))
        pages = [[status(2)], [status(3)], [status(900)]]
        server.on(TIMELINE, *(as_json(page) for page in pages))
        steps: list[Items] = []
        with pytest.raises(Trouble, match="left out") as caught:
            async for items in KIND.stream(connection, {"id": "1"}):  # type: ignore[misc]
                steps += [items]
    assert [draft.native_id for items in steps for draft in items.drafts] == ["2", "3"]
    assert steps[-1].cursor == {"id": "900"}
    assert not caught.value.permanent


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_half_a_line_at_a_time_is_slow_and_nothing_else(size: int) -> None:
    body = update(11, 12) + event("update", "{half").replace(b"\n\n", b"")
    parts = tuple(body[start : start + size] for start in range(0, len(body), size))
    async with mastodon() as (server, connection):
        server.on(PUBLIC, Answer(parts=parts, headers=STREAM))
        drafts, cursor, rejected = await listened(connection, {"id": "10"}, until=lambda _: False)
    assert [one.native_id for one in drafts] == ["11", "12"]
    assert (cursor, rejected) == ({"id": "12"}, 0)


async def test_what_cannot_be_read_costs_only_itself() -> None:
    latin = json.dumps(status(12, "avión"), ensure_ascii=False).encode("latin-1")
    body = (
        event("update", "{not json")
        + event("update", "[]")
        + b"event: update\ndata: "
        + b"x" * 1_100_000
        + b"\n\n"
        + b"event: update\ndata: "
        + latin
        + b"\n\n"
        + event("update", {**status(13), "visibility": "direct"})
        + event("filters_changed", "")
        + update(14)
    )
    async with mastodon() as (server, connection):
        server.on(PUBLIC, Answer(parts=(body,), headers=STREAM, ending="hold"))
        drafts, _, rejected = await listened(connection, {"id": "10"}, until=has(14))
    assert [one.text for one in drafts] == ["avión 12", "el ferry 14"]
    assert rejected == 3


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (as_text("slow down", status=429, retry_after="17"), False, 17.0),
        (as_text("slow down", status=429), False, None),
        (as_json({"error": "Too many requests"}, status=401), False, None),
        (as_json({"error": "The access token is invalid"}, status=401), True, None),
        (as_text("<html>down</html>", status=503), False, None),
        (as_text("<html>hello</html>", content_type="text/html"), True, None),
    ],
)
async def test_a_refusal_says_who_must_act(answer: Answer, permanent: bool, wait: float | None) -> None:
    async with mastodon() as (server, connection):
        server.on(PUBLIC, answer)
        with pytest.raises(Trouble) as caught:
            await listened(connection, {"id": "1"}, until=lambda _: False)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


async def test_a_streaming_server_that_is_not_well_is_not_listened_to() -> None:
    async with mastodon() as (server, connection):
        server.on("/api/v1/streaming/health", as_text("database away"))
        with pytest.raises(Trouble, match="database away"):
            await listened(connection, {"id": "1"}, until=lambda _: False)


async def test_silence_without_a_heartbeat_is_a_broken_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentions.sources.web.SILENCE", 0.2)
    async with mastodon() as (server, connection):
        server.on(
            PUBLIC,
            Answer(parts=(update(11), 0.1, b":thump\n", 0.1, b":thump\n"), headers=STREAM, ending="hold"),
        )
        with pytest.raises(Trouble, match="in time"):
            await listened(connection, {"id": "10"}, until=lambda _: False)


@pytest.mark.parametrize(
    ("settings", "path", "params"),
    [
        ({"stream": "hashtag", "tag": "#almadia"}, "/api/v1/streaming/hashtag", {"tag": "almadia"}),
        ({"stream": "hashtag:local", "tag": "x"}, "/api/v1/streaming/hashtag/local", {"tag": "x"}),
        ({"stream": "list", "list": "7"}, "/api/v1/streaming/list", {"list": "7"}),
        ({"stream": "public:remote"}, "/api/v1/streaming/public/remote", {}),
    ],
)
async def test_each_stream_is_asked_for_by_its_name(
    settings: dict[str, str], path: str, params: dict[str, str]
) -> None:
    async with mastodon(**settings) as (server, connection):
        timelines = ("tag/almadia", "tag/x", "list/7", "public")
        for timeline in timelines:
            server.on(f"/api/v1/timelines/{timeline}", as_json([]))
        server.on(path, Answer(parts=(update(3),), headers=STREAM, ending="hold"))
        drafts, _, _ = await listened(connection, {"id": "1"}, until=has(3))
    assert len(drafts) == 1
    assert server.asked_for(path)[0].params == params


@pytest.mark.parametrize(
    "settings", [{"stream": "everything"}, {"stream": "hashtag"}, {"stream": "list", "list": "../x"}]
)
async def test_settings_that_make_no_sense_need_a_person(settings: dict[str, str]) -> None:
    async with mastodon(**settings) as (_, connection):
        with pytest.raises(Trouble) as caught:
            await listened(connection, {}, until=lambda _: False)
    assert caught.value.permanent


async def test_by_websocket_the_same_comes_the_same_way() -> None:
    subscribed: list[Any] = []

    async def speak(socket: ServerConnection) -> None:
        subscribed.append((json.loads(await socket.recv()), socket.request.headers["Authorization"]))  # type: ignore[union-attr]
        frame = {"stream": ["hashtag"], "event": "update", "payload": json.dumps(status(11))}
        await socket.send(json.dumps(frame))
        await socket.send("{nonsense")
        await socket.send(json.dumps({"event": "delete", "payload": "10"}))
        await socket.wait_closed()

    settings = {"stream": "hashtag", "tag": "almadia", "transport": "websocket"}
    async with mastodon(**settings) as (server, connection), serve(speak, "127.0.0.1", 0) as sockets:
        port = next(iter(sockets.sockets)).getsockname()[1]
        urls = {"streaming": f"ws://127.0.0.1:{port}"}
        server.on("/api/v2/instance", as_json({"configuration": {"urls": urls}}))
        server.on("/api/v1/timelines/tag/almadia", as_json([status(10), status(9)]), as_json([]))
        drafts, cursor, rejected = await listened(connection, {"id": "8"}, until=has(11, 10))
    assert [(one.native_id, one.deleted) for one in drafts] == [
        ("9", False),
        ("10", False),
        ("11", False),
        ("10", True),
    ]
    assert (cursor, rejected) == ({"id": "11"}, 1)
    assert subscribed == [({"type": "subscribe", "stream": "hashtag", "tag": "almadia"}, "Bearer secret")]


async def test_a_socket_that_breaks_or_refuses_is_trouble() -> None:
    async def speak(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"error": "Missing access token", "status": 401}))
        await socket.wait_closed()

    async with (
        mastodon(transport="websocket") as (server, connection),
        serve(speak, "127.0.0.1", 0) as sockets,
    ):
        port = next(iter(sockets.sockets)).getsockname()[1]
        urls = {"streaming": f"ws://127.0.0.1:{port}"}
        server.on("/api/v2/instance", as_json({"configuration": {"urls": urls}}))
        with pytest.raises(Trouble, match="Missing access token"):
            await listened(connection, {"id": "8"}, until=lambda _: False)


@pytest.mark.parametrize("transport", ["", "websocket"])
async def test_a_server_of_the_outside_streams_from_nowhere_inside(
    monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    """The name that it gives for its streams leads outside when it is first looked up, and inside later."""
    left, reached = ["127.0.0.1", "127.0.0.2"], []

    async def addresses(host: str) -> list[IPv4Address | IPv6Address]:
        named = host == "localhost"
        return [ip_address((left.pop(0) if len(left) > 1 else left[0]) if named else host)]

    async def speak(socket: ServerConnection) -> None:
        reached.append(await socket.recv())

    monkeypatch.setattr(public, "is_public", lambda address: str(address) == "127.0.0.1")
    monkeypatch.setattr(public, "addresses", addresses)
    async with (
        mastodon(transport=transport) as (server, connection),
        serve(speak, "127.0.0.1", 0) as sockets,
    ):
        port = next(iter(sockets.sockets)).getsockname()[1] if transport else urlsplit(server.url).port
        urls = {"streaming": f"ws://localhost:{port}"}
        server.on("/api/v2/instance", as_json({"configuration": {"urls": urls}}))
        with pytest.raises(Trouble, match="inner network"):
            await listened(connection, {"id": "8"}, until=lambda _: False)
        assert server.asked_for(PUBLIC) + reached == []


async def test_a_search_reads_every_page_since_the_last_look_and_one_at_first() -> None:
    async with outside() as server:
        settings = {"server": server.url, "query": "almadia"}
        many = [status(number) for number in range(200, 160, -1)]
        server.on("/api/v2/search", as_json({"statuses": many}))
        async with connected(settings) as connection:
            assert SEARCH.poll is not None
            first = await SEARCH.poll(connection, {})
            assert first.cursor == {"id": "200"}
            assert len(server.asked) == 1
            later = [status(number) for number in range(290, 250, -1)]
            server.on(
                "/api/v2/search", as_json({"statuses": later}), as_json({"statuses": [status(250), {}]})
            )
            second = await SEARCH.poll(connection, first.cursor)
    assert [one.params.get("min_id") for one in server.asked] == [None, "200", "200"]
    assert [one.params["offset"] for one in server.asked[1:]] == ["0", "40"]
    assert second.cursor == {"id": "290"}
    assert (len(second.drafts), second.rejected) == (41, 1)


async def test_a_search_goes_on_below_what_a_server_lets_nobody_skip() -> None:
    """1,000 posts, one a second; the server shows what is between the ids it is given."""
    began = 110_000_000_000_000_000
    stored = [status(began + (second * 1000 << 16)) for second in range(1_000)]

    class Mastodon(Outside):
        async def _answer(self, asked: Asked, writer: Any) -> None:
            low, high = (
                int(asked.params.get(name, end)) for name, end in (("min_id", 0), ("max_id", 10**18))
            )
            inside = [one for one in reversed(stored) if low < int(one["id"]) < high]
            offset = int(asked.params["offset"])
            self.on("/api/v2/search", as_json({"statuses": inside[offset : offset + 40]}))
            await super()._answer(asked, writer)

    found: set[str] = set()
    async with outside() as server:
        server.__class__ = Mastodon
        async with connected({"server": server.url, "query": "almadia"}) as connection:
            assert SEARCH.poll is not None
            cursor: Any = {"id": stored[10]["id"]}
            for _ in range(9):
                items = await SEARCH.poll(connection, cursor)
                cursor = items.cursor
                found |= {draft.native_id for draft in items.drafts}
                assert items.gap is None
                if items.wait is None:
                    break
    assert found >= {one["id"] for one in stored[11:]}
    assert cursor == {"id": stored[-1]["id"]}


async def test_a_search_that_shows_no_more_says_what_is_missing() -> None:
    async with outside() as server, connected({"server": server.url, "query": "almadia"}) as connection:
        server.on("/api/v2/search", as_json({"statuses": [status(number) for number in range(290, 250, -1)]}))
        assert SEARCH.poll is not None
        first = await SEARCH.poll(connection, {"id": "200"})
        assert first.wait == 0
        second = await SEARCH.poll(connection, first.cursor or {})
    assert second.gap is not None
    assert second.cursor == {"id": "290"}


async def test_a_server_that_counts_otherwise_is_not_read_from_its_beginning() -> None:
    async with mastodon() as (server, connection):
        server.on(TIMELINE, as_json([status(11)]))
        server.on(PUBLIC, Answer(headers=STREAM, ending="hold"))
        cursors = []
        with pytest.raises(Gap, match="otherwise"):
            async for items in KIND.stream(connection, {"id": str(110_000_000_000_000_000)}):  # type: ignore[misc]
                cursors.append(items.cursor)
                assert items.drafts == ()
    assert cursors == [{"id": "11"}]
