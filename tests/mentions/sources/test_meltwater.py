"""What Meltwater pushes, in every shape it has."""

from __future__ import annotations

import json
from pathlib import Path

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
