"""What a stream brings within a moment goes on together, and nothing is lost when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from mentions.sources import gather
from mentions.sources.base import Items, Trouble
from mentions.sources.gather import gathered
from tests.mentions.makers import draft
from tests.mentions.sources.golden import NOW


def item(number: int, **values: object) -> Items:
    return Items((draft(str(number), at=NOW, native_id=str(number)),), {"at": number}, **values)  # type: ignore[arg-type]


async def test_what_comes_together_goes_on_together_with_the_last_cursor() -> None:
    async def steps() -> AsyncIterator[Items]:
        yield item(1)
        yield Items(rejected=2)
        yield item(2, rejected=1)
        await asyncio.sleep(0.2)
        yield item(3)

    found = [items async for items in gathered(steps())]
    assert [[one.native_id for one in items.drafts] for items in found] == [["1", "2"], ["3"]]
    assert [(items.cursor, items.rejected) for items in found] == [({"at": 2}, 3), ({"at": 3}, 0)]


async def test_a_batch_is_never_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST", 2)

    async def steps() -> AsyncIterator[Items]:
        for number in range(5):
            yield item(number)

    assert [len(items.drafts) async for items in gathered(steps())] == [2, 2, 1]


async def test_a_failure_comes_after_what_came_before_it_and_alone_when_nothing_did() -> None:
    async def breaks(*before: Items) -> AsyncIterator[Items]:
        for items in before:
            yield items
        raise Trouble("broke")

    found: list[Items] = []
    with pytest.raises(Trouble):
        found.extend([items async for items in gathered(breaks())])
    assert found == []
    with pytest.raises(Trouble):
        async for items in gathered(breaks(item(1))):
            found += [items]
    assert [items.cursor for items in found] == [{"at": 1}]


async def test_silence_is_told_as_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "QUIET", 0.02)

    async def silent() -> AsyncIterator[Items]:
        await asyncio.Event().wait()
        yield Items()

    async with asyncio.timeout(60), aclosing(gathered(silent())) as steps:  # type: ignore[type-var]
        assert [await anext(steps) for _ in range(3)] == [Items()] * 3


async def test_a_slow_reader_slows_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST", 10)
    sent = 0

    async def steps() -> AsyncIterator[Items]:
        nonlocal sent
        while True:
            sent += 1
            yield item(sent)

    async with aclosing(gathered(steps())) as found:  # type: ignore[type-var]
        taken = len((await anext(found)).drafts)
        await asyncio.sleep(0.05)
        assert taken == 10
        assert sent <= 2 * taken, "one batch ahead, no more"


async def test_who_stops_listening_closes_the_connection() -> None:
    closed = asyncio.Event()

    async def steps() -> AsyncIterator[Items]:
        try:
            yield item(1)
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with aclosing(gathered(steps())) as found:  # type: ignore[type-var]
        await anext(found)
    assert closed.is_set()
