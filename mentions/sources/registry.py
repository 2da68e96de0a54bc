"""The kinds of sources there are."""

from __future__ import annotations

from mentions.sources.base import Kind
from mentions.sources.brandwatch import KIND as BRANDWATCH
from mentions.sources.meltwater import KIND as MELTWATER
from mentions.sources.mention_com import KIND as MENTION_COM
from mentions.sources.rss import KIND as RSS
from mentions.sources.webhook import KIND as WEBHOOK

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        RSS,
        WEBHOOK,
        MELTWATER,
        BRANDWATCH,
        MENTION_COM,
    )
}  # fmt: skip
"""By the name that `source.kind` holds; a kind that is not here (a file, the demo) is fed by hand."""
