"""What other tools send as alerts, as none should send it: nothing breaks, no nonsense is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incoming.reading import LABELS, MOST, URL_LENGTH, Items, read
from kit.errors import Invalid
from tests.mentions.sources.fuzz import mutated

OWN = {"alerts": [{"key": "k", "title": "Ferries", "severity": "red", "state": "firing", "labels": {"a": 1}}]}
ALERTMANAGER = {
    "version": "4",
    "alerts": [
        {
            "status": "firing",
            "fingerprint": "f00",
            "labels": {"alertname": "Latency", "severity": "page", "brand": "almadia"},
            "annotations": {"summary": "Slow", "description": "Very slow"},
            "startsAt": "2026-03-01T11:00:00Z",
            "generatorURL": "https://prometheus.example/g",
        }
    ],
}
GENERIC = {"data": [{"name": "Rumour", "level": 2, "link": "https://tool.example/1", "at": 1772366400}]}
MAP = {"items": "data", "title": "$.name | name", "severity": "level", "url": "link", "started_at": "at"}
SHAPES = {"own": (OWN, {}), "alertmanager": (ALERTMANAGER, {}), "generic": (GENERIC, MAP)}


def received(kind: str, body: bytes, field_map: dict[str, str]) -> Items:
    """What is read of it: each item is a sound alert, or a fault with its place."""
    try:
        good, faults = read(kind, body, field_map=field_map, severities={})
    except Invalid:
        return [], []
    assert len(good) + len(faults) <= MOST
    assert all(fault.reason for fault in faults)
    for _, alert in good:
        assert alert.title.strip()
        assert alert.title.isprintable(), "what turns the words around it is no title"
        assert alert.key
        assert alert.severity in ("red", "amber", "inform")
        assert len(alert.labels) <= LABELS
        assert len(alert.url) <= URL_LENGTH
        assert alert.url == "" or alert.url.startswith(("https://", "http://"))
        assert alert.started_at is None or alert.started_at.utcoffset() is not None
        for text in (alert.title, alert.text, alert.brand, alert.key, alert.url):
            assert "\0" not in text
            text.encode()
    return good, faults


@pytest.mark.parametrize("kind", SHAPES)
def test_as_they_should_be_they_are_alerts(kind: str) -> None:
    payload, field_map = SHAPES[kind]
    good, faults = received(kind, json.dumps(payload).encode(), field_map)
    assert (len(good), faults) == (1, [])


def test_a_title_is_one_line_that_turns_nothing_around_it() -> None:
    sent = [{"key": "k", "title": title} for title in ("A\u202e fire\n\x1b[31m", "\u200b\u202e")]
    good, faults = received("own", json.dumps({"alerts": sent}).encode(), {})
    assert [alert.title for _, alert in good] == ["A fire [31m"]
    assert [fault.field for fault in faults] == ["title"]


@pytest.mark.parametrize("kind", SHAPES)
@given(data=st.data())
def test_mutated_alerts(data: st.DataObject, kind: str) -> None:
    payload: Any
    payload, field_map = SHAPES[kind]
    received(kind, json.dumps(data.draw(mutated(payload))).encode(), field_map)


@pytest.mark.parametrize("kind", SHAPES)
@given(body=st.binary(max_size=80))
def test_any_bytes(kind: str, body: bytes) -> None:
    received(kind, body, SHAPES[kind][1])
