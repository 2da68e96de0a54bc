"""What trying a source says, over real sockets: what would come, or in words why nothing does."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import timedelta

import pytest
from websockets.asyncio.server import ServerConnection, serve

from mentions.sources import trial
from mentions.sources.registry import KINDS
from mentions.sources.trial import Trial, Wanted
from mentions.sources.troubles import TROUBLES
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, outside
from tests.mentions.sources.said import ASKED, PUSHED, beside, ferry, statuses

SAID = [(number, (NOW - timedelta(minutes=number)).isoformat()) for number in (5, 1, 4, 2, 3)]


async def tried(kind: str, server: Outside) -> Trial:
    return await trial.tried(Wanted(KINDS[kind], ASKED[kind].where(server), "secret"), lambda: NOW)


@pytest.mark.parametrize("kind", ASKED)
async def test_what_would_come_is_told_with_the_newest(kind: str) -> None:
    async with outside() as server:
        beside(server)
        server.on("/api/v1/timelines/public", as_json(statuses(SAID)))
        server.on(ASKED[kind].path, ASKED[kind].says(SAID))
        found = await tried(kind, server)
    assert (found.trouble, len(found.drafts)) == (None, 5)
    assert [one.text for one in found.newest] == [ferry(1), ferry(2), ferry(3)]


@pytest.mark.parametrize("kind", ASKED)
async def test_a_refusal_is_told_in_words(kind: str) -> None:
    async with outside() as server:
        beside(server)
        server.on(ASKED[kind].path, Answer(401, (b"who are you",)))
        found = await tried(kind, server)
    assert found.trouble
    assert "401" in found.trouble
    assert TROUBLES.told(found.trouble, "ca") != found.trouble
    assert not found.drafts


@pytest.mark.parametrize("kind", ASKED)
async def test_a_slow_server_is_not_waited_for(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "PATIENCE", 0.3)
    async with outside() as server:
        beside(server)
        slow = Answer(parts=(b" ", asyncio.Event()), headers={"content-type": "text/event-stream"})
        server.on("/api/v1/timelines/public", slow)
        server.on(ASKED[kind].path, slow)
        found = await tried(kind, server)
    assert found.trouble == "It did not answer within 0.3 seconds."
    assert not found.drafts


@pytest.mark.parametrize("kind", ASKED)
async def test_nonsense_is_no_mention(kind: str) -> None:
    async with outside() as server:
        beside(server)
        server.on(ASKED[kind].path, as_text("<html><h1>Welcome</h1></html>", content_type="text/html"))
        found = await tried(kind, server)
    assert found.trouble or found.rejected, found
    assert not found.drafts


async def test_a_network_is_listened_to_until_somebody_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where nobody does, that is told as what it is."""

    async def speak(socket: ServerConnection) -> None:
        record = {"$type": "app.bsky.feed.post", "text": ferry(1), "createdAt": NOW.isoformat()}
        commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "1", "record": record}
        event = {
            "did": "did:plc:a",
            "time_us": int(NOW.timestamp() * 1e6),
            "kind": "commit",
            "commit": commit,
        }
        if "wantedDids" not in str(socket.request and socket.request.path):
            await socket.send(json.dumps(event))
        await socket.wait_closed()

    async with serve(speak, "127.0.0.1", 0) as sockets:
        where = {"server": f"ws://127.0.0.1:{next(iter(sockets.sockets)).getsockname()[1]}"}
        found = await trial.tried(Wanted(KINDS["jetstream"], where, None), lambda: NOW)
        assert [one.text for one in found.newest] == [ferry(1)]
        monkeypatch.setattr(trial, "PATIENCE", 0.3)
        some = {**where, "accounts": "did:plc:quiet"}
        quiet = await trial.tried(Wanted(KINDS["jetstream"], some, None), lambda: NOW)
    assert quiet.trouble
    assert quiet.trouble.startswith("Nothing came within 0.3 seconds")
    assert "tranquil" in TROUBLES.told(quiet.trouble, "ca")


@pytest.mark.parametrize("kind", PUSHED)
def test_a_payload_is_read(kind: str) -> None:
    given = Wanted(KINDS[kind], {}, None)
    found = trial.read(given, PUSHED[kind](SAID).decode(), NOW)
    assert [one.text for one in found.newest] == [ferry(1), ferry(2), ferry(3)]
    broken = trial.read(given, "{", NOW)
    assert broken.trouble
    assert broken.trouble.startswith("The body is not JSON")


def test_a_payload_is_read_by_the_map_that_was_typed() -> None:
    given = Wanted(KINDS["webhook"], {"items": "hits", "text": "said | =…"}, None)
    found = trial.read(given, json.dumps({"hits": [{"said": "hola"}, 7]}), NOW)
    assert [one.text for one in found.drafts] == ["hola"]
    assert [fault["index"] for fault in found.faults] == [1]


@pytest.mark.parametrize("kind", ["mastodon", "talkwalker"])
async def test_a_stream_that_is_packed_is_not_unpacked(kind: str) -> None:
    """A hundred thousand bytes of it could keep a process busy for minutes."""
    async with outside() as server:
        beside(server)
        server.on("/api/v1/timelines/public", as_json([]))
        headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
        server.on(ASKED[kind].path, Answer(parts=(gzip.compress(b"{}\n"),), headers=headers))
        found = await tried(kind, server)
    assert found.trouble
    assert found.trouble.startswith("The answer is packed as gzip")


@pytest.mark.parametrize("secret", ["to\nken", "tóken"])
@pytest.mark.parametrize("kind", ["brandwatch", "mastodon_search", "youtube"])
async def test_a_secret_that_cannot_be_sent_is_not_told_either(kind: str, secret: str) -> None:
    async with outside() as server:
        server.on(ASKED[kind].path, ASKED[kind].says(SAID))
        found = await trial.tried(Wanted(KINDS[kind], ASKED[kind].where(server), secret), lambda: NOW)
    assert found.trouble == "The secret, or another setting, has a sign that cannot be sent."
    assert TROUBLES.told(found.trouble, "ca") != found.trouble
