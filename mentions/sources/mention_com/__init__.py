"""Mention.com: the mentions of one alert, by its API."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.mention_com.poll import ADDRESS, glance, look

KIND = Kind(
    name="mention_com",
    title="Mention.com (API)",
    fields=(
        Field("account", "Account id", required=True, help="The API tells it under /api/accounts/me."),
        Field(
            "alert",
            "Alert id",
            required=True,
            help="Of the alert whose mentions are read; listed under /api/accounts/…/alerts.",
        ),
        Field("token", "Access token", required=True, secret=True),
        Field(
            "address", "Address of the API", default=ADDRESS, web=ADDRESS, moves=True, aims=True, rare=True
        ),
    ),
    prepare=(
        "Create an app at Mention, as dev.mention.com says under “Authentication”: at the bottom of its page "
        "stands the access token of your account. It opens the whole account, so give it to nobody else."
    ),
    every=120,
    poll=look,
    glance=glance,
    vouches=for_all,
)
