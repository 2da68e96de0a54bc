"""The suites' parsers against payloads that no suite should send: nothing breaks, no nonsense is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import BadLine, read
from mentions.sources import webhook
from mentions.sources.base import Items, Receive
from mentions.sources.brandwatch.mention import draft_of as brandwatch
from mentions.sources.meltwater import push
from mentions.sources.mention_com.mention import draft_of as mention_com
from mentions.sources.payload import judged
from tests.mentions.sources.fuzz import check_sound, damaged, mutated
from tests.mentions.sources.golden import HERE, NOW

OWN = {
    "mentions": [
        {
            "id": "1",
            "text": "hola",
            "published_at": 1772352000,
            "author": {"name": "pau", "followers": 3},
            "source": {"type": "blog", "country": "ES"},
            "url": "https://blog.example/1",
            "revised_at": "2026-03-01T10:00:00Z",
            "sentiment": "negative",
            "deleted": False,
            "reach": 10,
        }
    ]
}
SUITE = {"data": [{"post": {"body": ["hola", "adeu"], "when": "2026-03-01T10:00:00Z", "who": {"n": "pau"}}}]}
MAP = {
    "items": "$.data[*].post",
    "text": "$.body[*]",
    "published_at": "when | $.created",
    "author": "$.who.n",
}
PUSHES: list[tuple[str, Receive, Any, dict[str, str]]] = [
    ("own", webhook.receive, OWN, {}),
    ("mapped", webhook.receive, SUITE, MAP),
    *(
        (name, push.receive, json.loads((HERE / "meltwater" / f"{name}.json").read_bytes()), {})
        for name in ("stream", "legacy", "alone", "alert", "neutral")
    ),
]


def received(receive: Receive, body: bytes, headers: dict[str, str], told: dict[str, str]) -> Items:
    try:
        items = receive(body, headers, told, NOW)
    except Invalid:
        return Items()
    for draft in items.drafts:
        check_sound(draft)
        assert draft.arrived_at is None
    assert len(items.faults) == items.rejected
    return items


@pytest.mark.parametrize(("name", "receive", "payload", "told"), PUSHES, ids=[one[0] for one in PUSHES])
@given(data=st.data())
def test_mutated_pushes(
    data: st.DataObject, name: str, receive: Receive, payload: Any, told: dict[str, str]
) -> None:
    del name
    received(receive, json.dumps(data.draw(mutated(payload))).encode(), {}, told)


@pytest.mark.parametrize("receive", [webhook.receive, push.receive])
@given(body=st.binary(max_size=60), charset=st.sampled_from(["", "latin-1", "utf-16", "shift_jis", "idna"]))
def test_any_bytes(receive: Receive, body: bytes, charset: str) -> None:
    received(receive, body, {"content-type": f"application/json; charset={charset}"}, {})


@pytest.mark.parametrize(
    ("payload", "key", "reading"),
    [
        ("brandwatch/page.json", "results", brandwatch),
        ("mention_com/page.json", "mentions", mention_com),
    ],
)
@given(data=st.data())
def test_mutated_pages(data: st.DataObject, payload: str, key: str, reading: Any) -> None:
    page = json.loads((HERE / payload).read_bytes())[key]
    changed = data.draw(mutated(page))
    drafts, _ = judged(changed if isinstance(changed, list) else [changed], lambda one: reading(one, NOW))
    for draft in drafts:
        check_sound(draft)
        assert draft.published_at <= NOW


EXPORTS = sorted((HERE / "exports").glob("*.csv"))


def lines(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        found = list(read(path, field_map={}, now=NOW))
    except Invalid:
        return
    for one in found:
        if isinstance(one, MentionDraft):
            check_sound(one)
        else:
            assert isinstance(one, BadLine)
            assert one.number > 0
            assert one.reason


@pytest.mark.parametrize("export", EXPORTS, ids=[path.stem for path in EXPORTS])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_exports(tmp_path: Path, data: st.DataObject, export: Path) -> None:
    lines(tmp_path / "damaged.csv", data.draw(damaged(export.read_bytes())))


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    start=st.sampled_from([b"", b"text,date\n", b"\xef\xbb\xbftext\n", b"\xff\xfe"]),
    rest=st.binary(max_size=80),
)
def test_any_file(tmp_path: Path, ending: str, start: bytes, rest: bytes) -> None:
    lines(tmp_path / f"any.{ending}", start + rest)
