"""Looks at YouTube over a real socket, on good days and bad ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.youtube import KIND
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, connected, outside

THREADS, REPLIES = "/youtube/v3/commentThreads", "/youtube/v3/comments"


def comment(name: str, *, ago: float, **snippet: Any) -> dict[str, Any]:
    time = (NOW - timedelta(minutes=ago)).isoformat().replace("+00:00", "Z")
    given = {
        "textDisplay": f"text {name}",
        "publishedAt": time,
        "updatedAt": time,
        "authorDisplayName": "@ana",
    }
    return {"id": name, "snippet": {**given, **snippet}}


def thread(name: str, *, ago: float, replies: int = 0, given: int = 0) -> dict[str, Any]:
    snippet = {"videoId": "video_1", "topLevelComment": comment(name, ago=ago), "totalReplyCount": replies}
    some = [comment(f"{name}.{number}", ago=ago, parentId=name) for number in range(given)]
    return {"id": name, "snippet": snippet, "replies": {"comments": some}}


def page(*items: Any, token: str | None = None) -> Answer:
    return as_json({"items": list(items), **({"nextPageToken": token} if token else {})})


def refused(status: int, reason: str) -> Answer:
    message = 'The request cannot be completed because <a href="/quota">…</a>'
    error = {"code": status, "message": message, "errors": [{"domain": "youtube", "reason": reason}]}
    return as_json({"error": error}, status=status)


@asynccontextmanager
async def youtube(**settings: str) -> AsyncIterator[tuple[Outside, Connection]]:
    given = {"videos": "video_1", **settings}
    async with outside() as server, connected({"server": server.url, **given}) as connection:
        yield server, connection


async def look(connection: Connection, cursor: Any = None) -> Items:
    assert KIND.poll is not None
    return await KIND.poll(connection, cursor or {})


def ids(items: Items) -> list[str]:
    return [draft.native_id for draft in items.drafts]


async def test_pages_are_read_back_to_the_last_look_and_one_at_first() -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page(thread("b", ago=200), thread("a", ago=300), token="more"))
        first = await look(connection)
        assert ids(first) == ["b", "a"]
        server.on(
            THREADS,
            page(thread("d", ago=1), token="p2"),
            page(thread("c", ago=9), thread("a", ago=300), token="p3"),
        )
        second = await look(connection, first.cursor)
    assert ids(second) == ["d", "c", "a"]
    assert [one.params.get("pageToken") for one in server.asked] == [None, None, "p2"]
    assert {one.headers["x-goog-api-key"] for one in server.asked} == {"secret"}
    assert not [one for one in server.asked if "key" in one.params]


async def test_what_begins_empty_is_read_whole_when_much_comes_at_once() -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page())
        first = await look(connection)
        server.on(THREADS, page(thread("b", ago=0), token="p2"), page(thread("a", ago=0)))
        second = await look(connection, first.cursor)
    assert ids(second) == ["b", "a"]


@pytest.mark.parametrize(("ago", "missing"), [(5, True), (15, False)])
async def test_threads_that_are_never_reached_are_said_to_be_missing(ago: float, missing: bool) -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page(thread("a", ago=ago), token="always more"))
        items = await look(connection, {"newest": {"video_1": (NOW - timedelta(minutes=10)).isoformat()}})
    assert ("11:50 to 2026-03-01 11:55 UTC" in items.gap.message if items.gap else False) == missing


async def test_replies_that_are_never_reached_are_said_to_be_missing() -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page(thread("a", ago=3, replies=3_000)))
        server.on(REPLIES, page(comment("a.0", ago=2, parentId="a"), token="always more"))
        items = await look(connection)
    assert items.gap is not None
    assert "more than 20 replies" in items.gap.message


async def test_that_a_thread_has_more_replies_than_are_read_is_said_once() -> None:
    async with youtube() as (server, connection):
        server.on(REPLIES, page(comment("a.0", ago=2, parentId="a"), token="always more"))
        cursor: Mapping[str, Any] = {}
        said: list[bool] = []
        for replies in (2_001, 2_002, 3_000):
            server.on(THREADS, page(thread("a", ago=3, replies=replies)))
            items = await look(connection, cursor)
            assert items.cursor is not None
            cursor, said = items.cursor, [*said, items.gap is not None]
    assert said == [True, False, False]
    assert len(server.asked_for(REPLIES)) == 60, "what is new among those that can be reached is still read"


async def test_replies_that_were_not_given_are_asked_for_once() -> None:
    async with youtube() as (server, connection):
        server.on(
            THREADS, page(thread("a", ago=3, replies=3, given=1), thread("b", ago=4, replies=1, given=1))
        )
        server.on(
            REPLIES,
            page(comment("a.0", ago=2, parentId="a"), comment("a.1", ago=2, parentId="a"), token="p2"),
            page(comment("a.2", ago=1, parentId="a")),
        )
        first = await look(connection)
        assert ids(first) == ["a", "a.0", "a.1", "a.2", "b", "b.0"]
        assert {draft.thread for draft in first.drafts} == {"video_1"}
        again = await look(connection, first.cursor)
        assert len(server.asked_for(REPLIES)) == 2
        assert ids(again) == ["a", "a.0", "b", "b.0"]
        server.on(THREADS, page(thread("a", ago=3, replies=4, given=1)))
        await look(connection, again.cursor)
    assert [one.params["parentId"] for one in server.asked_for(REPLIES)] == ["a", "a", "a"]


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (refused(403, "quotaExceeded"), False, 20 * 3600.0),
        (refused(403, "rateLimitExceeded"), False, 60.0),
        (refused(403, "commentsDisabled"), True, None),
        (refused(404, "videoNotFound"), True, None),
        (refused(400, "processingFailure"), False, None),
        (refused(400, "keyInvalid"), True, None),
        (as_text("", status=500), False, None),
        (as_text(b'{"items": ['), False, None),
    ],
)
async def test_a_refusal_says_who_must_act(answer: Answer, permanent: bool, wait: float | None) -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, answer)
        with pytest.raises(Trouble) as caught:
            await look(connection)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


async def test_one_video_without_comments_does_not_silence_the_others() -> None:
    async with youtube(videos="video_1, video_2", channel="UCchannel") as (server, connection):
        server.on(
            THREADS, refused(403, "commentsDisabled"), page(thread("b", ago=1)), page(thread("c", ago=1))
        )
        items = await look(connection)
    assert ids(items) == ["b", "c"]
    assert [one.params.get("videoId") for one in server.asked] == ["video_1", "video_2", None]
    assert server.asked[2].params["allThreadsRelatedToChannelId"] == "UCchannel"


@pytest.mark.parametrize("reason", ["commentNotFound", "videoNotFound"])
async def test_a_thread_that_is_taken_back_meanwhile_does_not_silence_the_others(reason: str) -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page(thread("a", ago=1, replies=3, given=1), thread("b", ago=2)))
        server.on(REPLIES, refused(404, reason))
        items = await look(connection)
    assert ids(items) == ["a", "a.0", "b"]


async def test_a_clock_years_off_does_not_hide_what_comes_after() -> None:
    async with youtube() as (server, connection):
        server.on(THREADS, page(thread("a", ago=-60 * 24 * 3650), thread("b", ago=7)))
        items = await look(connection)
    assert items.cursor is not None
    assert items.cursor["newest"] == {"video_1": (NOW - timedelta(minutes=7)).isoformat()}
    assert items.drafts[0].published_at == NOW


@pytest.mark.parametrize("settings", [{"videos": ""}, {"videos": "a&b=c"}, {"channel": "UC/../x"}])
async def test_settings_that_make_no_sense_need_a_person(settings: dict[str, str]) -> None:
    async with youtube(**settings) as (_, connection):
        with pytest.raises(Trouble) as caught:
            await look(connection)
    assert caught.value.permanent
