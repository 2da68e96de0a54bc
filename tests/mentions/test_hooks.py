"""Hooks that sign, and hooks that cannot: what proves a sender, and what a second delivery changes."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.errors import Forbidden, Invalid, NotFound, SignedOut, Unavailable
from mentions.source import Source
from mentions.sources import connecting
from mentions.sources.ingest import Accepted, accept
from mentions.sources.raw import RawPayload
from mentions.waiting.valkey_queue import STREAM
from tests.mentions.makers import make_source, signed, viewer
from tests.mentions.sources.test_ingest import waiting

BODY = b'[{"id": "1", "text": "hola"}]'


def packed(content: bytes) -> bytes:
    """Packed by gzip, the same at every time: the tests' names are made of it."""
    return gzip.compress(content, 1, mtime=0)


@pytest.fixture
async def suite(core: Core) -> Core:
    """A core with one source that can sign and one that cannot."""
    async with core.database.unit_of_work() as session:
        await make_source(session)
        await make_source(session, "hook", secret=None, path_token="unguessable")
    return core


async def push(core: Core, body: bytes = BODY, *, token: str = "unguessable", **given: str) -> Accepted:
    headers = {name.replace("_", "-"): value for name, value in given.items() if name != "address"}
    address = given.get("address")
    return await accept(core, "hook", headers=headers, body=body, path_token=token, address=address)


async def test_the_path_token_opens_and_nothing_else_does(suite: Core) -> None:
    assert (await push(suite)).accepted == 1
    for wrong in ("", "Unguessable", "unguessable ", "other", "unguessablé", "\ud800"):
        with pytest.raises(NotFound):
            await push(suite, token=wrong)
    with pytest.raises(NotFound):  # a source that signs has no such address
        await accept(suite, "suite", headers=signed(BODY, at=suite.clock.now()), body=BODY, path_token="")
    with pytest.raises(SignedOut):  # nor can the token be left out
        await accept(suite, "hook", headers=signed(BODY, at=suite.clock.now()), body=BODY)
    assert len(await waiting(suite)) == 1


async def test_a_rotated_token_opens_no_more(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == "hook"))).one()
        source.path_token = "another"
    with pytest.raises(NotFound):
        await push(suite)
    assert (await push(suite, token="another")).accepted == 1


async def test_only_the_addresses_of_the_list_may_send(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        for source in await session.scalars(select(Source)):
            source.allowed_addresses = ["192.0.2.0/24", "2001:db8::1"]
    assert (await push(suite, address="192.0.2.9")).accepted == 1
    assert (await push(suite, address="2001:db8::1")).accepted == 1
    for address in ("192.0.3.9", "", "nonsense"):
        with pytest.raises(Forbidden):
            await push(suite, address=address)
    with pytest.raises(NotFound):  # who does not know the token is not told of the list
        await push(suite, token="wrong", address="192.0.3.9")
    with pytest.raises(Forbidden):
        await accept(suite, "suite", headers=signed(BODY, at=suite.clock.now()), body=BODY, address="::1")


async def test_the_same_signed_batch_is_answered_the_same_and_changes_nothing(suite: Core) -> None:
    body = b'[{"id": "1", "text": "hola"}, {"text": ""}]'
    headers = signed(body, at=suite.clock.now())
    first = await accept(suite, "suite", headers=headers, body=body)
    suite.clock.set(suite.clock.now() + timedelta(minutes=4))  # type: ignore[attr-defined]
    assert await accept(suite, "suite", headers=headers, body=body) == first
    assert len(await waiting(suite)) == 1
    suite.clock.set(suite.clock.now() + timedelta(minutes=2))  # type: ignore[attr-defined]
    with pytest.raises(SignedOut):
        await accept(suite, "suite", headers=headers, body=body)


async def test_the_answer_to_one_batch_is_not_given_to_another(suite: Core) -> None:
    now = suite.clock.now()
    await accept(suite, "suite", headers=signed(BODY, at=now), body=BODY)
    with pytest.raises(SignedOut):  # the same signature over something else
        await accept(suite, "suite", headers=signed(BODY, at=now), body=b"[]")
    again = signed(BODY, at=now + timedelta(seconds=1))
    await accept(suite, "suite", headers=again, body=BODY)  # signed anew: new to us, known by its id
    assert len(await waiting(suite)) == 2


async def test_what_was_refused_may_be_sent_again(suite: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signed(BODY, at=suite.clock.now())
    monkeypatch.setattr("mentions.waiting.valkey_queue.MAX_WAITING", 0)
    with pytest.raises(Unavailable):
        await accept(suite, "suite", headers=headers, body=BODY)
    monkeypatch.undo()
    assert (await accept(suite, "suite", headers=headers, body=BODY)).accepted == 1
    assert len(await waiting(suite)) == 1


@pytest.mark.parametrize(
    ("sent", "coding"),
    [
        (packed(BODY), "gzip"),
        (packed(BODY[:9]) + packed(BODY[9:]), "GZIP"),
        (BODY, "identity"),
    ],
)
async def test_a_packed_body_is_unpacked(suite: Core, sent: bytes, coding: str) -> None:
    assert (await push(suite, sent, content_encoding=coding)).accepted == 1


async def test_a_packed_body_is_signed_as_it_is_sent(suite: Core) -> None:
    body = packed(BODY)
    headers = signed(body, at=suite.clock.now()) | {"Content-Encoding": "gzip"}
    assert (await accept(suite, "suite", headers=headers, body=body)).accepted == 1


@pytest.mark.parametrize(
    ("sent", "coding"),
    [
        (packed(b" " * 60_000_000), "gzip"),
        (b"".join(packed(b" " * 1_000_000) for _ in range(6)), "gzip"),
        (packed(b"") * 101 + packed(BODY), "gzip"),
        (packed(BODY)[:-3], "gzip"),
        (packed(BODY) + b"rest", "gzip"),
        (BODY, "gzip"),
        (b"", "gzip"),
        (BODY, "br"),
        (packed(packed(BODY)), "gzip, gzip"),
    ],
)
async def test_a_body_that_is_packed_badly_is_refused(suite: Core, sent: bytes, coding: str) -> None:
    with pytest.raises(Invalid):
        await push(suite, sent, content_encoding=coding)
    assert await suite.bell.redis.xlen(STREAM) == 0


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8-sig", ""),
        ("utf-16", "application/json"),
        ("cp1252", "application/json; charset=windows-1252"),
        ("latin-1", 'application/json; charset="ISO-8859-1"'),
        ("utf-8", "application/json; charset=nonsense"),
    ],
)
async def test_bodies_in_other_encodings_are_read_where_they_say_so(
    suite: Core, encoding: str, content_type: str
) -> None:
    body = json.dumps([{"text": "Això és una queixa"}], ensure_ascii=False).encode(encoding)
    await push(suite, body, content_type=content_type)
    (batch,) = await waiting(suite)
    assert batch.drafts[0].text == "Això és una queixa"


