"""Alerts of other tools: a shape, a field map and a body, all as somebody else made them up."""

from __future__ import annotations

import json

from tests.alerts.test_incoming_fuzzed import SHAPES, received

SEEDS = [
    f"{kind}\n{json.dumps(field_map)}\n{json.dumps(payload)}".encode()
    for kind, (payload, field_map) in SHAPES.items()
]


def one(data: bytes) -> None:
    """A line with the shape, one with the field map, and the body: read or refused, and nothing unsound."""
    kind, _, rest = data.partition(b"\n")
    told, _, body = rest.partition(b"\n")
    try:
        field_map = json.loads(told)
    except (ValueError, RecursionError):
        field_map = {}
    if not isinstance(field_map, dict) or not all(isinstance(one, str) for one in field_map.values()):
        field_map = {}
    name = kind.decode("latin-1")
    received(name if name in SHAPES else "generic", body, field_map)
