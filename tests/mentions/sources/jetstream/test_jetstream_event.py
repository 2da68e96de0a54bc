"""Jetstream events as mentions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Items
from mentions.sources.jetstream.event import read_frame, read_gone, read_handle, read_post
from mentions.sources.jetstream.facets import full_text
from mentions.sources.payload import judged
from tests.conftest import SHARED
from tests.mentions.sources import fuzz, golden

HERE = Path(__file__).parent
REAL = SHARED / "data" / "payloads" / "jetstream_v1.jsonl"


def read(frame: str) -> MentionDraft | None:
    return read_post(read_frame(frame), now=golden.NOW)


def events(name: str) -> list[Any]:
    lines = (HERE / name).read_text().splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


@pytest.mark.parametrize("payload", golden.payloads("jetstream"), ids=golden.name)
def test_events_become_mentions(payload: Path) -> None:
    drafts, rejected = judged(payload.read_text().splitlines(), read)
    golden.check(payload, Items(drafts, rejected=rejected))


@given(st.sampled_from(events("v1.jsonl") + events("v2.jsonl")).flatmap(fuzz.mutated))
def test_nothing_that_a_server_sends_is_more_than_rejected(event: Any) -> None:
    drafts, _ = judged([json.dumps(event)], read)
    for draft in drafts:
        fuzz.check_sound(draft)
        assert draft.arrived_at is not None
        assert draft.arrived_at <= golden.NOW


@given(st.text(), st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60)), max_size=5))
def test_marks_never_cut_a_letter_or_lose_one(text: str, places: list[tuple[int, int]]) -> None:
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://e.example/"}
    facets = [{"index": {"byteStart": a, "byteEnd": b}, "features": [link]} for a, b in places]
    found = full_text({"text": text, "facets": facets})
    assert "\ufffd" not in found or "\ufffd" in text
    for kept in found.split("https://e.example/"):
        assert kept in text


def test_places_are_counted_in_bytes() -> None:
    text = "🚢 à l'eau: e.example/lo… fin"
    start = len("🚢 à l'eau: ".encode())
    index = {"byteStart": start, "byteEnd": start + len("e.example/lo…".encode())}
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://e.example/long"}
    assert full_text({"text": text, "facets": [{"index": index, "features": [link]}]}) == (
        "🚢 à l'eau: https://e.example/long fin"
    )


def test_a_client_whose_clock_runs_years_ahead_is_not_believed() -> None:
    event = events("v1.jsonl")[1]
    found = read(json.dumps(event))
    assert event["commit"]["record"]["createdAt"].startswith("2033")
    assert found is not None
    assert found.published_at == found.arrived_at == datetime(2026, 3, 1, 11, 59, 31, 2, tzinfo=UTC)


def test_the_real_ones() -> None:
    if not REAL.exists():
        pytest.skip("the shared payloads are not on this machine")
    lines = REAL.read_text().splitlines()
    raw = [json.loads(line) for line in lines]
    posts = [one for one in raw if at_post(one)]
    drafts, rejected = judged(lines, read)
    golden.check_real(REAL, Items(drafts, rejected=rejected))
    assert (len(lines), rejected) == (10, 0)
    assert [draft.native_id for draft in drafts] == [
        f"at://{one['did']}/app.bsky.feed.post/{one['commit']['rkey']}" for one in posts
    ]
    assert [draft.lang for draft in drafts] == ["en"]
    assert drafts[0].thread != drafts[0].native_id


def at_post(event: Any) -> bool:
    return bool(event.get("commit", {}).get("collection") == "app.bsky.feed.post")


@pytest.mark.parametrize(
    ("account", "gone"),
    [
        ({"active": False, "status": "deleted"}, True),
        ({"active": False, "status": "takendown"}, True),
        ({"active": False, "status": "suspended"}, True),
        ({"active": False, "status": "deactivated"}, False),
        ({"active": True, "status": "deleted"}, False),
        ({"active": True}, False),
        ({}, False),
    ],
)
def test_an_account_that_is_gone_takes_what_it_said_with_it(account: dict[str, Any], gone: bool) -> None:
    """In the words of both versions."""
    kind, did = "network.bsky.jetstream.subscribeEvents#account", "did:plc:ana"
    first = {"did": did, "time_us": 1_772_366_400_000_000, "kind": "account", "account": account}
    second = {"$type": "message", "payload": {"$type": kind, "did": did, "seq": 7, **account}}
    for frame in (first, second):
        assert read_gone(read_frame(json.dumps(frame))) == (did if gone else None)
    nobody = {**first, "did": "ana"}
    assert read_gone(read_frame(json.dumps(nobody))) is None


@pytest.mark.parametrize(
    ("said", "handle"),
    [
        ({"handle": "Ana.bsky.social"}, "ana.bsky.social"),
        ({"handle": "handle.invalid"}, None),
        ({"handle": "ana"}, None),
        ({"handle": f"{'a.' * 130}example"}, None),
        ({"handle": 7}, None),
        ({}, None),
    ],
)
def test_an_identity_tells_a_handle(said: dict[str, Any], handle: str | None) -> None:
    """In the words of both versions."""
    kind, did = "network.bsky.jetstream.subscribeEvents#identity", "did:plc:ana"
    first = {
        "did": did,
        "time_us": 1_772_366_400_000_000,
        "kind": "identity",
        "identity": {"did": did, **said},
    }
    second = {"$type": "message", "payload": {"$type": kind, "did": did, "seq": 7, **said}}
    for frame in (first, second):
        assert read_handle(read_frame(json.dumps(frame))) == ((did, handle) if handle else None)
    for other in ({**first, "did": "ana"}, {**first, "kind": "account"}):
        assert read_handle(read_frame(json.dumps(other))) is None


@pytest.mark.parametrize("frame", ["", "[]", "{", "null", '"x"'])
def test_what_is_no_event_is_invalid(frame: str) -> None:
    with pytest.raises(Invalid):
        read_frame(frame)
