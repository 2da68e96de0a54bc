"""RSS and Atom feeds, Google Alerts among them."""

from __future__ import annotations

from mentions.sources.base import Field, Kind
from mentions.sources.rss.look import look

KIND = Kind(
    name="rss",
    title="RSS or Atom feed",
    fields=(
        Field(
            "url",
            "Address of the feed",
            required=True,
            help="The feed itself, not the page about it. Google Alerts: choose “Deliver to: RSS feed”.",
        ),
    ),
    poll=look,
)
