"""Brandwatch's pages, from a server that has good days and bad ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mentions.sources.base import Items, Trouble
from mentions.sources.brandwatch import poll
from mentions.sources.brandwatch.mention import draft_of
from mentions.sources.payload import judged
from tests.mentions.sources import golden
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, connected, outside

PATH = "/projects/7/data/mentions"


@pytest.fixture
async def server() -> AsyncIterator[Outside]:
    async with outside() as found:
        yield found


def page(*ids: str, after: str | None = None) -> Answer:
    results = [
        {"resourceId": key, "fullText": f"text {key}", "date": "2026-03-01T11:58:00.000+0000"} for key in ids
    ]
    return as_json({"results": results, "resultsPage": 0, "nextCursor": after})


async def look(server: Outside, cursor: Mapping[str, Any], *, now: datetime = NOW) -> tuple[list[str], Any]:
    """One look with all its pages, the cursor kept after each: the ids, and the cursor."""
    settings = {"project": "7", "query": "11", "address": server.url}
    ids: list[str] = []
    async with connected(settings, secret="token", now=now) as connection:
        while True:
            items = await poll.look(connection, cursor)
            ids += [draft.native_id for draft in items.drafts]
            cursor = json.loads(json.dumps(items.cursor))
            if items.wait != 0:
                return ids, cursor


@pytest.mark.parametrize("payload", golden.payloads("brandwatch"), ids=golden.name)
def test_payloads(payload: Path) -> None:
    results = json.loads(payload.read_bytes())["results"]
    drafts, rejected = judged(results, lambda mention: draft_of(mention, NOW))
    golden.check(payload, Items(drafts, rejected=rejected))


async def test_a_trial_asks_for_the_newest_of_the_last_day(server: Outside) -> None:
    server.on(PATH, page("9", "8", after="c1"))
    settings = {"project": "7", "query": "11", "address": server.url}
    async with connected(settings, secret="token", now=NOW) as connection:
        items = await poll.glance(connection)
    assert [draft.native_id for draft in items.drafts] == ["9", "8"]
    asked = server.asked[0].params
    assert (asked["orderDirection"], asked["startDate"], asked["endDate"]) == (
        "desc",
        (NOW - timedelta(days=1)).isoformat(),
        NOW.isoformat(),
    )


async def test_all_pages_of_a_look_are_read_and_the_next_one_overlaps(server: Outside) -> None:
    server.on(PATH, page("1", "2", after="c1"), page("3", after=None))
    ids, cursor = await look(server, {})
    assert ids == ["1", "2", "3"]
    asked = server.asked_for(PATH)
    assert [one.params.get("cursor") for one in asked] == [None, "c1"]
    assert asked[0].params["startDate"] == (NOW - poll.NARROW).isoformat()
    assert asked[0].headers["authorization"] == "Bearer token"
    later = NOW + timedelta(minutes=5)
    await look(server, cursor, now=later)
    assert server.asked[-1].params["startDate"] == (NOW - poll.NARROW).isoformat()  # since it was connected
    assert server.asked[-1].params["endDate"] == later.isoformat()


async def test_once_an_hour_it_looks_further_back_for_what_was_found_late(server: Outside) -> None:
    server.on(PATH, page())
    (_, cursor), starts = await look(server, {}), []
    for hours in (30, 30.1, 31.2):
        _, cursor = await look(server, cursor, now=NOW + timedelta(hours=hours))
        starts.append(datetime.fromisoformat(server.asked[-1].params["startDate"]))
    assert starts[0] == NOW - poll.NARROW  # as far back as it was connected
    assert starts[1] == NOW + timedelta(hours=30) - poll.NARROW
    assert starts[2] == NOW + timedelta(hours=30.1) - poll.WIDE


async def test_a_look_that_breaks_in_the_middle_goes_on_there_without_gap_or_double(server: Outside) -> None:
    server.on(PATH, page("1", after="c1"), as_json({}, status=429, retry_after="7"), page("2", after=None))
    settings = {"project": "7", "query": "11", "address": server.url}
    async with connected(settings) as connection:
        first = await poll.look(connection, {})
        with pytest.raises(Trouble) as limited:
            await poll.look(connection, first.cursor or {})
    assert ([draft.native_id for draft in first.drafts], limited.value.retry_after) == (["1"], 7.0)
    ids, cursor = await look(server, first.cursor or {}, now=NOW + timedelta(minutes=9))
    assert ids == ["2"]
    assert server.asked[-1].params["cursor"] == "c1"
    assert server.asked[-1].params["endDate"] == NOW.isoformat()
    assert cursor["since"] == NOW.isoformat()


async def test_a_mark_that_is_forgotten_there_begins_the_stretch_anew(server: Outside) -> None:
    server.on(PATH, page("1", after="c1"), as_json({}, status=400), page("1", "2"))
    ids, _ = await look(server, {})
    assert ids == ["1", "1", "2"]  # the double falls to its id


async def test_a_page_that_is_always_refused_is_told(server: Outside) -> None:
    refused = as_json({}, status=400)
    server.on(PATH, page("1", after="c1"), refused, page("1", after="c1"), refused, page("1", after="c1"))
    with pytest.raises(Trouble) as told:
        await look(server, {})
    assert told.value.permanent
    assert len(server.asked) == 4


async def test_the_same_page_again_and_again_ends_the_look(server: Outside) -> None:
    server.on(PATH, page("1", after="c1"), page("2", after="c1"))
    ids, _ = await look(server, {})
    assert ids == ["1", "2"]


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (as_json({"message": "Invalid token"}, status=401), True, None),
        (as_json({}, status=503), False, None),
        (as_text("<html>maintenance</html>"), False, None),
        (as_json({"errors": ["?"]}), False, None),
        (as_json([]), False, None),
        (Answer(parts=(b'{"results": [{"a": NaN}]}',)), False, None),
    ],
)
async def test_bad_days(server: Outside, answer: Answer, permanent: bool, wait: float | None) -> None:
    server.on(PATH, answer)
    with pytest.raises(Trouble) as found:
        await look(server, {})
    assert (found.value.permanent, found.value.retry_after) == (permanent, wait)
