"""Bluesky by Jetstream: every public post of the network, as JSON."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.jetstream.listen import listen

KIND = Kind(
    name="jetstream",
    title="Bluesky (Jetstream)",
    fields=(
        Field(
            "server",
            "Server",
            required=True,
            default="wss://jetstream2.us-east.bsky.network",
            help="A Jetstream server, yours or one of Bluesky's",
            moves=True,  # the cursor is a time, which means the same everywhere
            rare=True,
        ),
        Field(
            "version",
            "Version",
            default="v1",
            choices=("v1", "v2"),
            help="v1 (/subscribe) or v2 (subscribeEvents)",
            moves=True,
            rare=True,
        ),
        Field(
            "accounts",
            "Only these accounts",
            help="Their DIDs, separated by spaces; empty: everybody",
            moves=True,
            rare=True,
        ),
    ),
    keep="matched",
    stream=listen,
    vouches=for_all,
)
