"""Mastodon, and whatever else of the fediverse speaks its interface."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.mastodon.listen import glance, listen
from mentions.sources.mastodon.search import search
from mentions.sources.mastodon.server import STREAMS

_SERVER = Field(
    "server",
    "Server",
    required=True,
    help="Address of one server of the fediverse: https://mastodon.example",
    moves=True,  # ids begin with the time at which a status was written
    aims=True,
)
_TOKEN = Field(
    "token",
    "Access token",
    secret=True,
    help="From Preferences, Development on the server; most servers demand one. Scope: read:statuses.",
)

KIND = Kind(
    name="mastodon",
    title="Mastodon",
    fields=(
        _SERVER,
        _TOKEN,
        Field(
            "stream",
            "Stream",
            default="public",
            choices=STREAMS,
            help="public: all that the server sees; local: written there; remote: elsewhere",
        ),
        Field("tag", "Hashtag", help="For the stream of a hashtag, without #"),
        Field("list", "List", help="For the stream of a list: its number", rare=True),
        Field(
            "transport",
            "Transport",
            default="sse",
            choices=("sse", "websocket"),
            help="sse, or websocket where a proxy cuts long answers",
            moves=True,
            rare=True,
        ),
    ),
    keep="matched",
    stream=listen,
    glance=glance,
    vouches=for_all,
)

SEARCH = Kind(
    name="mastodon_search",
    title="Mastodon search",
    fields=(
        _SERVER,
        Field("token", "Access token", required=True, secret=True, help="Scope: read:search."),
        Field("query", "Search", required=True, help="Words as in the server's own search"),
    ),
    every=120,
    keep="matched",
    poll=search,
    vouches=for_all,
)
