"""Mention.com's pages, newest first, from a server that has good days and bad ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mentions.sources.base import Items, Trouble
from mentions.sources.mention_com import poll
from mentions.sources.mention_com.mention import draft_of
from mentions.sources.payload import judged
from tests.mentions.sources import golden
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, Outside, as_json, connected, outside

ASKED = "/api/accounts/a%201/alerts/5/mentions"


@pytest.fixture
async def server() -> AsyncIterator[Outside]:
    async with outside() as found:
        yield found


def page(*ids: int, more: str | None = None, pull: str | None = None, minute: int = 58) -> Answer:
    found = [
        {"id": str(key), "description": f"text {key}", "published_at": f"2026-03-01T11:{minute}:00Z"}
        for key in ids
    ]
    links: dict[str, Any] = {}
    if more:
        links["more"] = {"href": "https://elsewhere.example/steal", "params": {"cursor": more}}
    if pull:
        links["pull"] = {"href": "https://elsewhere.example/steal", "params": {"since_id": pull}}
    return as_json({"mentions": found, "_links": links})


async def look(server: Outside, cursor: Mapping[str, Any]) -> tuple[list[str], Any]:
    """One look with all its pages, the cursor kept after each: the ids, and the cursor."""
    settings = {"account": "a 1", "alert": "5", "address": server.url}
    ids: list[str] = []
    async with connected(settings, secret="token") as connection:
        while True:
            items = await poll.look(connection, cursor)
            ids += [draft.native_id for draft in items.drafts]
            cursor = json.loads(json.dumps(items.cursor))
            if items.wait != 0:
                return ids, cursor


@pytest.mark.parametrize("payload", golden.payloads("mention_com"), ids=golden.name)
def test_payloads(payload: Path) -> None:
    found = json.loads(payload.read_bytes())["mentions"]
    drafts, rejected = judged(found, lambda mention: draft_of(mention, NOW))
    golden.check(payload, Items(drafts, rejected=rejected))


async def test_the_first_look_takes_only_what_is_fresh(server: Outside) -> None:
    old = {"id": "8", "description": "old", "published_at": "2026-02-01T00:00:00Z"}
    new = {"id": "9", "description": "new", "published_at": "2026-03-01T11:59:00Z"}
    server.on(ASKED, as_json({"mentions": [new, old], "_links": {"more": {"params": {"cursor": "x"}}}}))
    ids, _ = await look(server, {})
    assert ids == ["9"]
    assert len(server.asked) == 1
    assert server.asked[0].headers["authorization"] == "Bearer token"


async def test_pull_brings_what_came_since_page_by_page(server: Outside) -> None:
    pages = [page(1, pull="1"), page(5, 4, more="p2", pull="5"), page(3, 2), page(), page(6, pull="6")]
    server.on(ASKED, *pages)
    cursor: dict[str, Any] = {}
    found = []
    for _ in range(4):
        ids, cursor = await look(server, cursor)
        found.append(ids)
    assert found == [["1"], ["5", "4", "3", "2"], [], ["6"]]
    asked = [(one.params.get("since_id"), one.params.get("cursor")) for one in server.asked]
    assert asked == [(None, None), ("1", None), (None, "p2"), ("5", None), ("5", None)]


async def test_without_pull_it_goes_back_to_what_it_knows(server: Outside) -> None:
    server.on(ASKED, page(2, 1, more="p1"), page(5, 4, more="p2"), page(3, 2, more="p3"))
    first, cursor = await look(server, {})
    second, _ = await look(server, cursor)
    assert (first, second) == (["2", "1"], ["5", "4", "3"])
    assert len(server.asked) == 3


async def test_a_look_that_breaks_in_the_middle_goes_on_there_without_gap_or_double(server: Outside) -> None:
    limited = as_json({}, status=429, retry_after="11")
    server.on(ASKED, page(1), page(5, 4, more="p2"), limited, page(3, 2, more="p3"), page(1), page(6, 5))
    _, cursor = await look(server, {})
    async with connected({"account": "a 1", "alert": "5", "address": server.url}) as connection:
        begun = await poll.look(connection, cursor)
        with pytest.raises(Trouble) as found:
            await poll.look(connection, begun.cursor or {})
    assert ([draft.native_id for draft in begun.drafts], found.value.retry_after) == (["5", "4"], 11.0)
    rest, cursor = await look(server, begun.cursor or {})
    assert rest == ["3", "2"]
    assert [one.params.get("cursor") for one in server.asked[-3:]] == ["p2", "p2", "p3"]
    last, _ = await look(server, cursor)
    assert last == ["6"]


@pytest.mark.parametrize("folded", [lambda found: found, lambda found: {"mentions": found}])
async def test_what_is_folded_below_another_is_a_mention_too(
    server: Outside, folded: Callable[[list[Any]], Any]
) -> None:
    """Also where it was known before it was folded: that ends no look."""

    def said(key: str, *below: Any) -> dict[str, Any]:
        return {"id": key, "description": f"text {key}", "children": folded(list(below))}

    pages = [
        [said("1")],
        [said("3", said("4"), said("1"), "no mention"), said("2")],
        [said("0"), said("1")],
    ]
    links = [{}, {"more": {"params": {"cursor": "p2"}}}, {}]
    server.on(
        ASKED, *(as_json({"mentions": one, "_links": link}) for one, link in zip(pages, links, strict=True))
    )
    _, cursor = await look(server, {})
    ids, _ = await look(server, cursor)
    assert ids == ["3", "2", "4", "1", "0"]


async def test_the_token_goes_nowhere_else(server: Outside) -> None:
    server.on(ASKED, page(1, pull="1"), page(2, more="p2", pull="2"), page())
    _, cursor = await look(server, {})
    await look(server, cursor)
    assert {one.path for one in server.asked} == {ASKED}


async def test_pages_that_go_round_in_a_circle_end_the_look(server: Outside) -> None:
    server.on(ASKED, page(1, pull="1"), page(3, more="p2"), page(2, more="p2"))
    _, cursor = await look(server, {})
    ids, _ = await look(server, cursor)
    assert ids == ["3", "2"]


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (as_json({"error": "expired"}, status=401), True, None),
        (as_json({}, status=404), True, None),
        (as_json({"mentions": {}}), False, None),
        (as_json("mentions"), False, None),
    ],
)
async def test_bad_days(server: Outside, answer: Answer, permanent: bool, wait: float | None) -> None:
    server.on(ASKED, answer)
    with pytest.raises(Trouble) as found:
        await look(server, {})
    assert (found.value.permanent, found.value.retry_after) == (permanent, wait)
