"""Brandwatch: pages of mentions by its API. Its CSV exports are read by `tocsin import` (`csv`)."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.brandwatch.poll import ADDRESS, glance, look

KIND = Kind(
    name="brandwatch",
    title="Brandwatch (API)",
    fields=(
        Field(
            "project", "Project number", required=True, help="The API lists projects under /projects/summary."
        ),
        Field(
            "query",
            "Query number",
            required=True,
            help="Of the query whose mentions are read; listed under /projects/…/queries/summary.",
        ),
        Field("token", "Access token", required=True, secret=True),
        Field(
            "address", "Address of the API", default=ADDRESS, web=ADDRESS, moves=True, aims=True, rare=True
        ),
    ),
    prepare=(
        "A user of Brandwatch with the role Regular or Admin gets an access token from its API, as "
        "developers.brandwatch.com says under “Authentication”. It is good for a year, unless Brandwatch "
        "says otherwise: then put in a new one."
    ),
    every=300,
    poll=look,
    glance=glance,
    vouches=for_all,
)
