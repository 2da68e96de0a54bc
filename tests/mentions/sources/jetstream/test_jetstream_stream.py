"""A Jetstream server over a real socket, on good days and bad ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Connection, Gap, Trouble
from mentions.sources.jetstream import KIND
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.jetstream.server import (
    SECOND,
    T0,
    Speak,
    breaks,
    goes_away,
    jetstream,
    post,
    tears,
)
from tests.mentions.sources.outside import connected


class Heard:
    """What came, and where it would go on."""

    def __init__(self, cursor: dict[str, Any] | None = None) -> None:
        self.drafts: list[MentionDraft] = []
        self.rejected = 0
        self.gone: list[str] = []
        self.handles: list[tuple[str, str]] = []
        self.cursor = cursor or {}

    @property
    def keys(self) -> list[str]:
        return [draft.native_id.rsplit("/", 1)[1] for draft in self.drafts]

    async def listen(self, connection: Connection, *, until: str = "") -> None:
        assert KIND.stream is not None
        async with asyncio.timeout(60), aclosing(KIND.stream(connection, self.cursor)) as steps:  # type: ignore[type-var]
            async for items in steps:
                self.drafts += items.drafts
                self.rejected += items.rejected
                self.gone += items.gone
                self.handles += items.handles
                self.cursor = dict(items.cursor) if items.cursor is not None else self.cursor
                if until in self.keys:
                    return


@pytest.mark.parametrize("ends", [breaks, tears])
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_after_a_break_nothing_is_missing(version: str, ends: Speak) -> None:
    async with jetstream(version=version) as (server, connection):
        heard = Heard({"time_us": T0})
        server.events = [post(1, seconds=1), post(2, seconds=2)]
        server.then = ends
        with pytest.raises(Trouble, match="broke"):
            await heard.listen(connection)
        assert heard.cursor == {"time_us": T0 + 2 * SECOND}
        server.events += [post(3, seconds=3), post(4, seconds=30)]
        server.then = ServerConnection.wait_closed
        await heard.listen(connection, until="k4")
    assert list(dict.fromkeys(heard.keys)) == ["k1", "k2", "k3", "k4"]
    assert heard.keys == ["k1", "k2", "k1", "k2", "k3", "k4"]  # an overlap, which falls to the native id
    assert [int(asked["cursor"][0]) for _, asked in server.asked] == [T0 - 5 * SECOND, T0 - 3 * SECOND]


async def test_a_post_that_comes_in_drops_is_one() -> None:
    """Slow, and each drop a frame of its own, some with half a letter."""

    async def drips(socket: ServerConnection) -> None:
        raw = json.dumps(post(1, seconds=1, record={"text": "cançó 🚢"}), ensure_ascii=False).encode()

        async def drops() -> AsyncIterator[bytes]:
            for byte in raw:
                yield bytes([byte])
                await asyncio.sleep(0)

        await socket.send(drops(), text=True)
        await socket.wait_closed()

    async with jetstream() as (server, connection):
        server.then = drips
        heard = Heard({"time_us": T0})
        await heard.listen(connection, until="k1")
    assert [one.text for one in heard.drafts] == ["cançó 🚢"]


async def test_the_first_connection_begins_now() -> None:
    async with jetstream() as (server, connection):
        server.events = [post(1, seconds=1), post(9, seconds=10**6)]
        heard = Heard()
        await heard.listen(connection, until="k9")
    assert heard.keys == ["k9"]
    (path, asked) = server.asked[0]
    assert path == "/subscribe"
    assert asked["wantedCollections"] == ["app.bsky.feed.post"]
    assert asked["compress"] == ["false"]
    assert "cursor" not in asked


async def test_version_2_is_asked_in_its_own_words() -> None:
    async with jetstream(version="v2", accounts="did:plc:a did:plc:b") as (server, connection):
        server.events = [post(1, seconds=1)]
        await Heard({"time_us": T0}).listen(connection, until="k1")
    (path, asked) = server.asked[0]
    assert path == "/xrpc/network.bsky.jetstream.subscribeEvents"
    assert asked["collections"] == ["app.bsky.feed.post"]
    assert asked["kinds"] == ["commit", "account", "identity"]
    assert asked["dids"] == ["did:plc:a", "did:plc:b"]
    assert not [name for name in asked if name.startswith("wanted") or name == "compress"]


async def test_edits_deletions_and_accounts() -> None:
    async with jetstream() as (server, connection):
        edited = {"text": "edited", "createdAt": "2026-03-01T11:50:00Z"}
        account = {"did": "did:plc:ana", "kind": "account", "time_us": T0 + 4 * SECOND}
        identity = {"did": "did:plc:bea", "kind": "identity", "time_us": T0 + 4 * SECOND}
        server.events = [
            post(1, seconds=1),
            post(1, seconds=2, operation="update", record=edited),
            post(1, seconds=3, operation="delete", record=None),
            {**account, "account": {"active": False, "status": "deleted"}},
            {**identity, "identity": {"did": "did:plc:bea", "handle": "bea.example"}},
            post(2, seconds=5),
        ]
        heard = Heard({"time_us": T0})
        await heard.listen(connection, until="k2")
    assert [(one.text, one.revised_at is not None, one.deleted) for one in heard.drafts] == [
        ("post 1", False, False),
        ("edited", True, False),
        ("", False, True),
        ("post 2", False, False),
    ]
    assert (heard.rejected, heard.gone) == (0, ["did:plc:ana"])
    assert heard.handles == [("did:plc:bea", "bea.example")]


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_what_the_server_forgot_is_said_and_the_rest_is_read(version: str) -> None:
    async with jetstream(version=version) as (server, connection):
        heard = Heard({"time_us": T0 - 3600 * SECOND})
        server.floor = T0
        server.events = [post(number, seconds=number) for number in range(1, 4)]
        with pytest.raises(Trouble, match="2026-03-01 10:50 to 2026-03-01 11:50 UTC") as caught:
            await heard.listen(connection)
        assert not caught.value.permanent
        await heard.listen(connection, until="k3")
    assert sorted(set(heard.keys)) == ["k1", "k2", "k3"]


HOUR = 3600 * SECOND


@pytest.mark.parametrize("said", ["status", "frame"])
@pytest.mark.parametrize(("kept", "begins"), [(40, 36), (5, 3), (0.5, 0)])
async def test_a_cursor_that_is_too_old_is_moved_to_what_the_server_has(
    said: str, kept: float, begins: float
) -> None:
    """What it still has is not left out; what is missing is told without a hole."""
    now = int(NOW.timestamp() * SECOND)
    async with jetstream(version="v2") as (server, connection):
        heard, gaps = Heard({"time_us": now - 60 * HOUR}), []
        server.too_old, server.floor = said, now - int(kept * HOUR)
        server.events = [post(1, seconds=601 - begins * 3600), post(2, seconds=601)]
        for _ in range(10):
            with suppress(Gap):
                await heard.listen(connection, until="k2")
                break
            gaps.append(heard.cursor)
        reached = heard.cursor
    begin = now - int(begins * HOUR)
    assert gaps[-1] == {"time_us": begin}
    assert len(gaps) == 1 or said == "frame"
    assert heard.keys == ["k1", "k2"]
    assert reached == {"time_us": now}


async def test_a_cursor_of_a_clock_that_was_ahead_is_now() -> None:
    async with jetstream() as (server, connection):
        heard = Heard({"time_us": int((NOW + timedelta(days=400)).timestamp() * SECOND)})
        server.events = [post(1, seconds=599)]
        await heard.listen(connection, until="k1")
    assert server.asked[0][1]["cursor"] == [str(int(NOW.timestamp() * SECOND) - 5 * SECOND)]
    assert heard.cursor == {"time_us": int(NOW.timestamp() * SECOND)}


async def test_a_few_accounts_may_be_silent_for_long() -> None:
    async with jetstream(accounts="did:plc:ana") as (server, connection):
        heard = Heard({"time_us": T0 - 3600 * SECOND})
        server.events = [post(1, seconds=1)]
        await heard.listen(connection, until="k1")
    assert heard.keys == ["k1"]


async def test_too_slow_a_reader_is_told_so_and_comes_back() -> None:
    async with jetstream(version="v2") as (server, connection):
        server.events = [post(1, seconds=1)]
        server.raw = [json.dumps({"$type": "error", "error": "ConsumerTooSlow", "message": "behind"})]
        heard = Heard({"time_us": T0})
        with pytest.raises(Trouble, match="too slowly"):
            await heard.listen(connection)
    assert heard.keys == ["k1"]
    assert heard.cursor == {"time_us": T0 + SECOND}


async def test_frames_that_cannot_be_read_cost_only_themselves() -> None:
    async with jetstream() as (server, connection):
        latin = json.dumps(post(8, seconds=8, record={"text": "avión"}), ensure_ascii=False).encode("latin-1")
        server.raw = ["{half", "[]", latin, json.dumps(post(9, seconds=9))]
        heard = Heard({"time_us": T0})
        await heard.listen(connection, until="k9")
    assert [one.text for one in heard.drafts] == ["avión", "post 9"]
    assert heard.rejected == 2


async def test_a_clock_years_off_moves_neither_the_minute_nor_the_cursor() -> None:
    async with jetstream() as (server, connection):
        ahead = {"text": "from 2099", "createdAt": "2099-01-01T00:00:00Z"}
        server.events = [post(1, seconds=1, record=ahead), post(2, seconds=9_000_000)]
        heard = Heard({"time_us": T0})
        await heard.listen(connection, until="k2")
    first, second = heard.drafts
    assert first.published_at == first.arrived_at == NOW - timedelta(minutes=10) + timedelta(seconds=1)
    assert second.arrived_at == NOW
    assert heard.cursor == {"time_us": int(NOW.timestamp() * SECOND)}


@pytest.mark.parametrize(
    ("status", "headers", "text", "permanent", "wait"),
    [
        (429, {"Retry-After": "30"}, "", False, 30.0),
        (429, {}, "", False, None),
        (401, {}, "rate limit exceeded", False, None),
        (403, {}, "no", True, None),
        (503, {}, "backfilling", False, None),
        (301, {"Location": "ws://127.0.0.1:1/"}, "", False, None),
    ],
)
async def test_a_refusal_says_who_must_act(
    status: int, headers: dict[str, str], text: str, permanent: bool, wait: float | None
) -> None:
    async with jetstream() as (server, connection):
        server.refusal = (status, headers, text)
        with pytest.raises(Trouble) as caught:
            await Heard().listen(connection)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)
    assert len(server.asked) == 1


async def test_a_server_that_says_good_bye_ends_the_stream_and_an_absent_one_is_trouble() -> None:
    async with jetstream() as (server, connection):
        server.then = goes_away
        await Heard().listen(connection)
    with pytest.raises(Trouble):
        await Heard().listen(connection)
    async with connected({"server": "mailto:nobody"}) as connection:
        with pytest.raises(Trouble):
            await Heard().listen(connection)
