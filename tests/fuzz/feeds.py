"""RSS and Atom: any bytes as a feed."""

from __future__ import annotations

from mentions.sources.base import Trouble
from mentions.sources.rss.feed import entries
from tests.mentions.sources.fuzz import check_sound
from tests.mentions.sources.golden import NOW, payloads

SEEDS = [path.read_bytes() for path in payloads("rss")]


def one(data: bytes) -> None:
    """Every entry is a sound mention, or there is no feed."""
    try:
        found = entries(data, {}, "https://harbour.example/feed.xml", NOW)
    except Trouble:
        return
    for draft in found.drafts:
        check_sound(draft)
