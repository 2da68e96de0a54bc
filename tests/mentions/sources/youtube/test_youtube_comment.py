"""YouTube's comments as mentions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from mentions.sources.base import Items
from mentions.sources.payload import judged, list_at
from mentions.sources.youtube.comment import comments, read_comment
from mentions.sources.youtube.server import until_renewal
from tests.mentions.sources import fuzz, golden

THREADS = json.loads((Path(__file__).parent / "threads.json").read_text())


def read(page: Any) -> Items:
    pairs = [pair for thread in list_at(page, "items") for pair in comments(thread)]
    drafts, rejected = judged(pairs, lambda pair: read_comment(pair[0], pair[1], now=golden.NOW))
    return Items(drafts, rejected=rejected)


@pytest.mark.parametrize("payload", golden.payloads("youtube"), ids=golden.name)
def test_comments_become_mentions(payload: Path) -> None:
    golden.check(payload, read(json.loads(payload.read_text())))


@given(fuzz.mutated(THREADS))
def test_nothing_that_a_server_sends_is_more_than_rejected(page: Any) -> None:
    for draft in read(page).drafts:
        fuzz.check_sound(draft)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 3, 1, 7, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 1, 8, 0, tzinfo=UTC), 24),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), 23),
    ],
)
def test_quotas_are_renewed_at_midnight_in_california(now: datetime, hours: int) -> None:
    assert until_renewal(now) == hours * 3600
