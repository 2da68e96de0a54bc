"""What Meltwater pushes, in every shape it has."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from kit.errors import Invalid
from mentions.sources.meltwater.push import receive
from tests.mentions.sources import golden


@pytest.mark.parametrize("payload", golden.payloads("meltwater"), ids=golden.name)
def test_payloads(payload: Path) -> None:
    golden.check(payload, receive(payload.read_bytes(), {}, {}, golden.NOW))


def test_the_items_left_out_are_told_by_their_place() -> None:
    body = (golden.HERE / "meltwater" / "stream.json").read_bytes()
    found = receive(body, {}, {}, golden.NOW)
    assert [(fault["index"], fault["field"]) for fault in found.faults] == [(3, "text"), (4, None)]


@pytest.mark.parametrize("content", [{}, {"documents": None}, {"hello": 1}, "text", 7, None])
def test_what_is_not_theirs_is_refused(content: object) -> None:
    with pytest.raises(Invalid, match="no batch of documents"):
        receive(json.dumps(content).encode(), {}, {}, golden.NOW)


def test_a_test_push_without_documents_is_taken() -> None:
    assert receive(b'{"request": {}, "documents": []}', {}, {}, golden.NOW).drafts == []


@pytest.mark.parametrize("declared", ["application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8", "utf-16"])
def test_a_push_in_another_encoding_than_it_says_is_read(encoding: str, declared: str) -> None:
    """It is not sent again: what was refused would be lost."""
    said = {"documents": [{"id": "1", "content": {"text": "cançó i avión"}}]}
    body = json.dumps(said, ensure_ascii=False).encode(encoding)
    (draft,) = receive(body, {"content-type": declared}, {}, golden.NOW).drafts
    assert draft.text == "cançó i avión"


def alert(**changes: object) -> bytes:
    content = json.loads((golden.HERE / "meltwater" / "alert.json").read_text())
    return json.dumps({**content, **changes}).encode()


@pytest.mark.parametrize(
    ("line", "reach"),
    [("55.9k Reach", 55_900), ("1,234  REACH", 1_234), ("2 M\treach", 2_000_000), ("Reach", None)],
)
def test_the_reach_stands_in_the_words_of_an_alert(line: str, reach: int | None) -> None:
    (draft,) = receive(alert(statusLine=line), {}, {}, golden.NOW).drafts
    assert draft.reach == reach


@pytest.mark.parametrize("line", ["1" * 2_000 + " " * 1_000, "1" * 12_000, "1 " * 6_000])
def test_a_line_made_to_be_slow_is_read_as_fast_as_any(line: str) -> None:
    body, began = alert(statusLine=line), process_time()
    receive(body, {}, {}, golden.NOW)
    assert process_time() - began < 10.0
