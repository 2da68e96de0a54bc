"""`tocsin copies`: a stream of texts in, in order, what each repeats out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

TEXT = "The ferry to Palma has been cancelled again and nobody at the port tells us anything"


def copies(given: str | bytes) -> subprocess.CompletedProcess[bytes]:
    raw = given if isinstance(given, bytes) else given.encode()
    return subprocess.run([sys.executable, "-m", "tocsin", "copies"], input=raw, capture_output=True)


def told(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    done = copies("".join(json.dumps(line) + "\n" for line in lines))
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_in_order_with_its_story() -> None:
    found = told(
        {"id": "a", "text": TEXT, "author": "@one"},
        {"text": "me too"},
        {"id": "c", "text": f"RT @one: {TEXT[:70]}…"},
        {"text": "me too"},
        {"id": 9, "text": "me too", "repost_of": 2},
        {"id": "é", "text": "so it is", "repost_of": "c"},
    )
    assert found == [
        {"id": "a", "story": "a", "copy": False},
        {"id": 2, "story": 2, "copy": False},
        {"id": "c", "story": "a", "copy": True},
        {"id": 4, "story": 4, "copy": False},
        {"id": 9, "story": 2, "copy": True},
        {"id": "é", "story": "a", "copy": True},
    ]


def test_nothing_in_nothing_out() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", b"line 2: not JSON"),
        ("[]", b"line 2: expected an object"),
        ('{"id": "a"}', b'line 2: "text" is missing'),
        ('{"text": 5}', b'line 2: "text" is not a string'),
        ('{"text": "x", "id": 1.5}', b'line 2: "id" is neither'),
        ('{"text": "x", "repost_of": true}', b'line 2: "repost_of" is neither'),
        ('{"text": "\\ud800"}', b'line 2: "text" holds half'),
    ],
)
def test_a_broken_line_is_named_and_those_before_it_are_answered(line: str, why: bytes) -> None:
    done = copies(json.dumps({"text": TEXT}) + "\n" + line + "\n")
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert json.loads(done.stdout) == {"id": 1, "story": 1, "copy": False}
