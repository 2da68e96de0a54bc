"""Finding one's way in JSON from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from kit.errors import Invalid
from mentions.drafts.draft import MAX_TEXT, checked
from mentions.sources.payload import KEPT, MOST, at, judged, lately, list_at, text_at, whole_at
from tests.mentions.sources import fuzz
from tests.mentions.sources.golden import NOW


@given(fuzz.mutated({"a": {"b": [1, {"c": "d"}], "e": 1.0}, "f": True}))
def test_whatever_stands_there_has_the_kind_that_was_asked_for(found: Any) -> None:
    for path in ((), ("a",), ("a", "b"), ("a", "e"), ("f",), ("nowhere", "at", "all")):
        assert isinstance(text_at(found, *path), str)
        assert isinstance(list_at(found, *path), list)
        assert type(whole_at(found, *path)) in (int, type(None))
        at(found, *path)


def test_of_an_answer_of_any_length_only_so_much_is_read() -> None:
    read: list[int] = []

    def taken(one: int) -> None:
        read.append(one)

    assert judged(iter(range(MOST + 7)), taken) == ([], 7)
    assert len(read) == MOST


def test_a_text_can_be_stored_and_sent() -> None:
    assert text_at({"a": "x\ud800\0"}, "a") == "x\ufffd"


@pytest.mark.parametrize(
    ("seen", "ago"),
    [
        ((NOW - timedelta(hours=30)).isoformat(), timedelta(hours=30)),
        ((NOW + timedelta(days=400)).isoformat(), timedelta()),
        ((NOW - KEPT - timedelta(seconds=1)).isoformat(), None),
        (0, None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_server_is_believed_about_the_last_days_only(seen: object, ago: timedelta | None) -> None:
    assert lately(seen, NOW) == (None if ago is None else NOW - ago)


def test_what_is_wrong_beside_the_text_is_left_out() -> None:
    given = {
        "id": 7,
        "text": "x" * (MAX_TEXT + 1),
        "followers": -1,
        "url": "javascript:alert(1)",
        "kind": "rumour",
    }
    given |= {
        "published_at": "9999-01-01T00:00:00Z",
        "revised_at": NOW + timedelta(days=9),
        "lang": 5,
        "author": {},
    }
    found = checked(given, now=NOW)
    assert (found.native_id, len(found.text), found.followers, found.url) == ("7", MAX_TEXT, None, None)
    assert (found.kind, found.author, found.lang) == ("post", None, None)
    assert found.published_at == found.revised_at == NOW


@pytest.mark.parametrize(
    "given", [{}, {"id": ""}, {"text": "t"}, {"id": "1"}, {"id": "1", "text": " \0"}, {"id": [], "text": "t"}]
)
def test_without_id_or_text_it_is_no_mention(given: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        checked(given, now=NOW)


def test_a_deletion_needs_no_text() -> None:
    assert checked({"id": "1", "text": "", "deleted": True}, now=NOW).deleted
