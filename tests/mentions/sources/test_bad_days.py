"""Each kind that is asked or listened to, on each bad day of a server: who must act, and nothing is lost.

What is special of a kind stands in its own tests; pushes have theirs in `test_pushes`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.registry import KINDS
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.jetstream.server import Speak, breaks, tears
from tests.mentions.sources.mastodon.test_mastodon_stream import mastodon, status
from tests.mentions.sources.outside import Answer, as_json, connected, outside
from tests.mentions.sources.said import ASKED, beside, ferry, plain


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("mentions.sources.gdelt.look"), "PACE", 0.0)


async def heard(kind: str, connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
    """All steps until there is no more, or the connection ends."""
    poll, stream = KINDS[kind].poll, KINDS[kind].stream
    if stream is not None:
        async with asyncio.timeout(60), aclosing(stream(connection, cursor)) as steps:  # type: ignore[type-var]
            async for items in steps:
                yield items
        return
    assert poll is not None
    wait: float | None = 0
    while wait == 0:
        items = await poll(connection, cursor)
        cursor, wait = items.cursor if items.cursor is not None else cursor, items.wait
        yield items


def in_drops(answer: Answer) -> Answer:
    """In three parts, each torn in the midst of something."""
    whole = b"".join(part for part in answer.parts if isinstance(part, bytes))
    third = len(whole) // 3
    return replace(answer, parts=(whole[:third], 0.01, whole[third : 2 * third], 0.01, whole[2 * third :]))


def in_another_encoding(answer: Answer) -> Answer:
    """In Windows-1252, whatever it says of itself."""
    return replace(
        answer,
        parts=tuple(
            part.decode().encode("cp1252") if isinstance(part, bytes) else part for part in answer.parts
        ),
    )


READ: dict[str, Callable[[Answer], Answer]] = {
    "slow, in drops": in_drops,
    "another encoding": in_another_encoding,
}


def broken(ending: str) -> Callable[[Answer], Answer]:
    def after_half(answer: Answer) -> Answer:
        whole = b"".join(part for part in answer.parts if isinstance(part, bytes))
        return replace(answer, parts=(whole[: len(whole) // 2], 0.01), ending=ending)

    return after_half


Refusal = tuple[Callable[[Answer], Answer], float | None]
REFUSED: dict[str, Refusal] = {
    "429 with Retry-After": (lambda _: Answer(429, (b"slow down",), {"retry-after": "30"}), 30.0),
    "429 without": (lambda _: Answer(429, (b"slow down",)), None),
    "401 that means a limit": (lambda _: as_json({"error": "Rate limit exceeded"}, status=401), None),
    "reset": (broken("reset"), None),
    "half": (broken("half"), None),
}


@pytest.mark.parametrize("day", READ)
@pytest.mark.parametrize("kind", ASKED)
async def test_what_comes_oddly_is_read(kind: str, day: str) -> None:
    voice = ASKED[kind]
    said = voice.says([(1, NOW.isoformat()), (2, NOW.isoformat())])
    async with outside() as server, connected(voice.where(server)) as connection:
        beside(server)
        server.on(voice.path, READ[day](said))
        drafts = [draft async for items in heard(kind, connection, {}) for draft in items.drafts]
    assert [draft.text for draft in drafts] == [ferry(1), ferry(2)]


@pytest.mark.parametrize("day", REFUSED)
@pytest.mark.parametrize("kind", ASKED)
async def test_what_breaks_off_says_who_must_act_and_is_read_when_it_is_over(kind: str, day: str) -> None:
    voice, (spoilt, wait) = ASKED[kind], REFUSED[day]
    said = voice.says([(1, NOW.isoformat()), (2, NOW.isoformat())])
    drafts: list[MentionDraft] = []
    cursor: Mapping[str, Any] = {}
    async with outside() as server, connected(voice.where(server)) as connection:
        beside(server)
        server.on(voice.path, spoilt(said), said)
        with pytest.raises(Trouble) as caught:
            async for items in heard(kind, connection, cursor):
                drafts, cursor = [*drafts, *items.drafts], items.cursor or cursor
        async for items in heard(kind, connection, cursor):
            drafts += items.drafts
    assert (caught.value.permanent, caught.value.retry_after) == (False, wait)
    assert {draft.text for draft in drafts} == {ferry(1), ferry(2)}


async def test_an_edit_that_a_search_finds_is_one() -> None:
    voice = ASKED["mastodon_search"]
    edit = status(1, "corregido", edited_at="2026-03-01T11:59:59Z")
    async with outside() as server, connected(voice.where(server)) as connection:
        server.on(voice.path, as_json({"statuses": [edit]}))
        (items,) = [items async for items in heard("mastodon_search", connection, {"id": "1"})]
    assert [(draft.text, draft.revised_at is not None) for draft in items.drafts] == [("corregido 1", True)]


@pytest.mark.parametrize("then", [breaks, tears])
async def test_a_socket_that_breaks_goes_on_where_it_was(then: Speak) -> None:
    """By WebSocket, too: what came is handed on with its cursor, what was missed read from the timeline."""

    async def speak(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(plain({"stream": ["public"], "event": "update", "payload": plain(status(1))}))
        await then(socket)

    drafts: list[MentionDraft] = []
    cursor: Mapping[str, Any] = {"id": "0"}
    async with (
        mastodon(transport="websocket") as (server, connection),
        serve(speak, "127.0.0.1", 0) as sockets,
    ):
        port = next(iter(sockets.sockets)).getsockname()[1]
        server.on(
            "/api/v2/instance", as_json({"configuration": {"urls": {"streaming": f"ws://127.0.0.1:{port}"}}})
        )
        for missed in ([], [status(2)]):
            server.on("/api/v1/timelines/public", as_json(missed), as_json([]))
            with pytest.raises(Trouble) as caught:
                async for items in heard("mastodon", connection, cursor):
                    drafts, cursor = [*drafts, *items.drafts], items.cursor or cursor
            assert not caught.value.permanent
    assert [draft.native_id for draft in drafts] == ["1", "2", "1"]
    assert cursor == {"id": "2"}


@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "30"}, 30.0), ({}, None)])
async def test_a_socket_that_is_refused_for_a_limit_waits(
    headers: dict[str, str], wait: float | None
) -> None:
    def refuse(socket: ServerConnection, _: Any) -> Any:
        response = socket.respond(429, "slow down")
        response.headers.update(headers)
        return response

    async with (
        mastodon(transport="websocket") as (server, connection),
        serve(breaks, "127.0.0.1", 0, process_request=refuse) as sockets,
    ):
        port = next(iter(sockets.sockets)).getsockname()[1]
        server.on(
            "/api/v2/instance", as_json({"configuration": {"urls": {"streaming": f"ws://127.0.0.1:{port}"}}})
        )
        with pytest.raises(Trouble) as caught:
            _ = [items async for items in heard("mastodon", connection, {"id": "8"})]
    assert (caught.value.permanent, caught.value.retry_after) == (False, wait)
