"""Each kind that is asked or listened to, against answers that no server should give: a Trouble, or mentions.

What stands in the golden files is mutated beside each parser; here whole answers are, on their whole way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Invalid
from mentions.sources import bodies, html, links, values
from mentions.sources.base import Connection, Items, Trouble
from mentions.sources.jetstream.event import read_frame
from mentions.sources.jetstream.listen import _read
from mentions.sources.mastodon.events import enveloped, read_event, server_sent
from mentions.sources.registry import KINDS
from mentions.sources.rss.feed import entries
from tests.mentions.sources.fuzz import check_sound, damaged, mutated
from tests.mentions.sources.golden import HERE, NOW, payloads
from tests.mentions.sources.outside import Answer, Outside
from tests.mentions.sources.said import ASKED, beside

SERVER = "http://127.0.0.1:9"
SAID = [(1, NOW.isoformat()), (2, "2026-03-01T11:59:00+00:00")]


def whole(answer: Answer) -> bytes:
    return b"".join(part for part in answer.parts if isinstance(part, bytes))


def answering(kind: str, content: bytes) -> httpx.AsyncClient:
    """A client whose server gives this content, and what is asked beside it as always."""
    others, voice = Outside(SERVER), ASKED[kind]
    beside(others)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == voice.path:
            return httpx.Response(200, headers=voice.says(SAID).headers, stream=httpx.ByteStream(content))
        queue = others.answers.get(request.url.path)
        if not queue:
            return httpx.Response(404, stream=httpx.ByteStream(b""))
        return httpx.Response(
            queue[0].status, headers=queue[0].headers, stream=httpx.ByteStream(whole(queue[0]))
        )

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def looked(kind: str, content: bytes, cursor: Mapping[str, Any]) -> list[Items]:
    """What one look, or one connection, brings of this content; a Trouble ends it."""
    found: list[Items] = []
    poll, stream = KINDS[kind].poll, KINDS[kind].stream
    async with answering(kind, content) as http:
        connection = Connection(ASKED[kind].where(Outside(SERVER)), "secret", http, lambda: NOW)
        with suppress(Trouble):
            if stream is not None:
                async with asyncio.timeout(60), aclosing(stream(connection, cursor)) as steps:  # type: ignore[type-var]
                    async for items in steps:
                        check(items)
                        found.append(items)
            elif poll is not None:
                found.append(await poll(connection, cursor))
                check(found[0])
    return found


def check(items: Items) -> None:
    """Nothing that could not be stored, and nothing from the future."""
    json.dumps(items.cursor, allow_nan=False)
    assert items.rejected >= 0
    for draft in items.drafts:
        check_sound(draft)
        assert draft.published_at <= NOW
        assert draft.revised_at is None or draft.revised_at <= NOW


@pytest.mark.parametrize("kind", ASKED)
async def test_as_it_should_be_it_is_read(kind: str) -> None:
    found = await looked(kind, whole(ASKED[kind].says(SAID)), {})
    assert sum(len(items.drafts) for items in found) == 2


@pytest.mark.parametrize("kind", ASKED)
@settings(max_examples=30)
@given(data=st.data())
async def test_damaged_answers(kind: str, data: st.DataObject) -> None:
    await looked(kind, data.draw(damaged(whole(ASKED[kind].says(SAID)))), {})


@pytest.mark.parametrize("kind", [kind for kind in ASKED if kind not in ("rss", "mastodon", "talkwalker")])
@settings(max_examples=30)
@given(data=st.data())
async def test_mutated_answers(kind: str, data: st.DataObject) -> None:
    payload = json.loads(whole(ASKED[kind].says(SAID)))
    await looked(kind, json.dumps(data.draw(mutated(payload))).encode(), {})


@pytest.mark.parametrize("kind", ASKED)
@settings(max_examples=20)
@given(data=st.data())
async def test_mutated_cursors(kind: str, data: st.DataObject) -> None:
    """As another version may have left them: the source goes on, or begins anew."""
    content = whole(ASKED[kind].says(SAID))
    cursor = next((items.cursor for items in await looked(kind, content, {}) if items.cursor), {})
    changed = data.draw(mutated(json.loads(json.dumps(cursor))))
    await looked(kind, content, changed if isinstance(changed, dict) else {})


FEEDS = payloads("rss")


@pytest.mark.parametrize("feed", FEEDS, ids=[path.stem for path in FEEDS])
@settings(max_examples=30)
@given(data=st.data())
def test_damaged_feeds(feed: Any, data: st.DataObject) -> None:
    with suppress(Trouble):
        for draft in entries(
            data.draw(damaged(feed.read_bytes())), {}, "https://harbour.example/", NOW
        ).drafts:
            check_sound(draft)


@given(st.text(max_size=80) | st.text(alphabet='{}[]":,$type message error kind did0', max_size=60))
def test_any_frame_is_an_event_or_invalid(frame: str) -> None:
    with suppress(Invalid):
        read_frame(frame)
    with suppress(Trouble):
        read_event(enveloped(frame), home="mar.example", now=NOW)


@given(
    st.lists(mutated({"did": "did:plc:a", "time_us": 1_772_366_370_000_001, "kind": "identity"}), max_size=4)
)
async def test_any_events_move_the_cursor_onwards_only(events: list[Any]) -> None:
    async def frames() -> AsyncIterator[str]:
        for event in events:
            yield json.dumps(event)

    async with httpx.AsyncClient() as http:
        connection, since = Connection({}, None, http, lambda: NOW), 1_772_366_369_000_000
        reached = since
        with suppress(Trouble):
            async for items in _read(connection, frames(), since):
                moved = (items.cursor or {}).get("time_us", reached)
                assert reached <= moved <= int(NOW.timestamp() * 1_000_000)
                reached = moved


@given(
    st.lists(
        st.sampled_from([b"event: update", b"event", b"data: {}", b"data:", b":thump", b"", None]),
        max_size=12,
    )
)
async def test_any_lines_are_events(lines: list[bytes | None]) -> None:
    async def read() -> AsyncIterator[bytes | None]:
        for line in lines:
            yield line

    async for event in server_sent(read()):
        read_event(event, home="mar.example", now=NOW)


@given(st.binary(max_size=60), st.sampled_from(["gzip", "x-gzip", "identity", "br", ""]))
def test_any_body_is_unpacked_or_refused(body: bytes, coding: str) -> None:
    with suppress(Invalid):
        assert len(bodies.unpacked(body, {"content-encoding": coding})) <= bodies.MAX_BODY


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.lists(st.none(), max_size=1)
)
def test_any_value_of_a_suite_is_one_of_ours_or_none(value: object) -> None:
    with suppress(ValueError):
        found = values.when(value, NOW.tzinfo)
        assert found is None or found.utcoffset() is not None
    assert (values.count(value) or 0) >= 0
    for read in (values.country, values.language, values.link, values.word, values.words):
        word = read(value)
        assert word is None or word.strip()
    text = str(value)
    links.canonical(text)
    links.unwrapped(text)
    html.to_text(text)


def test_every_kind_has_a_golden_file() -> None:
    """Payload in, mention out."""
    without = [
        kind for kind in KINDS if kind != "mastodon_search" and not list((HERE / kind).glob("*.golden.json"))
    ]
    assert without == []
