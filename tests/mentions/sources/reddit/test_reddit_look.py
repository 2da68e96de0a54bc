"""Looks at Reddit over a real socket, on good days and bad ones."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.reddit import KIND
from mentions.sources.reddit.look import wanted
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, connected, outside

NEW, COMMENTS, INFO = "/r/travel/new", "/r/travel/comments", "/api/info"
T = NOW.timestamp()


def post(number: int, *, ago: float = 0, **values: Any) -> dict[str, Any]:
    data = {
        "name": f"t3_{number}",
        "title": f"post {number}",
        "created_utc": T - ago,
        "edited": False,
        "author": "ana",
    }
    return {"kind": "t3", "data": {**data, **values}}


def listing(*things: Any, after: str | None = None, **headers: str) -> Answer:
    found = {"kind": "Listing", "data": {"after": after, "children": list(things)}}
    return as_json(found, 200, **headers)


@asynccontextmanager
async def reddit(**settings: str) -> AsyncIterator[tuple[Outside, Connection]]:
    given = {"client": "id", "account": "tocsin", "subreddits": "travel", **settings}
    async with outside() as server, connected({"server": server.url, **given}) as connection:
        server.on("/api/v1/access_token", as_json({"access_token": "tok", "expires_in": 3600}))
        for path in (NEW, COMMENTS, INFO):
            server.on(path, listing())
        yield server, connection


async def look(connection: Connection, cursor: Any = None) -> Items:
    assert KIND.poll is not None
    return await KIND.poll(connection, cursor or {})


def ids(items: Items) -> list[str]:
    return [draft.native_id for draft in items.drafts]


async def test_it_signs_in_and_says_who_asks() -> None:
    async with reddit() as (server, connection):
        await look(connection)
    token, asked = server.asked[0], server.asked[1]
    assert token.headers["authorization"] == "Basic " + b64encode(b"id:secret").decode()
    assert token.body == b"grant_type=client_credentials"
    assert asked.headers["authorization"] == "Bearer tok"
    assert asked.headers["user-agent"] == "server:tocsin:v0.1 (by /u/tocsin)"
    assert asked.params["raw_json"] == "1"


async def test_pages_are_read_back_to_the_last_look_and_one_at_first() -> None:
    async with reddit() as (server, connection):
        server.on(NEW, listing(post(2, ago=60), post(1, ago=120), after="t3_1"))
        first = await look(connection)
        assert ids(first) == ["t3_2", "t3_1"]
        assert len(server.asked_for(NEW)) == 1
        server.on(
            NEW,
            listing(post(6, ago=1), post(5, ago=2), after="t3_5"),
            listing(post(4, ago=3), post(3, ago=4), after="t3_3"),
            listing(post(2, ago=60), post(1, ago=120), post(0, ago=5_000), after="t3_0"),
        )
        second = await look(connection, first.cursor)
    assert ids(second) == ["t3_6", "t3_5", "t3_4", "t3_3", "t3_2", "t3_1", "t3_0"]
    assert [one.params.get("after") for one in server.asked_for(NEW)] == [None, None, "t3_5", "t3_3"]


async def test_what_begins_empty_is_read_whole_when_much_comes_at_once() -> None:
    async with reddit() as (server, connection):
        first = await look(connection)
        server.on(NEW, listing(post(3), after="t3_3"), listing(post(2), after="t3_2"), listing(post(1)))
        second = await look(connection, first.cursor)
    assert ids(second) == ["t3_3", "t3_2", "t3_1"]


@pytest.mark.parametrize(("oldest", "told"), [(30, "11:59 to 2026-03-01 11:59 UTC more was said"), (90, "")])
async def test_what_a_listing_no_longer_holds_is_said(oldest: float, told: str) -> None:
    """Reddit ends a listing after 1,000 things; of those that we knew already nothing is missing."""
    async with reddit() as (server, connection):
        server.on(NEW, listing(post(1, ago=oldest), after="t3_1"))
        items = await look(connection, {"newest": {NEW: T - 60}})
    assert told in (items.gap.message if items.gap else "")
    assert bool(items.gap) == bool(told)
    assert items.cursor is not None
    assert items.cursor["newest"][NEW] == T - min(oldest, 60)


async def test_edits_and_deletions_of_what_we_saw_are_noticed() -> None:
    async with reddit() as (server, connection):
        server.on(NEW, listing(post(3, ago=1), post(2, ago=2), post(1, ago=3)))
        first = await look(connection)
        server.on(NEW, listing())
        gone = post(1, ago=3, author="[deleted]", selftext="[deleted]")
        server.on(INFO, listing(post(3, ago=1), post(2, ago=2, edited=T, selftext="sorry"), gone, post(99)))
        second = await look(connection, first.cursor)
    assert server.asked_for(INFO)[0].params["id"] == "t3_3,t3_2,t3_1"
    assert [(one.native_id, one.text, one.deleted) for one in second.drafts] == [
        ("t3_2", "sorry", False),
        ("t3_1", "", True),
    ]


async def test_all_that_we_saw_is_looked_at_again_in_turn() -> None:
    async with reddit() as (server, connection):
        server.on(NEW, listing(*(post(number, ago=1000 - number) for number in range(250))))
        items = await look(connection)
        server.on(NEW, listing())
        for _ in range(5):
            items = await look(connection, items.cursor)
    asked = [one.params["id"].split(",") for one in server.asked_for(INFO)]
    assert {len(names) for names in asked} == {100}
    assert {name for names in asked[:3] for name in names} == {f"t3_{number}" for number in range(250)}


@pytest.mark.parametrize(("remaining", "wait"), [("300.0", None), ("2.0", 212.0), ("few", None)])
async def test_our_share_is_not_used_up(remaining: str, wait: float | None) -> None:
    async with reddit(subreddits="", query="almadia") as (server, connection):
        headers = {"x_ratelimit_remaining": remaining, "x_ratelimit_reset": "212", "x_ratelimit_used": "1"}
        server.on("/search", listing(post(1), **headers))
        items = await look(connection)
    assert (ids(items), items.wait) == (["t3_1"], wait)


async def test_a_share_that_ends_in_the_middle_loses_nothing() -> None:
    async with reddit() as (server, connection):
        cursor = {"newest": {NEW: T - 60}}
        server.on(NEW, listing(post(2), after="t3_2", x_ratelimit_remaining="0", x_ratelimit_reset="99"))
        with pytest.raises(Trouble) as caught:
            await look(connection, cursor)
    assert caught.value.retry_after == 99
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (as_text("", status=429, x_ratelimit_reset="77"), False, 77.0),
        (as_json({"message": "Unauthorized", "error": 401}, status=401), True, None),
        (as_text("", status=401, x_ratelimit_remaining="0", x_ratelimit_reset="10"), False, 10.0),
        (as_json({"reason": "private"}, status=403), True, None),
        (as_text("<html>our servers are busy</html>", status=503), False, None),
        (as_text("<html>hello</html>"), False, None),
        (as_json([]), False, None),
    ],
)
async def test_a_refusal_says_who_must_act(answer: Answer, permanent: bool, wait: float | None) -> None:
    async with reddit() as (server, connection):
        server.on(NEW, answer)
        with pytest.raises(Trouble) as caught:
            await look(connection)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


async def test_no_token_needs_a_person() -> None:
    async with reddit() as (server, connection):
        server.on("/api/v1/access_token", as_json({"error": "invalid_grant"}))
        with pytest.raises(Trouble) as caught:
            await look(connection)
    assert caught.value.permanent


async def test_a_clock_years_off_does_not_hide_what_comes_after() -> None:
    async with reddit() as (server, connection):
        server.on(NEW, listing(post(1, created_utc=4_000_000_000.0), post(2, created_utc="soon")))
        items = await look(connection)
    assert items.cursor is not None
    assert items.cursor["newest"][NEW] == T
    assert {draft.published_at for draft in items.drafts} == {NOW}


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({"query": "almadia"}, ["/search"]),
        ({"subreddits": "r/travel, Spain"}, ["/r/travel+Spain/new", "/r/travel+Spain/comments"]),
        ({"subreddits": "a b", "query": "x"}, ["/r/a+b/search", "/r/a+b/comments"]),
    ],
)
def test_which_listings_are_read(settings: dict[str, str], paths: list[str]) -> None:
    assert [path for path, _ in wanted(settings)] == paths


@pytest.mark.parametrize("settings", [{}, {"subreddits": "../../api"}, {"subreddits": "a?b"}])
def test_settings_that_make_no_sense_need_a_person(settings: dict[str, str]) -> None:
    with pytest.raises(Trouble) as caught:
        wanted(settings)
    assert caught.value.permanent
