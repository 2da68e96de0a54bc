"""Hooks that are called in vain: what people see of it, what it costs, and what it does not prove."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.errors import Invalid, NotFound, SignedOut, TocsinError, Unavailable
from mentions.intake.store import enabled_monitors, store
from mentions.source import Source, SourceHealth
from mentions.sources import contact
from mentions.sources.bodies import MAX_BODY
from mentions.sources.calls import Calls
from mentions.sources.ingest import accept
from mentions.sources.outage import SourceOutage
from mentions.sources.troubles import TROUBLES
from mentions.sources.watch import watch_sources, watched
from mentions.waiting import valkey_queue
from mentions.waiting.batch import decode
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_source, put, scorer, signed

GOOD = b'[{"id": "1", "text": "hola"}]'


@pytest.fixture
async def hook(core: Core) -> int:
    """The id of a source `suite` that is called with a signature or a token."""
    async with core.database.unit_of_work() as session:
        return (await make_source(session, path_token="token", enabled_at=core.clock.now())).id


async def call(core: Core, body: bytes = GOOD, *, calls: Calls | None = None, **given: Any) -> None:
    given.setdefault("headers", {} if "path_token" in given else signed(body, at=core.clock.now()))
    await accept(core, "suite", body=body, calls=calls, **given)


async def refused(core: Core, body: bytes = GOOD, *, calls: Calls | None = None, **given: Any) -> None:
    with pytest.raises(TocsinError):
        await call(core, body, calls=calls, **given)


async def work_off(core: Core) -> None:
    """Store what waits in the stream."""
    for _, fields in await core.bell.redis.xrange(valkey_queue.STREAM):
        async with core.database.unit_of_work() as session:
            monitors = await enabled_monitors(session)
            await store(session, [decode(fields[b"batch"])], scorer=scorer(), monitors=monitors)
    await core.bell.redis.delete(valkey_queue.STREAM)


async def health(core: Core, hook: int) -> SourceHealth:
    async with core.database.read() as session:
        return await session.get_one(SourceHealth, hook)


async def state(core: Core) -> str:
    async with core.database.read() as session:
        (one,) = await watched(session, core.clock.now())
    return one.health.state


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"headers": {}}, "Send X-Tocsin-Timestamp"),
        ({"headers": {"X-Tocsin-Timestamp": "1", "X-Tocsin-Signature": "sha256=0"}}, "does not fit"),
        ({"path_token": "guessed"}, "without the right token"),
        ({"path_token": "token", "address": "203.0.113.9"}, "203.0.113.9, which is not among"),
    ],
    ids=["unsigned", "wrong signature", "wrong token", "address"],
)
async def test_who_proves_nothing_leaves_a_note_and_a_healthy_source_healthy(
    core: Core, clock: MovableClock, given: Mapping[str, Any], why: str
) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session, path_token="token", allowed_addresses=["192.0.2.0/24"])
    await put(core, source, draft(at=clock.now()))
    for _ in range(10):
        clock.forward(minutes=1)
        await refused(core, **{"address": "192.0.2.1", **given})
    found = await health(core, source.id)
    assert (found.refused_at, found.failing_since, found.error) == (clock.now(), None, None)
    assert why in str(found.refused_why)
    assert TROUBLES.told(str(found.refused_why), "ca") != found.refused_why
    assert await state(core) == "live"


async def test_a_storm_of_calls_is_one_note_a_minute(core: Core, clock: MovableClock, hook: int) -> None:
    calls, began = Calls(), clock.now()
    for _ in range(59):
        await refused(core, headers={}, calls=calls)
        clock.forward(seconds=1)
    assert (await health(core, hook)).refused_at == began
    await refused(core, b"not json", path_token="token", calls=calls)
    assert "not JSON" in str((await health(core, hook)).error), "others' noise does not hide the sender's own"
    clock.forward(seconds=1)
    await refused(core, headers={}, calls=calls)
    assert (await health(core, hook)).refused_at == began + timedelta(minutes=1)


async def test_anybodys_noise_does_not_hide_why_the_sender_is_refused(
    core: Core, clock: MovableClock, hook: int
) -> None:
    calls = Calls()
    await refused(core, headers={}, calls=calls)
    clock.forward(seconds=1)
    await refused(core, headers=signed(GOOD, at=clock.now(), secret="an older one"), calls=calls)
    assert "does not fit" in str((await health(core, hook)).refused_why)


async def test_the_addresses_that_are_refused_are_one_reason(core: Core, clock: MovableClock) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session, allowed_addresses=["192.0.2.0/24"])
    calls, began = Calls(), clock.now()
    for last in range(5):
        await refused(core, address=f"203.0.113.{last}", calls=calls)
        clock.forward(seconds=1)
    assert (await health(core, source.id)).refused_at == began


@pytest.mark.parametrize(
    ("field_map", "body", "why"),
    [
        ({}, b"not json", "The body is not JSON: a value should begin at character 1."),
        ({}, b'{"event": "ping"}', "The body must be"),
        ({"text": "$["}, GOOD, "This source is not set up well"),
        ({"text": "body"}, GOOD, "Nothing of it is a mention"),
    ],
)
async def test_a_sender_whose_calls_cannot_be_read_is_failing_until_one_can(
    core: Core, clock: MovableClock, hook: int, field_map: dict[str, str], body: bytes, why: str
) -> None:
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, hook)).field_map = field_map
    for expected in ("waiting", "failing"):  # once is a test of theirs
        with suppress(TocsinError):
            await call(core, body)
        await work_off(core)
        clock.forward(minutes=2)
        assert await state(core) == expected
    await watch_sources(core)
    async with core.database.read() as session:
        (outage,) = await session.scalars(select(SourceOutage))
    assert (outage.state, why in outage.reason) == ("failing", True)
    assert TROUBLES.told(outage.reason, "fr") != outage.reason
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, hook)).field_map = {}
    await call(core)
    await work_off(core)
    found = await health(core, hook)
    assert (found.failing_since, found.error) == (None, None)
    assert (found.last_tried_at, found.last_ok_at) == (clock.now(), clock.now())


async def test_what_is_too_large_is_told_of_who_proves_to_be_the_sender(core: Core, hook: int) -> None:
    large = b" " * (MAX_BODY + 1)
    await refused(core, large, headers={})
    assert (await health(core, hook)).error is None
    for given in ({}, {"path_token": "token"}):
        with pytest.raises(Invalid, match="the limit is 5,000,000"):
            await call(core, large, calls=Calls(), **given)
    assert "5,000,001 bytes" in str((await health(core, hook)).error)


@pytest.mark.parametrize("full", [True, False])
async def test_that_there_was_no_room_for_a_call_is_told_and_says_nothing_of_the_sender(
    core: Core, hook: int, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    if full:
        monkeypatch.setattr(valkey_queue, "MAX_WAITING", 0)
    else:
        monkeypatch.setattr(core.bell.redis, "xadd", away)
    with pytest.raises(Unavailable):
        await call(core)
    found = await health(core, hook)
    assert "again in a minute" in str(found.refused_why)
    assert TROUBLES.told(str(found.refused_why), "es") != found.refused_why
    assert (found.error, found.failing_since) == (None, None)


async def test_a_hook_that_is_never_let_in_is_silent_and_says_why(
    core: Core, clock: MovableClock, hook: int
) -> None:
    clock.forward(hours=23)
    await refused(core, headers={})
    assert (await state(core), await watch_sources(core)) == ("waiting", 0)
    clock.forward(hours=2)
    assert await watch_sources(core) == 1
    async with core.database.read() as session:
        (outage,) = await session.scalars(select(SourceOutage))
    assert outage.state == "silent"
    assert outage.reason.startswith("A call was refused: Send X-Tocsin-Timestamp")
    told = TROUBLES.told(outage.reason, "es")
    assert told.startswith("Se rechazó una llamada: Hay que enviar"), "both halves are told"


@pytest.mark.parametrize("given", [{}, {"headers": {}}, {"path_token": "guessed"}])
async def test_who_calls_a_source_that_we_ask_writes_nothing_of_it(
    core: Core, clock: MovableClock, given: Mapping[str, Any]
) -> None:
    async with core.database.unit_of_work() as session:
        feed = await make_source(session, kind="rss", enabled_at=clock.now(), expected_minutes=60)
    clock.forward(minutes=2)
    with pytest.raises(NotFound):
        await call(core, **given)
    async with core.database.read() as session:
        assert await session.get(SourceHealth, feed.id) is None


async def test_an_old_note_of_a_call_is_no_reason_for_the_silence_of_what_we_ask(
    core: Core, clock: MovableClock
) -> None:
    async with core.database.unit_of_work() as session:
        feed = await make_source(session, kind="rss", enabled_at=clock.now(), expected_minutes=60)
        await contact.refused(session, feed.id, "Buy from us.", clock.now() + timedelta(minutes=1))
    clock.forward(hours=2)
    assert await watch_sources(core) == 1
    async with core.database.read() as session:
        (outage,) = await session.scalars(select(SourceOutage))
    assert outage.reason == ""


async def test_a_note_that_cannot_be_written_changes_no_answer(
    core: Core, hook: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise ConnectionError

    calls = Calls()
    with monkeypatch.context() as patch:
        patch.setattr(contact, "refused", away)
        with pytest.raises(SignedOut):
            await call(core, headers={}, calls=calls)
    with pytest.raises(SignedOut):
        await call(core, headers={}, calls=calls)
    assert (await health(core, hook)).refused_at == core.clock.now(), "the next one is noted in its place"
