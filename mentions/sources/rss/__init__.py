"""RSS and Atom feeds, Google Alerts among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentions.drafts.draft import host
from mentions.sources.base import Field, Kind
from mentions.sources.rss.look import look


def own_site(settings: Mapping[str, Any], address: str | None) -> bool:
    """Of what stands on the feed's own host, or below it: a feed may say of any address what it likes."""
    site, here = host(settings.get("url")), host(address)
    return site is not None and here is not None and f".{here}".endswith(f".{site}")


KIND = Kind(
    name="rss",
    title="RSS or Atom feed",
    fields=(
        Field(
            "url",
            "Address of the feed",
            required=True,
            web="https://example.org/feed.xml",
            help="The feed itself, not the page about it. Google Alerts: choose “Deliver to: RSS feed”.",
        ),
    ),
    poll=look,
    vouches=own_site,
)
