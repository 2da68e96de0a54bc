"""Looks at GDELT over a real socket, on good days and bad ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest

from mentions.sources.base import Connection, Gap, Items, Trouble
from mentions.sources.gdelt import KIND
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Asked, Outside, as_text, connected, outside

DOC = "/api/v2/doc/doc"
MODULE = import_module("mentions.sources.gdelt.look")


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "PACE", 0.0)


def article(name: str, at: datetime = NOW) -> dict[str, str]:
    return {
        "url": f"https://n.example/{name}",
        "title": f"title {name}",
        "seendate": at.strftime("%Y%m%dT%H%M%SZ"),
    }


def articles(*found: Any) -> Answer:
    return as_text(json.dumps({"articles": list(found)}), content_type="application/json")


@asynccontextmanager
async def gdelt(now: datetime = NOW) -> AsyncIterator[tuple[Outside, Connection]]:
    async with (
        outside() as server,
        connected({"server": server.url, "query": "almadia"}, now=now) as connection,
    ):
        yield server, connection


async def look(connection: Connection, cursor: Any = None) -> Items:
    assert KIND.poll is not None
    return await KIND.poll(connection, cursor or {})


def window(asked: Asked) -> tuple[datetime, datetime]:
    begin, end = (
        datetime.strptime(asked.params[name], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        for name in ("startdatetime", "enddatetime")
    )
    return begin, end


async def test_a_look_covers_an_hour_before_the_last_one() -> None:
    async with gdelt() as (server, connection):
        server.on(DOC, articles(article("a")))
        first = await look(connection)
        assert (first.cursor, first.wait) == ({"since": NOW.isoformat()}, None)
    async with gdelt(NOW + timedelta(hours=3)) as (later, connection):
        later.on(DOC, articles())
        await look(connection, first.cursor)
    assert window(server.asked[0]) == (NOW - timedelta(hours=1), NOW)
    assert window(later.asked[0]) == (NOW - timedelta(hours=1), NOW + timedelta(hours=3))
    assert server.asked[0].params["maxrecords"] == "250"


async def test_more_than_it_tells_at_once_is_asked_for_in_narrower_windows() -> None:
    """A GDELT with an article every twenty seconds over four hours; none is missed, though it tells 250."""
    begin = NOW - timedelta(hours=4)
    stored = [(begin + timedelta(seconds=20 * number), str(number)) for number in range(720)]

    class Gdelt(Outside):
        async def _answer(self, asked: Asked, writer: Any) -> None:
            since, until = window(asked)
            inside = [article(name, at) for at, name in stored if since <= at <= until]
            self.on(DOC, articles(*inside[-250:]))
            await super()._answer(asked, writer)

    async with gdelt() as (server, connection):
        server.__class__ = Gdelt
        found: set[str] = set()
        cursor: Any = {"since": (begin + timedelta(hours=1)).isoformat()}
        for _ in range(20):
            items = await look(connection, cursor)
            found |= {draft.native_id for draft in items.drafts}
            cursor = items.cursor
            if items.wait is None:
                break
    assert len(found) == 720
    assert len(server.asked) < 10
    assert cursor == {"since": NOW.isoformat()}


async def test_a_full_quarter_of_an_hour_is_not_asked_for_for_ever() -> None:
    async with gdelt() as (server, connection):
        server.on(DOC, articles(*(article(str(number)) for number in range(250))))
        cursor: Any = {"since": (NOW - timedelta(minutes=10)).isoformat()}
        gaps: list[Gap | None] = []
        for _ in range(30):
            items = await look(connection, cursor)
            cursor, gaps = items.cursor, [*gaps, items.gap]
            if items.wait is None:
                break
    assert len(server.asked) < 15
    assert cursor == {"since": NOW.isoformat()}
    told = [gap.message for gap in gaps if gap is not None]
    assert len(told) == 1, "of the hour that is looked at again, an earlier look told"
    assert "From 2026-03-01 11:50 to 2026-03-01 12:00 UTC more was said" in told[0]


async def test_what_is_too_long_ago_to_be_asked_for_is_said() -> None:
    async with gdelt() as (server, connection):
        server.on(DOC, articles(article("a")))
        items = await look(connection, {"since": (NOW - timedelta(days=9)).isoformat()})
    assert items.gap is not None
    assert "before 2026-02-22 12:00 UTC" in items.gap.message
    assert items.cursor == {"since": NOW.isoformat()}


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (as_text("Please limit requests to one every 5 seconds.", status=429), False, None),
        (as_text("Please limit requests to one every 5 seconds."), False, 6.0),
        (as_text("The specified phrase is too short."), True, None),
        (as_text("<html><title>Oops</title></html>", content_type="text/html"), False, 6.0),
        (as_text("no", status=500), False, None),
        (as_text('{"articles": ['), False, None),
    ],
)
async def test_a_refusal_says_who_must_act(answer: Answer, permanent: bool, wait: float | None) -> None:
    async with gdelt() as (server, connection):
        server.on(DOC, answer)
        with pytest.raises(Trouble) as caught:
            await look(connection)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)
