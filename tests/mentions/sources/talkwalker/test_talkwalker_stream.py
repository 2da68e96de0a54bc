"""A Talkwalker collector over a real socket, on good days and bad ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from importlib import import_module
from typing import Any

import pytest

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Connection, Trouble
from mentions.sources.talkwalker import KIND
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, connected, outside

RESULTS = "/api/v3/stream/c/ferries/results"


def result(number: int, **values: Any) -> bytes:
    url = f"https://blog.example/{number}"
    data = {
        "url": url,
        "content": f"text {number}",
        "published": 1772366370000,
        "search_indexed": 1772366375000,
    }
    chunk = {"chunk_type": "CT_RESULT", "chunk_result": {"data": {"data": {**data, **values}}}}
    return json.dumps(chunk, indent=2, ensure_ascii=False).encode() + b"\n"


def control(offset: str) -> bytes:
    chunk = {
        "chunk_type": "CT_CONTROL",
        "chunk_control": {"resume_offset": offset, "collector_id": "ferries"},
    }
    return json.dumps(chunk).encode() + b"\r\n"


@asynccontextmanager
async def collector(*answers: Answer) -> AsyncIterator[tuple[Outside, Connection]]:
    async with outside() as server, connected({"server": server.url, "collector": "ferries"}) as connection:
        server.on(RESULTS, *answers)
        yield server, connection


class Heard:
    def __init__(self) -> None:
        self.drafts: list[MentionDraft] = []
        self.rejected = 0
        self.cursor: dict[str, Any] = {}

    @property
    def texts(self) -> list[str]:
        return [draft.text for draft in self.drafts]

    async def listen(self, connection: Connection, until: Callable[[], bool] = lambda: False) -> None:
        assert KIND.stream is not None
        async with asyncio.timeout(60), aclosing(KIND.stream(connection, self.cursor)) as steps:  # type: ignore[type-var]
            async for items in steps:
                self.drafts += items.drafts
                self.rejected += items.rejected
                self.cursor = dict(items.cursor) if items.cursor is not None else self.cursor
                if until():
                    return


async def test_it_goes_on_where_the_last_control_chunk_was() -> None:
    first = Answer(parts=(control("earliest"), result(1), control("tok-1"), 0.01, result(2)), ending="reset")
    second = Answer(parts=(control("tok-1"), result(2), result(3), control("tok-2")), ending="close")
    async with collector(first, second) as (server, connection):
        heard = Heard()
        with pytest.raises(Trouble):
            await heard.listen(connection)
        assert heard.cursor == {"resume_offset": "tok-1"}
        await heard.listen(connection)
    assert heard.texts == ["text 1", "text 2", "text 2", "text 3"]
    assert heard.cursor == {"resume_offset": "tok-2"}
    assert [one.params["resume_offset"] for one in server.asked] == ["earliest", "tok-1"]
    assert {one.params["end_behaviour"] for one in server.asked} == {"wait"}
    assert {one.params["access_token"] for one in server.asked} == {"secret"}


@pytest.mark.parametrize("size", [1, 11, 5000])
async def test_however_slow_the_bytes_come_the_mentions_are_the_same(size: int) -> None:
    raw = control("a") + result(1) + result(2, matched={"appearance": "UPDATED"}) + result(3)[:-30]
    parts = tuple(raw[start : start + size] for start in range(0, len(raw), size))
    async with collector(Answer(parts=parts)) as (_, connection):
        heard = Heard()
        await heard.listen(connection)
    assert [(one.text, one.revised_at is not None) for one in heard.drafts] == [
        ("text 1", False),
        ("text 2", True),
    ]


async def test_what_cannot_be_read_costs_only_itself() -> None:
    latin = result(2, content="avión").decode().encode("latin-1")
    torn = b'{"chunk_type": "CT_RESULT", "chunk_result": {]}}\n'
    empty = result(5, url=None, content="")
    async with collector(Answer(parts=(latin + torn + empty + result(3),), ending="hold")) as (_, connection):
        heard = Heard()
        await heard.listen(connection, lambda: len(heard.drafts) == 2)
    assert heard.texts == ["avión", "text 3"]
    assert heard.rejected == 2


async def test_what_a_collector_kept_for_us_belongs_to_the_minute_in_which_it_was_found() -> None:
    async with collector(Answer(parts=(result(1),))) as (_, connection):
        heard = Heard()
        await heard.listen(connection)
    (draft,) = heard.drafts
    assert draft.arrived_at is not None
    assert draft.arrived_at.timestamp() == 1772366375


@pytest.mark.parametrize(
    ("answer", "permanent", "wait"),
    [
        (
            as_text(b'{"chunk_type": "CT_ERROR", "chunk_error": {"message": "too many connections"}}'),
            False,
            12.0,
        ),
        (as_json({"status_code": "9", "status_message": "Invalid access token"}, status=401), True, None),
        (as_json({"status_code": "14", "status_message": "API rate limit"}, status=401), False, None),
        (as_text("", status=429, retry_after="60"), False, 60.0),
        (as_text("", status=429), False, None),
        (as_text("", status=500), False, None),
    ],
)
async def test_a_refusal_says_who_must_act(answer: Answer, permanent: bool, wait: float | None) -> None:
    async with collector(answer) as (_, connection):
        with pytest.raises(Trouble) as caught:
            await Heard().listen(connection)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


async def test_a_connection_that_died_without_a_word_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("mentions.sources.talkwalker.listen"), "QUIET", 0.2)
    async with collector(Answer(parts=(result(1),), ending="hold")) as (_, connection):
        with pytest.raises(Trouble, match="in time"):
            await Heard().listen(connection)
