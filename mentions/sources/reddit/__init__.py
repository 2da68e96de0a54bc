"""Reddit: new posts and comments of some communities, or of a search."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.reddit.look import look

KIND = Kind(
    name="reddit",
    title="Reddit",
    fields=(
        Field(
            "client",
            "Client id",
            required=True,
            moves=True,
            help="Of an app of type “script” or “web”, reddit.com/prefs/apps",
        ),
        Field("client_secret", "Client secret", required=True, secret=True),
        Field(
            "account",
            "Reddit account",
            required=True,
            moves=True,
            help="Reddit demands to know who runs a program, without /u/",
        ),
        Field("query", "Search", help="Posts that Reddit's search finds; empty: all new posts"),
        Field("subreddits", "Communities", help="Names, separated by spaces; their comments are read, too"),
        Field(
            "server",
            "Server",
            default="https://oauth.reddit.com",
            web="https://oauth.reddit.com",
            moves=True,
            aims=True,
            rare=True,
        ),
    ),
    every=60,
    keep="matched",
    poll=look,
    vouches=for_all,
)
