"""Reddit's things as mentions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.base import Items
from mentions.sources.payload import judged
from mentions.sources.reddit.thing import read_thing, things
from tests.conftest import SHARED
from tests.mentions.sources import fuzz, golden

HERE = Path(__file__).parent
REAL = SHARED / "data" / "payloads"


def read(listing: Any) -> Items:
    drafts, rejected = judged(things(listing), lambda thing: read_thing(thing, now=golden.NOW))
    return Items(drafts, rejected=rejected)


def listing(name: str) -> Any:
    return json.loads((HERE / name).read_text())


@pytest.mark.parametrize("payload", golden.payloads("reddit"), ids=golden.name)
def test_things_become_mentions(payload: Path) -> None:
    golden.check(payload, read(json.loads(payload.read_text())))


@given(st.sampled_from([listing("posts.json"), listing("comments.json")]).flatmap(fuzz.mutated))
def test_nothing_that_a_server_sends_is_more_than_rejected(found: Any) -> None:
    for draft in read(found).drafts:
        fuzz.check_sound(draft)


@pytest.mark.parametrize(
    ("values", "gone"),
    [
        ({"body": "[deleted]", "author": "[deleted]"}, True),
        ({"body": " [removed] "}, True),
        ({"body": "[ Removed by Reddit ]"}, True),
        ({"body": "[Removed by moderator]"}, True),
        ({"body": "[deleted] is what they did to my booking"}, False),
        ({"body": "still here", "author": "[deleted]"}, False),
    ],
)
def test_what_was_taken_away_is_a_deletion_whoever_did_it(values: dict[str, str], gone: bool) -> None:
    thing = {"kind": "t1", "data": {"name": "t1_a", "link_id": "t3_b", **values}}
    (draft,) = read({"data": {"children": [thing]}}).drafts
    assert (draft.deleted, draft.author) == (gone, None)


def test_replies_without_end_end() -> None:
    deep: Any = ""
    for number in range(5_000):
        data = {"name": f"t1_{number}", "body": "b", "link_id": "t3_a", "replies": deep}
        deep = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data}]}}
    assert 0 < len(read(deep).drafts) <= 2_000


@pytest.mark.parametrize(("name", "count"), [("reddit_search_t3.json", 6), ("reddit_comments_t1.json", 25)])
def test_the_real_ones(name: str, count: int) -> None:
    if not (REAL / name).exists():
        pytest.skip("the shared payloads are not on this machine")
    raw = json.loads((REAL / name).read_text())
    data = [child["data"] for child in raw["data"]["children"]]
    found = read(raw)
    golden.check_real(REAL / name, found)
    assert (len(found.drafts), found.rejected) == (count, 0)
    for draft, one in zip(found.drafts, data, strict=True):
        assert draft.native_id == one["name"]
        assert draft.published_at.timestamp() == one["created_utc"] != one["created"]
        assert (draft.revised_at is not None) is bool(one["edited"])
        assert draft.thread == one.get("link_id", one["name"])
        assert draft.domain == "reddit.com"
