"""What comes in our own formats: the signed webhook, files, and the form for what people heard."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mentions.by_hand.register import Heard, _draft
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import read
from mentions.sources.base import Items
from mentions.sources.webhook import receive
from tests.mentions.sources import golden
from tests.mentions.sources.golden import HERE, NOW

MAPS = {
    "mapped.json": {
        "items": "$.batch.hits[*]",
        "id": "doc.uid",
        "title": "doc.headline",
        "text": "$.doc.paragraphs[*] | doc.headline",
        "published_at": "doc.meta.ts",
        "url": "doc.meta.link",
        "kind": "doc.meta.medium",
        "author": "$.by[?@.role == 'author'].nick | =unknown",
    }
}


@pytest.mark.parametrize("payload", golden.payloads("webhook"), ids=golden.name)
def test_what_is_pushed(payload: Path) -> None:
    golden.check(payload, receive(payload.read_bytes(), {}, MAPS.get(payload.name, {}), NOW))


@pytest.mark.parametrize("payload", golden.payloads("own"), ids=golden.name)
def test_what_stands_in_files(payload: Path) -> None:
    found = list(read(payload, field_map={}, now=NOW))
    drafts = [one for one in found if isinstance(one, MentionDraft)]
    golden.check(payload, Items(drafts, rejected=len(found) - len(drafts)))


def test_what_people_heard() -> None:
    call = Heard("«Ningú no contesta»", "call", "La clienta", "Palma", heard_at=NOW - timedelta(hours=1))
    letter = Heard("Dear all, nobody came.", "letter", url="https://scan.example/7", lang="en")
    drafts = [_draft(heard, key, NOW) for heard, key in ((call, "form-0001"), (letter, "form-0002"))]
    golden.check(HERE / "own" / "form", drafts)
