"""Brandwatch: pages of mentions by its API. Its CSV exports are read by `tocsin import` (`csv`)."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.brandwatch.poll import ADDRESS, look

KIND = Kind(
    name="brandwatch",
    title="Brandwatch (API)",
    fields=(
        Field("project", "Project number", required=True),
        Field(
            "query", "Query number", required=True, help="The query in Brandwatch whose mentions are read."
        ),
        Field("token", "Access token", required=True, secret=True),
        Field("address", "Address of the API", default=ADDRESS, moves=True, rare=True),
    ),
    every=300,
    poll=look,
    vouches=for_all,
)
