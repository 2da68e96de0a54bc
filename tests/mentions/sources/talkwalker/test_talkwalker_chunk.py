"""Talkwalker's chunks as mentions, and how they are told apart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.base import Items
from mentions.sources.payload import at, judged
from mentions.sources.talkwalker.chunk import read_result
from mentions.sources.talkwalker.objects import Splitter, read_objects
from tests.mentions.sources import fuzz, golden

RAW = (Path(__file__).parent / "chunks.txt").read_bytes()


def split(raw: bytes, size: int, longest: int = 100_000) -> list[bytes | None]:
    splitter = Splitter(longest)
    return [one for start in range(0, len(raw), size) for one in splitter.feed(raw[start : start + size])]


def results() -> list[Any]:
    chunks = [json.loads(one or b"") for one in split(RAW, 10_000)]
    return [chunk for chunk in chunks if chunk["chunk_type"] == "CT_RESULT"]


@pytest.mark.parametrize("payload", golden.payloads("talkwalker"), ids=golden.name)
def test_results_become_mentions(payload: Path) -> None:
    drafts, rejected = judged(results(), lambda chunk: read_result(chunk, now=golden.NOW))
    golden.check(payload, Items(drafts, rejected=rejected))


@given(st.sampled_from(results()).flatmap(fuzz.mutated))
def test_nothing_that_a_server_sends_is_more_than_rejected(chunk: Any) -> None:
    drafts, _ = judged([chunk], lambda chunk: read_result(chunk, now=golden.NOW))
    for draft in drafts:
        fuzz.check_sound(draft)


@given(st.integers(1, 500))
def test_however_the_bytes_come_the_objects_are_the_same(size: int) -> None:
    assert split(RAW, size) == split(RAW, len(RAW))
    assert len(split(RAW, size)) == 9


_JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.lists(st.dictionaries(st.text(), _JSON, max_size=3), max_size=5),
    st.sampled_from([b"", b"\n", b"\r\n\r\n", b" , "]),
    st.integers(1, 50),
    st.booleans(),
)
def test_any_objects_come_out_whole(objects: list[Any], between: bytes, size: int, pretty: bool) -> None:
    raw = between.join(
        json.dumps(one, ensure_ascii=False, indent=1 if pretty else None).encode() for one in objects
    )
    assert [json.loads(one or b"0") for one in split(raw, size)] == objects


@given(st.binary(max_size=200), st.integers(1, 20))
def test_no_bytes_crash_it_or_fill_the_memory(raw: bytes, size: int) -> None:
    splitter = Splitter(50)
    for start in range(0, len(raw), size):
        list(splitter.feed(raw[start : start + size]))
        assert len(splitter._held) <= 50 + size


def test_an_object_without_an_end_spoils_only_itself() -> None:
    torn = b'{"chunk_type": "CT_RESULT", "x": "' + b"y" * 300
    whole = b'\n{"a": 1}\n{"b": 2}'
    found = split(torn + whole, 40, longest=200)
    assert found[0] is None
    assert found[-1] == b'{"b": 2}'


async def test_half_an_object_at_the_end_is_dropped() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"a": 1}{"b"'

    assert [one async for one in read_objects(chunks())] == [b'{"a": 1}']


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"url": "https://b.example/" + "a" * 600}, {"url": "https://b.example/" + "a" * 600 + "b"}),
        ({"published": 1772366375000}, {"published": 1772366376000}),
        ({"content": "one"}, {"content": "another"}),
        ({"extra_author_attributes": {"id": "a"}}, {"extra_author_attributes": {"id": "b"}}),
    ],
)
def test_what_has_no_address_of_its_own_is_not_lost(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Posts of some networks have none, and not all have an author."""
    ids = []
    for values in (first, second, first):
        found = {"content": "text", "published": 1772366374000, **values}
        chunk = {"chunk_type": "CT_RESULT", "chunk_result": {"data": {"data": found}}}
        ids.append(read_result(chunk, now=golden.NOW).native_id)
    assert ids[0] == ids[2] != ids[1]


def test_an_update_is_an_edit_of_the_same_mention() -> None:
    new, updated = (read_result(chunk, now=golden.NOW) for chunk in results()[:2])
    assert new.native_id == updated.native_id
    assert new.revised_at is None
    assert updated.revised_at is not None
    assert at(results()[1], "chunk_result", "data", "data", "matched", "appearance") == "UPDATED"
