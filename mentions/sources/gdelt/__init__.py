"""News of the world by GDELT's DOC 2.0 search."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.gdelt.look import glance, look

KIND = Kind(
    name="gdelt",
    title="GDELT (world news)",
    fields=(
        Field(
            "query",
            "Search",
            required=True,
            help='GDELT\'s own words: "almadia ferries" (sourcelang:spanish OR sourcelang:french)',
        ),
        Field(
            "server",
            "Server",
            default="https://api.gdeltproject.org",
            web="https://api.gdeltproject.org",
            moves=True,
            rare=True,
        ),
    ),
    every=900,  # GDELT takes in the world's news every fifteen minutes
    poll=look,
    glance=glance,
    vouches=for_all,
)
