"""Comments below YouTube's videos."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.youtube.look import look

KIND = Kind(
    name="youtube",
    title="YouTube comments",
    fields=(
        Field(
            "key",
            "API key",
            required=True,
            secret=True,
            help="Of a Google Cloud project with YouTube Data API v3",
        ),
        Field("channel", "Channel", help="Its id (UC…): comments on all its videos"),
        Field("videos", "Videos", help="Their ids, separated by spaces"),
        Field(
            "server",
            "Server",
            default="https://www.googleapis.com",
            web="https://www.googleapis.com",
            moves=True,
            aims=True,
            rare=True,
        ),
    ),
    every=600,  # a look costs one unit of quota and more; 10,000 a day are free
    poll=look,
    vouches=for_all,
)
