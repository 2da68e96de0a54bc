"""The kinds of sources there are."""

from __future__ import annotations

from mentions.sources.base import Kind
from mentions.sources.brandwatch import KIND as BRANDWATCH
from mentions.sources.gdelt import KIND as GDELT
from mentions.sources.jetstream import KIND as JETSTREAM
from mentions.sources.mastodon import KIND as MASTODON
from mentions.sources.mastodon import SEARCH as MASTODON_SEARCH
from mentions.sources.meltwater import KIND as MELTWATER
from mentions.sources.mention_com import KIND as MENTION_COM
from mentions.sources.reddit import KIND as REDDIT
from mentions.sources.rss import KIND as RSS
from mentions.sources.talkwalker import KIND as TALKWALKER
from mentions.sources.webhook import KIND as WEBHOOK
from mentions.sources.youtube import KIND as YOUTUBE

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        BRANDWATCH,
        GDELT,
        JETSTREAM,
        MASTODON,
        MASTODON_SEARCH,
        MELTWATER,
        MENTION_COM,
        REDDIT,
        RSS,
        TALKWALKER,
        WEBHOOK,
        YOUTUBE,
    )
}  # fmt: skip
"""By the name that `source.kind` holds; a kind that is not here (a file, the demo) is fed by hand."""
