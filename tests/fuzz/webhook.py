"""The webhook: a field map and a body, both as somebody else made them up."""

from __future__ import annotations

import json

from kit.errors import Invalid, Unavailable
from mentions.sources import webhook
from mentions.sources.bodies import unpacked
from mentions.sources.meltwater import push
from tests.mentions.sources.fuzz import check_sound
from tests.mentions.sources.golden import HERE, NOW

_ITEM = {
    "id": "1",
    "text": "hola",
    "published_at": 1772352000,
    "author": {"name": "pau", "followers": 3},
    "source": {"type": "blog", "country": "ES"},
    "url": "https://blog.example/1",
    "revised_at": "2026-03-01T10:00:00+01:00",
    "repost_of": "https://blog.example/0",
    "deleted": False,
    "lang": "ca-ES",
}
_MAP = "items=$.data[*].post\ntext=$.body[?@.lang == 'ca' || @.lang].t | text\nkind==review\nid=$['i.d']\n"

SEEDS = [
    b"\n\n" + json.dumps({"mentions": [_ITEM]}).encode(),
    b"\n\n" + json.dumps([_ITEM | {"deleted": True}, _ITEM | {"text": None}, 7]).encode(),
    _MAP.encode() + b"\n" + json.dumps({"data": [{"post": {"body": [{"lang": "ca", "t": "a"}]}}]}).encode(),
    *(b"\n\n" + path.read_bytes() for path in sorted((HERE / "meltwater").glob("*[a-z].json"))),
]


def one(data: bytes) -> None:
    """`name=place` lines, an empty line, and the body: read or refused, and nothing unsound taken."""
    head, _, body = data.partition(b"\n\n")
    lines = (line.partition("=") for line in head.decode("utf-8", "replace").splitlines())
    told = {name: where for name, _, where in lines}
    coding = {"content-encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    for receive in (webhook.receive, push.receive):
        try:
            items = receive(unpacked(body, coding), coding, told, NOW)
        except (Invalid, Unavailable):
            continue
        assert len(items.faults) == items.rejected
        for draft in items.drafts:
            check_sound(draft)