@pytest.mark.parametrize(
    "body",
    [
        b"[{'text': 1}]",
        '[{"text": "café"}]'.encode("cp1252"),
        b'[{"text": "hola", "followers": NaN}]',
        b'[{"text": "hola", "reach": -Infinity}]',
        b'[{"text": "hola"}]\x00',
    ],
)
async def test_what_is_not_json_is_refused_whole(suite: Core, body: bytes) -> None:
    with pytest.raises(Invalid):
        await push(suite, body)


async def test_of_two_values_for_one_name_the_last_holds(suite: Core) -> None:
    await push(suite, b'[{"text": "first", "text": "last"}]')
    (batch,) = await waiting(suite)
    assert batch.drafts[0].text == "last"


async def test_a_map_that_cannot_be_read_keeps_the_sender_trying(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "odd", secret=None, path_token="t", field_map={"text": "$..[", "x": "y"})
    with pytest.raises(Unavailable, match="not set up"):
        await accept(suite, "odd", headers={}, body=BODY, path_token="t")


async def test_each_kind_reads_its_own_body_and_some_take_none(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "mw", kind="meltwater", secret=None, path_token="t")
        await make_source(session, "feed", kind="rss", secret=None, path_token="t")
    body = b'{"documents": [{"document_title": "A headline", "document_external_id": 7}]}'
    assert (await accept(suite, "mw", headers={}, body=body, path_token="t")).accepted == 1
    with pytest.raises(NotFound):
        await accept(suite, "feed", headers={}, body=BODY, path_token="t")
    assert [one.drafts[0].native_id for one in await waiting(suite)] == ["7"]


async def test_a_map_is_checked_when_it_is_set(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        now, admin_viewer = suite.clock.now(), viewer("admin")
        with pytest.raises(Invalid) as found:
            wanted = connecting.Wanted("set-up", {"text": "$.[", "author": "user.name"})
            await connecting.create(session, admin_viewer, "webhook", wanted, now)
        assert found.value.field == "text"


async def test_a_setting_goes_before_the_field_map_unless_it_is_empty(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        told = {"field_map": {"text": "a", "author": "b"}, "settings": {"text": "", "author": "c"}}
        await make_source(session, "both", secret=None, path_token="t", **told)
    await accept(suite, "both", headers={}, body=b'[{"a": "hola", "b": "x", "c": "y"}]', path_token="t")
    (batch,) = await waiting(suite)
    assert (batch.drafts[0].text, batch.drafts[0].author) == ("hola", "y")


async def test_what_was_sent_is_kept_where_the_source_asks_for_it(suite: Core) -> None:
    async with suite.database.unit_of_work() as session:
        await make_source(session, "kept", secret=None, path_token="t", raw_days=7)
    with pytest.raises(Invalid):
        await accept(suite, "kept", headers={}, body=b"not json", path_token="t")
    await push(suite)  # this source does not
    async with suite.database.read() as session:
        payload = (await session.scalars(select(RawPayload))).one()
    assert zlib.decompress(payload.body) == b"not json"
