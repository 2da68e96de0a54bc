"""What a sender is told, and what is safe in the stream when it is told so."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kit import repeats
from kit.bell import Bell
from kit.core import Core
from kit.errors import Invalid, NotFound, SignedOut, Unavailable
from mentions.sources import ingest
from mentions.sources.base import Items
from mentions.sources.ingest import Accepted, accept
from mentions.sources.troubles import TROUBLES
from mentions.waiting import valkey_queue
from mentions.waiting.batch import Batch, Broken, decode, encode
from tests.mentions.makers import draft, make_source, signed


async def post(core: Core, body: bytes | object, *, source: str = "suite", **headers: str) -> Accepted:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await accept(core, source, headers=signed(raw, at=core.clock.now()) | headers, body=raw)


@pytest.fixture
async def suite(core: Core) -> Core:
    """A core with one source named `suite`."""
    async with core.database.unit_of_work() as session:
        await make_source(session)
    return core


async def waiting(core: Core) -> list[Batch]:
    entries = await core.bell.redis.xrange(valkey_queue.STREAM)
    return [decode(fields[b"batch"]) for _, fields in entries]


@pytest.mark.parametrize("wrap", [lambda found: {"mentions": found}, lambda found: found])
async def test_a_good_batch_is_in_the_stream_when_it_is_accepted(suite: Core, wrap) -> None:  # type: ignore[no-untyped-def]
    answer = await post(suite, wrap([{"id": "1", "text": "hola"}, {"id": 2, "text": "adeu"}]))
    assert answer == Accepted(2, [])
    (batch,) = await waiting(suite)
    assert [one.native_id for one in batch.drafts] == ["1", "2"]
    assert batch.arrived_at == suite.clock.now()


async def test_the_malformed_are_named_and_the_good_are_kept(suite: Core) -> None:
    answer = await post(
        suite,
        [{"text": "one"}, {"text": ""}, "two", {"text": "three", "followers": -4}, {"text": "four"}],
    )
    assert answer.accepted == 2
    assert [(one["index"], one["field"]) for one in answer.rejected] == [
        (1, "text"),
        (2, None),
        (3, "followers"),
    ]
    assert all(one["reason"].endswith(".") for one in answer.rejected)
    (batch,) = await waiting(suite)
    assert ([one.text for one in batch.drafts], batch.rejected) == (["one", "four"], 3)


async def test_a_sender_cannot_move_the_arrival(suite: Core) -> None:
    await post(suite, [{"text": "hola", "arrived_at": "2020-01-01T00:00:00Z"}])
    (batch,) = await waiting(suite)
    assert batch.drafts[0].arrived_at is None


async def test_the_field_map_of_the_source_is_used(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "other", field_map={"text": "body", "author": "user.name"})
    await post(suite, [{"body": "hola", "user": {"name": "marta"}}], source="other")
    (batch,) = await waiting(suite)
    assert (batch.drafts[0].text, batch.drafts[0].author) == ("hola", "marta")


async def test_a_batch_without_a_list_where_the_map_says_is_told_so(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "other", field_map={"items": "$.hits[*]"})
    assert (await post(suite, {"hits": []}, source="other")).accepted == 0, "an empty batch is one"
    with pytest.raises(Invalid) as refused:
        await post(suite, {"mentions": [{"text": "hola"}]}, source="other")
    assert "no list of mentions at $.hits[*]" in str(refused.value)
    assert TROUBLES.told(str(refused.value), "ca") != str(refused.value)


@pytest.mark.parametrize(
    ("length", "headers", "aside"),
    [(10, {}, False), (50_000, {}, True), (10, {"Content-Encoding": "gzip"}, True)],
)
async def test_what_may_take_long_to_read_is_read_beside_the_others(
    suite: Core, monkeypatch: pytest.MonkeyPatch, length: int, headers: dict[str, str], aside: bool
) -> None:
    places: list[bool] = []

    def watched(*given: Any) -> Items:
        places.append(threading.current_thread() is not threading.main_thread())
        return received(*given)

    received = ingest._received
    monkeypatch.setattr(ingest, "_received", watched)
    body = json.dumps([{"text": "hola", "more": length * "x"}]).encode()
    assert (await post(suite, gzip.compress(body) if headers else body, **headers)).accepted == 1
    assert places == [aside]


async def test_only_the_right_signature_opens(suite: Core) -> None:
    now = suite.clock.now()
    body = b'[{"text": "hola"}]'
    good = signed(body, at=now)
    wrong = [
        {},
        signed(body, at=now, secret="another secret"),
        signed(b"[]", at=now),
        signed(body, at=now - timedelta(minutes=6)),
        signed(body, at=now + timedelta(minutes=6)),
        good | {"X-Tocsin-Timestamp": str(int(now.timestamp()) - 1)},
        good | {"X-Tocsin-Timestamp": "now"},
        good | {"X-Tocsin-Signature": good["X-Tocsin-Signature"] + "é"},
        {"X-Tocsin-Signature": good["X-Tocsin-Signature"]},
    ]
    for headers in wrong:
        with pytest.raises(SignedOut):
            await accept(suite, "suite", headers=headers, body=body)
    lower = {name.lower(): value for name, value in good.items()}
    assert (await accept(suite, "suite", headers=lower, body=body)).accepted == 1
    assert len(await waiting(suite)) == 1


async def test_sources_that_take_nothing(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "file", secret=None)
        await make_source(session, "off", enabled=False)
    with pytest.raises(SignedOut):
        await post(suite, [], source="file")
    for name in ("off", "unknown", "", "suite' OR 1=1"):
        with pytest.raises(NotFound):
            await post(suite, [], source=name)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{",
        b"\xff\xfe\x00",
        b'{"mentions": {}}',
        b'{"other": []}',
        b'"text"',
        b"null",
        b"[" * 100_000,
        b'[{"text": ' + b"9" * 5_000 + b"}]",
        b"[" + b"1," * 5_000 + b"1]",
        b" " * 5_000_001,
    ],
)
async def test_a_body_that_is_no_batch_is_refused(suite: Core, body: bytes) -> None:
    with pytest.raises(Invalid):
        await post(suite, body)
    assert await waiting(suite) == []


async def test_a_broker_that_is_away_asks_the_sender_to_come_again(suite: Core) -> None:
    away = replace(suite, bell=Bell("unix:///nowhere/at/all.sock"))
    with pytest.raises(Unavailable):
        await post(away, [{"text": "hola"}])
    await away.bell.close()


async def test_a_broker_that_hangs_does_not_hang_the_sender(
    suite: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr(repeats, "PATIENCE", 0.2)
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    away = replace(suite, bell=Bell(f"redis://127.0.0.1:{port}"))
    with pytest.raises(Unavailable):
        await post(away, [{"text": "hola"}])
    await away.bell.close()
    server.close()
    await server.wait_closed()


async def test_large_batches_wait_for_room_before_the_broker_is_full(
    suite: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey_queue, "LARGE", 10_000)
    monkeypatch.setattr(valkey_queue, "MAX_WAITING_BYTES", 40_000)
    await post(suite, [{"text": "x" * 19_000}])
    with pytest.raises(Unavailable, match="Too many"):
        await post(suite, [{"text": "y" * 19_000}, {"text": "z" * 19_000}])
    await post(suite, [{"text": "a small one still fits"}])
    assert len(await waiting(suite)) == 2


async def test_a_full_stream_asks_the_sender_to_wait(suite: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey_queue, "MAX_WAITING", 2)
    await post(suite, [{"text": "one"}])
    await post(suite, [{"text": "two"}])
    with pytest.raises(Unavailable, match="Too many"):
        await post(suite, [{"text": "three"}])
    assert len(await waiting(suite)) == 2


async def test_a_batch_comes_back_from_its_bytes_as_it_was(core: Core) -> None:
    now = core.clock.now()
    full = draft("¿qué? 😀\u2028", at=now, author="a", followers=3, url="https://x.example", lang="es")
    batch = Batch(7, now, (full, draft(at=now, arrived_at=now)), rejected=2, monitor_ids=(3, 4))
    assert decode(encode(batch)) == batch


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b'{"source_id": 1}', b"\xff", b"[" * 99_999])
def test_bytes_that_are_no_batch_are_broken(raw: bytes) -> None:
    with pytest.raises(Broken):
        decode(raw)
